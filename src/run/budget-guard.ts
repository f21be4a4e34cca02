import type { Budget, Price } from "../domain/config.ts";
import { leastTokensOf, tokensOf, type Usage } from "../domain/transcript.ts";
import { maxUsdOf } from "./price-usage.ts";

/** An amount that was spent, as far as it is known. */
export interface Spending {
  /** Amount in US dollars. */
  usd: number;
  tokens: number;
}

/** The spending of earlier sessions of a run. */
export interface Earlier extends Spending {
  /** Amount that counts for the replies whose cost or tokens are unknown. */
  readonly unknown?: Readonly<Spending> | undefined;
  /** The replies whose cost or tokens are unknown; called only when there is a budget. */
  readonly untold?: (() => Iterable<UntoldReply>) | undefined;
  /**
   * The largest values of any reply so far: its cost in US dollars, all its tokens, and its output tokens. Null for a
   * value that no reply reported.
   */
  readonly seen?:
    | { readonly usd: number | null; readonly tokens: number; readonly output_tokens: number | null }
    | undefined;
}

/** A reply of an earlier session whose cost or tokens are unknown. */
export interface UntoldReply {
  /** Estimated input tokens of its request. */
  readonly input: number;
  readonly paid: Paid;
}

/** The price of a model that may answer a call, and the maximum length of its answer. */
export interface Rate {
  /** The price; null when it is unknown, or when replies report their cost. */
  readonly price: Price | null;
  /** Maximum output tokens of a reply according to its request; null when unlimited. */
  readonly most_output: number | null;
}

/** The cost and usage of one reply. */
export interface Paid {
  /** Cost in US dollars; null when unknown. */
  readonly usd: number | null;
  readonly usage: Usage;
}

/** Estimates the input tokens of a call. */
export type InputEstimate = () => number;

/**
 * The amount that a budget counts for a reply of unknown cost or tokens. A run without a budget has it too, because it
 * may be resumed with one.
 */
export interface Most {
  readonly most_usd: number | null;
  readonly most_tokens: number | null;
}

/** What a budget counts beside a cost and tokens that are known. */
export const NOTHING_BESIDE: Most = { most_usd: null, most_tokens: null };

/** The amount counted for an attempt without an answer, and whether the budget allows another attempt. */
export interface Lost extends Most {
  readonly again: boolean;
}

/** `wait`: calls in flight may free enough budget. `stop`: the budget is used up. */
export type Permission = "go" | "wait" | "stop";

/**
 * Keeps a run within its budget. Before a call is sent, its maximum cost is reserved: a high estimate of its input at
 * the highest price, and the longest answer that its request allows or, without such a limit, the longest answer so
 * far. While the cost of a call has no limit, the call is sent alone with all of the remaining budget reserved, until
 * its cost is known.
 *
 * A call is identified by an object from `reserve` until it is settled or released.
 */
export interface BudgetGuard {
  /** Known spending. */
  readonly spent: Readonly<Spending>;
  /** Number of replies with unknown cost. */
  readonly unpriced: number;
  /** Number of replies with unknown tokens. */
  readonly untold: number;
  /**
   * Asks whether a call may be sent, and reserves its maximum cost. After `go` the call counts as in flight.
   *
   * @param inputTokens estimates the call's input; called only where a budget, or a reply of unknown cost, needs it
   */
  reserve(call: object, inputTokens: InputEstimate): Permission;
  /**
   * Records that the call was answered.
   *
   * @returns false when its cost is unknown and unlimited, so that a budget in dollars cannot be enforced
   */
  settle(call: object, paid: Paid): boolean;
  /** Records that an attempt of the call was sent and got no answer. The call stays in flight. */
  lost(call: object, paid: Paid): Lost;
  /** The amount that is counted if the cost or tokens of this call in flight stay unknown. */
  most(call: object): Most;
  /** The amount that is counted for a reply of no call in flight while its cost or tokens are unknown. */
  likely(input: InputEstimate): Most;
  /** Whether the budget allows another attempt of a call in flight whose last attempt cost nothing. */
  again(call: object): boolean;
  /** Ends a call without an answer. What its attempts cost was reported by `lost`. */
  release(call: object): void;
  /**
   * Marks a call that a later session answers: its reservation is kept, and other calls do not wait for its end.
   */
  park(call: object): void;
}

/** One budget for everything that a run pays for. */
export interface SharedBudget {
  /** Everything that counts: what is spent, and the amounts for replies of unknown cost or tokens. */
  counted(): Spending;
  /** Counts spending of earlier sessions that belongs to no guard. */
  spentBefore(spent: Earlier): void;
  /**
   * A guard for calls that any of the models of `rates` may answer. It takes the reservations of all other calls
   * in flight into account.
   *
   * @param before spending of earlier sessions through this guard
   */
  guard(rates: readonly Rate[], before: Earlier): BudgetGuard;
  /** Like `reserve` of the guard, but waits while the cost of other calls in flight is unknown. */
  acquire(guard: BudgetGuard, call: object, inputTokens: InputEstimate): Promise<"go" | "stop">;
}

/** The rest of a budget after some spending, at least 0. */
export function withoutSpent(budget: Budget | null, { usd, tokens }: Readonly<Spending>): Budget | null {
  if (budget === null) return null;
  return {
    ...budget,
    ...(budget.usd === undefined ? {} : { usd: Math.max(0, budget.usd - usd) }),
    ...(budget.tokens === undefined ? {} : { tokens: Math.max(0, budget.tokens - tokens) }),
  };
}

/** Approximate characters of English per token, for estimating a price in advance. */
export const CHARACTERS_PER_TOKEN = 4;

