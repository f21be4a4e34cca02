import type { Budget, Price } from "../domain/config.ts";
import { tokensOf, type Usage } from "../domain/transcript.ts";
import { maxUsdOf } from "./price-usage.ts";

/** What was paid, as far as it is known. */
export interface Spending {
  /** US dollars. */
  usd: number;
  tokens: number;
}

/** What earlier sessions of a run paid. */
export interface Earlier extends Spending {
  /** Set aside for replies of which nobody knows what they cost. */
  readonly unknown?: Readonly<Spending> | undefined;
  /** By their dearest reply and their longest; absent before the first. */
  readonly seen?:
    | { readonly usd: number; readonly tokens: number; readonly output_tokens: number }
    | undefined;
}

/** Someone who may answer a call: what that costs, and how long an answer can be. */
export interface Rate {
  /** Null where it is unknown, or where replies say what they cost. */
  readonly price: Price | null;
  /** Tokens that a reply has at most, as its request says; null where nothing bounds it. */
  readonly most_output: number | null;
}

/** What one reply took. */
export interface Paid {
  /** US dollars; null where they are unknown. */
  readonly usd: number | null;
  readonly usage: Usage;
}

/** What a reply without an answer can have cost at most, and whether there is money for another attempt. */
export interface Lost {
  readonly most_usd: number | null;
  readonly most_tokens: number | null;
  readonly again: boolean;
}

/** `wait`: there may be room when what is in flight has come back. `stop`: there is none. */
export type Permission = "go" | "wait" | "stop";

/**
 * Keeps a run below its budget: before a call is let go, the most that it can cost is set aside: its input, estimated rather too
 * high, at the dearest of its prices, and the longest answer that its request allows, else the longest that was seen. As long
 * as nothing bounds a call, it goes alone and all that is left is set aside for it: what it took is known then.
 *
 * A call is known by an object of its own from `reserve` until it is settled or released.
 */
export interface BudgetGuard {
  /** What is known to be spent. */
  readonly spent: Readonly<Spending>;
  /** Replies of unknown cost so far. */
  readonly unpriced: number;
  /** After `go` the call counts as in flight. */
  reserve(call: object, inputTokens: number): Permission;
  /**
   * The call was answered.
   * @returns false when its cost is unknown and nothing bounds it, so that a budget in dollars cannot be kept
   */
  settle(call: object, paid: Paid): boolean;
  /** An attempt of the call was sent and gave no answer. The call stays in flight. */
  lost(call: object, paid: Paid): Lost;
  /** Whether another attempt of a call in flight has room: the last one cost nothing. */
  again(call: object): boolean;
  /** The call has ended; what it took was reported by `lost`, or it took nothing. */
  release(call: object): void;
  /** The call comes back in a later session: its room stays taken, and nobody waits for it. */
  park(call: object): void;
}

/** One budget for all that a run pays for. */
export interface SharedBudget {
  /** Whether there is anything to keep to, so that input has to be estimated. */
  readonly limited: boolean;
  /** Counts what earlier sessions spent, whoever it was paid to. */
  spentBefore(spent: Earlier): void;
  /**
   * A guard for calls that any of these may answer. What it lets go leaves room for the calls of all others that are in flight.
   * @param before what earlier sessions paid through this guard
   */
  guard(rates: readonly Rate[], before: Earlier): BudgetGuard;
  /** Waits while other calls are in flight whose cost is not known yet. After `go` the call counts as in flight. */
  acquire(guard: BudgetGuard, call: object, inputTokens: number): Promise<"go" | "stop">;
}

/** A budget of which something is spent already; nothing left is 0, never less. */
export function withoutSpent(budget: Budget | null, { usd, tokens }: Readonly<Spending>): Budget | null {
  if (budget === null) return null;
  return {
    ...budget,
    ...(budget.usd === undefined ? {} : { usd: Math.max(0, budget.usd - usd) }),
    ...(budget.tokens === undefined ? {} : { tokens: Math.max(0, budget.tokens - tokens) }),
  };
}

/** Characters of English a token stands for, about; only for a price that is estimated beforehand. */
export const CHARACTERS_PER_TOKEN = 4;

/** Output of a reply of which neither the length nor a bound is known. */
const ASSUMED_OUTPUT_TOKENS = 512;

/** From so many tokens on, input that was counted shows how far the estimate is off. */
const INFORMATIVE_INPUT = 200;