/** Assumed output tokens of a reply with unknown length and limit. */
const ASSUMED_OUTPUT_TOKENS = 512;

/** A call corrects the estimates of later calls only if its own estimate is at least this many input tokens. */
const INFORMATIVE_INPUT = 200;

/**
 * Tolerance for rounding errors, in US dollars: a budget of 1 dollar must allow ten calls of 0.1 dollars each.
 */
const ROUNDING = 1e-12;

const UNITS = ["usd", "tokens"] as const;
type Unit = (typeof UNITS)[number];

/** A call in flight. */
interface Hold {
  readonly input: InputEstimate;
  /** Amount that is reserved until the call returns. */
  readonly aside: Readonly<Spending>;
  /** Amount that is counted when the call returns with unknown cost or usage. */
  readonly likely: () => Readonly<Spending>;
  /** Whether the call's cost is unlimited. */
  readonly unbounded: boolean;
}

/** The spending and calls of one guard. */
interface Account {
  readonly spent: Spending;
  /** Amount counted for replies with unknown cost or usage. */
  readonly unknown: Spending;
  readonly holds: Map<object, Hold>;
  /** Number of reservations that are not released in this session. */
  parked: number;
}

/** By unit, the maximum of what a call may cost (null when unlimited), and the minimum. */
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
  /** The total of all accounts: spent, assumed for replies of unknown cost, and reserved for calls in flight. */
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

  /** The reservation for a call; undefined when the budget does not allow it. */
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
    let untold = 0;
    const keepUnknown = (likely: Readonly<Spending>, paid: Paid): void => {
      if (paid.usd === null) account.unknown.usd += likely.usd;
      if (tokensOf(paid.usage) === null)
        account.unknown.tokens += Math.max(likely.tokens, leastTokensOf(paid.usage));
    };
    if (limited) for (const { input, paid } of before.untold?.() ?? []) keepUnknown(seen.likely(input), paid);
    const hold = (call: object, estimate: InputEstimate): boolean => {
      if (!limited) {
        const likely = () => seen.likely(estimate());
        account.holds.set(call, { input: estimate, aside: NOTHING, likely, unbounded: false });
        return true;
      }
      const input = estimate();
      const most = seen.most(input);
      const aside = asideFor(most, account.holds.size === 0);
      if (aside === undefined) return false;
      const likely = seen.likely(input);
      account.holds.set(call, {
        input: () => input,
        aside,
        likely: () => likely,
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
    const pay = ({ input, likely }: Hold, paid: Paid): void => {
      if (limited) seen.learn(input(), paid);
      const tokens = tokensOf(paid.usage);
      if (paid.usd === null) unpriced++;
      else account.spent.usd += paid.usd;
      if (tokens === null) untold++;
      else account.spent.tokens += tokens;
      keepUnknown(limited ? likely() : NOTHING, paid);
    };
    const asMost = ({ usd, tokens }: Readonly<Spending>): Most => ({
      most_usd: usd,
      most_tokens: Math.ceil(tokens),
    });
    const most = (call: object): Most => {
      const likely = account.holds.get(call)?.likely();
      return likely === undefined ? NOTHING_BESIDE : asMost(likely);
    };
    return {
      spent: account.spent,
      get unpriced() {
        return unpriced;
      },
      get untold() {
        return untold;
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
        const counted = most(call);
        if (one === undefined) return { ...counted, again: true };
        pay(one, paid);
        return { ...counted, again: again(call) };
      },
      most,
      likely: (input) => asMost(seen.likely(input())),
      again,
      release: (call) => {
        account.holds.delete(call);
        wake();
      },
      park: (call) => {
        const one = account.holds.get(call);
        if (one !== undefined) {
          account.parked++;
          // A parked call is kept until the session ends. Without a budget its estimate, which keeps the request in
          // memory, is not needed any more.
          if (!limited) account.holds.set(call, { ...one, input: () => 0, likely: () => NOTHING });
        }
        wake();
      },
    };
  };
  return {
    counted: () => {
      const sum: Spending = { usd: 0, tokens: 0 };
      for (const { spent, unknown } of accounts)
        for (const unit of UNITS) sum[unit] += spent[unit] + unknown[unit];
      return sum;
    },
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

/** Estimates the maximum and the likely cost of later calls from the replies so far. */
function seenReplies(rates: readonly Rate[], before: Earlier["seen"]) {
  let output: number | null = before?.output_tokens ?? null;
  let dearest: number | null = before?.usd ?? null;
  const bounded = rates.every(({ most_output }) => most_output !== null);
  /**
   * The largest cost and tokens of replies that exceeded the maximum computed from their request; 0 if none
   * did.
   */
  const beyond: Spending = {
    usd: bounded ? 0 : (before?.usd ?? 0),
    tokens: bounded ? 0 : (before?.tokens ?? 0),
  };
  /** The highest number of real input tokens per estimated token so far; at least 1. */
  let ratio = 1;
  const outputOf = ({ most_output }: Rate): number | null =>
    most_output === null ? output : Math.max(most_output, output ?? 0);
  const usdOf = (rate: Rate, input: number, written: number | null): number | null => {
    if (rate.price === null) return dearest;
    if (written === null && rate.price.output > 0) return null;
    return maxUsdOf(rate.price, input, written ?? 0);
  };
  /** The largest of the amounts, at least `floor`; null when any of them is unknown. */
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
      const took = { usd: usd ?? 0, tokens: leastTokensOf(usage) };
      for (const unit of UNITS) {
        const amount = foreseen[unit].most;
        if (amount !== null && took[unit] > amount) beyond[unit] = took[unit];
      }
    },
  };
}