/** Adding up must not cost the last call: ten times 0.1 is 1. */
const ROUNDING = 1e-12;

const UNITS = ["usd", "tokens"] as const;
type Unit = (typeof UNITS)[number];

/** A call in flight. */
interface Hold {
  readonly input: number;
  /** Counted against the budget until it has come back. */
  readonly aside: Readonly<Spending>;
  /** Counted when it has come back and nobody knows what it took. */
  readonly likely: Readonly<Spending>;
  /** Nothing bounds what it costs. */
  readonly unbounded: boolean;
}

/** What one guard has paid, and what it has let go. */
interface Account {
  readonly spent: Spending;
  /** Counted for replies whose cost is unknown. */
  readonly unknown: Spending;
  readonly holds: Map<object, Hold>;
  /** Those of these amounts set aside that are not given back in this session. */
  parked: number;
}

/** The most that a call can take, and the least that it takes; null where nothing bounds it. */
type Bounds = { readonly [unit in Unit]: { readonly most: number | null; readonly least: number } };

export function openSharedBudget(budget: Budget | null): SharedBudget {
  const limits: Partial<Spending> = {
    ...(budget?.usd === undefined ? {} : { usd: budget.usd + ROUNDING }),
    ...(budget?.tokens === undefined ? {} : { tokens: budget.tokens }),
  };
  const limited = limits.usd !== undefined || limits.tokens !== undefined;
  const accounts: Account[] = [];
  let waiting: (() => void)[] = [];
  const wake = (): void => {
    const all = waiting;
    waiting = [];
    for (const one of all) one();
  };
  /** Of all accounts: spent, counted for the unknown, and in flight. */
  const counted = (unit: Unit): number => {
    let sum = 0;
    for (const { spent, unknown, holds } of accounts) {
      sum += spent[unit] + unknown[unit];
      for (const { aside } of holds.values()) sum += aside[unit];
    }
    return sum;
  };
  const anyInFlight = (): boolean => accounts.some(({ holds, parked }) => holds.size > parked);
  const newAccount = ({ usd, tokens, unknown }: Earlier): Account => {
    const account = {
      spent: { usd, tokens },
      unknown: { usd: 0, tokens: 0, ...unknown },
      holds: new Map<object, Hold>(),
      parked: 0,
    };
    accounts.push(account);
    return account;
  };

  /** What would be set aside for a call; undefined when there is no room for it. */
  const asideFor = (most: Bounds, alone: boolean): Spending | undefined => {
    const aside: Spending = { usd: 0, tokens: 0 };
    for (const unit of UNITS) {
      const limit = limits[unit];
      if (limit === undefined) continue;
      const left = limit - counted(unit);
      const amount = most[unit].most;
      if (amount === null && (!alone || left <= ROUNDING || most[unit].least > left)) return undefined;
      if (amount !== null && amount > left) return undefined;
      aside[unit] = amount ?? left;
    }
    return aside;
  };

  const guard: SharedBudget["guard"] = (rates, before) => {
    const account = newAccount(before);
    const seen = seenReplies(rates, before.seen);
    let unpriced = 0;
    const hold = (call: object, input: number): boolean => {
      if (!limited) {
        account.holds.set(call, UNLIMITED);
        return true;
      }
      const most = seen.most(input);
      const aside = asideFor(most, account.holds.size === 0);
      if (aside === undefined) return false;
      account.holds.set(call, {
        input,
        aside,
        likely: seen.likely(input),
        unbounded: most.usd.most === null,
      });
      return true;
    };
    const again = (call: object): boolean => {
      const one = account.holds.get(call);
      if (one === undefined || !limited) return true;
      account.holds.delete(call);
      if (hold(call, one.input)) return true;
      account.holds.set(call, one);
      return false;
    };
    const pay = ({ input, likely }: Hold, { usd, usage }: Paid): void => {
      if (limited) seen.learn(input, { usd, usage });
      const tokens = tokensOf(usage);
      if (usd === null) {
        unpriced++;
        account.unknown.usd += likely.usd;
      } else account.spent.usd += usd;
      if (tokens === null) account.unknown.tokens += likely.tokens;
      else account.spent.tokens += tokens;
    };
    return {
      spent: account.spent,
      get unpriced() {
        return unpriced;
      },
      reserve: (call, input) => {
        if (hold(call, input)) return "go";
        return anyInFlight() ? "wait" : "stop";
      },
      settle: (call, paid) => {
        const one = account.holds.get(call);
        account.holds.delete(call);
        if (one !== undefined) pay(one, paid);
        wake();
        return limits.usd === undefined || paid.usd !== null || one?.unbounded === false;
      },
      lost: (call, paid) => {
        const one = account.holds.get(call);
        if (one === undefined) return { most_usd: null, most_tokens: null, again: true };
        pay(one, paid);
        const known = { most_usd: one.likely.usd, most_tokens: Math.ceil(one.likely.tokens) };
        return { ...(limited ? known : { most_usd: null, most_tokens: null }), again: again(call) };
      },
      again,
      release: (call) => {
        account.holds.delete(call);
        wake();
      },
      park: (call) => {
        if (account.holds.has(call)) account.parked++;
        wake();
      },
    };
  };
  return {
    limited,
    spentBefore: newAccount,
    guard,
    acquire: async (one, call, input) => {
      for (;;) {
        const permission = one.reserve(call, input);
        if (permission !== "wait") return permission;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
  };
}

const NOTHING: Readonly<Spending> = { usd: 0, tokens: 0 };

/** A call that no budget has to make room for. */
const UNLIMITED: Hold = { input: 0, aside: NOTHING, likely: NOTHING, unbounded: false };

/** Bounds for the replies to come, from those so far. */
function seenReplies(rates: readonly Rate[], before: Earlier["seen"]) {
  let output: number | null = before?.output_tokens ?? null;
  let dearest: number | null = before?.usd ?? null;
  const bounded = rates.every(({ most_output }) => most_output !== null);
  /** The largest of those replies that took more than would be set aside for them: not all of it is in their request. */
  const beyond: Spending = {
    usd: bounded ? 0 : (before?.usd ?? 0),
    tokens: bounded ? 0 : (before?.tokens ?? 0),
  };
  /** Tokens that were counted for one that was estimated; at least 1. */
  let ratio = 1;
  const outputOf = ({ most_output }: Rate): number | null =>
    most_output === null ? output : Math.max(most_output, output ?? 0);
  const usdOf = (rate: Rate, input: number, written: number | null): number | null => {
    if (rate.price === null) return dearest;
    if (written === null && rate.price.output > 0) return null;
    return maxUsdOf(rate.price, input, written ?? 0);
  };
  /** The largest; null as soon as one is unknown. */
  const largest = (amounts: readonly (number | null)[], floor: number): number | null =>
    amounts.includes(null) ? null : Math.max(floor, ...amounts.map((one) => one ?? 0));

  const most = (inputTokens: number): Bounds => {
    const input = inputTokens * ratio;
    const usd = rates.map((rate) => usdOf(rate, input, outputOf(rate)));
    const tokens = rates.map((rate) => {
      const written = outputOf(rate);
      return written === null ? null : input + written;
    });
    const paidInput = rates.map(({ price }) => (price === null ? 0 : maxUsdOf(price, inputTokens, 0)));
    return {
      usd: { most: largest(usd, beyond.usd), least: Math.max(0, ...paidInput) },
      tokens: { most: largest(tokens, beyond.tokens), least: inputTokens },
    };
  };

  return {
    most,
    likely: (inputTokens: number): Spending => {
      const written = rates.map((rate) => outputOf(rate) ?? ASSUMED_OUTPUT_TOKENS);
      const usd = rates.map((rate, index) => usdOf(rate, inputTokens, written[index] ?? 0) ?? 0);
      return {
        usd: Math.max(beyond.usd, ...usd),
        tokens: Math.max(beyond.tokens, inputTokens + Math.max(0, ...written)),
      };
    },
    learn: (input: number, { usd, usage }: Paid): void => {
      if (usage.output_tokens !== null) output = Math.max(output ?? 0, usage.output_tokens);
      if (usd !== null) dearest = Math.max(dearest ?? 0, usd);
      if (usage.input_tokens !== null && input >= INFORMATIVE_INPUT)
        ratio = Math.max(ratio, usage.input_tokens / input);
      const foreseen = most(input);
      const took = { usd: usd ?? 0, tokens: tokensOf(usage) ?? 0 };
      for (const unit of UNITS) {
        const amount = foreseen[unit].most;
        if (amount !== null && took[unit] > amount) beyond[unit] = took[unit];
      }
    },
  };
}
