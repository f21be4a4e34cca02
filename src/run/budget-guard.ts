import type { Budget, Price } from "../domain/config.ts";
import type { Usage } from "../domain/transcript.ts";
import { mostUsdOf } from "./price-usage.ts";

/** What was paid, as far as it is known. */
export interface Spending {
  /** US dollars. */
  usd: number;
  tokens: number;
}

/** What earlier sittings of a run paid. */
export interface Earlier extends Spending {
  /** By their dearest call; absent before the first. */
  readonly dearest?: Readonly<Spending> | undefined;
}

/** `wait`: there may be room when what is in flight has come back. `stop`: there is none. */
export type Permission = "go" | "wait" | "stop";

/**
 * Keeps a run below its budget: a call is let go only if it and all calls in flight, each as dear as the dearest seen,
 * still fit. Before one was seen each counts as its request and a long answer; if not even one such call fits, a single
 * one is asked whose request does: what it costs is known then, and a guess alone must not end a run.
 */
export interface BudgetGuard {
  /** What is known to be spent. */
  readonly spent: Readonly<Spending>;
  /** After `go` the call counts as in flight. */
  reserve(requestCharacters: number): Permission;
  /** The call came back; null where the cost or the tokens are unknown: it then counts as dear as the dearest. */
  settle(cost_usd: number | null, usage: Usage): void;
  /** The answer came from elsewhere: nothing was sent after all. */
  release(): void;
}

/** One budget for all that a run pays for. */
export interface Purse {
  /**
   * A guard for calls of one price. What it lets go leaves room for the calls of all others that are in flight.
   * @param maxOutputTokens of one call, where nothing is known yet
   * @param before what earlier sittings paid through this guard
   */
  guard(price: Price | null, maxOutputTokens: number, before: Earlier): BudgetGuard;
  /** Waits while other calls are in flight whose cost is not known yet. After `go` the call counts as in flight. */
  acquire(guard: BudgetGuard, requestCharacters: number): Promise<"go" | "stop">;
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

/** Characters of English a token stands for, about; used only before the first answer is in. */
export const CHARACTERS_PER_TOKEN = 4;

/** What one guard has paid, and what it has let go. */
interface Account {
  readonly spent: Spending;
  /** Counted for calls whose cost is unknown. */
  readonly unknown: Spending;
  inFlight: number;
  /** What each call in flight counts as. */
  each(): Readonly<Spending>;
}

export function openPurse(budget: Budget | null): Purse {
  const accounts: Account[] = [];
  let waiting: (() => void)[] = [];
  const wake = (): void => {
    const all = waiting;
    waiting = [];
    for (const one of all) one();
  };
  /** Of all accounts: spent, counted for the unknown, and in flight. */
  const bound = (unit: keyof Spending): number =>
    accounts.reduce(
      (sum, one) => sum + one.spent[unit] + one.unknown[unit] + one.inFlight * one.each()[unit],
      0,
    );
  const leavesRoom = (call: Readonly<Spending>): boolean =>
    (budget?.usd === undefined || bound("usd") + call.usd <= budget.usd + ROUNDING) &&
    (budget?.tokens === undefined || bound("tokens") + call.tokens <= budget.tokens);
  const anyInFlight = (): boolean => accounts.some((one) => one.inFlight > 0);

  const guard: Purse["guard"] = (price, maxOutputTokens, before) => {
    const dearest: Spending = { usd: 0, tokens: 0, ...before.dearest };
    let guessed: Spending = { usd: 0, tokens: 0 };
    let seen = before.dearest === undefined ? 0 : 1;
    const account: Account = {
      spent: { usd: before.usd, tokens: before.tokens },
      unknown: { usd: 0, tokens: 0 },
      inFlight: 0,
      each: () => (seen > 0 ? dearest : guessed),
    };
    accounts.push(account);
    const guess = (characters: number, output: number): Spending => {
      const input = characters / CHARACTERS_PER_TOKEN;
      return { tokens: input + output, usd: price === null ? 0 : mostUsdOf(price, input, output) };
    };
    const fits = (characters: number): boolean => {
      if (seen > 0) return leavesRoom(dearest);
      guessed = guess(characters, maxOutputTokens);
      return leavesRoom(guessed) || (!anyInFlight() && leavesRoom(guess(characters, 0)));
    };
    return {
      spent: account.spent,
      reserve: (characters) => {
        if (budget !== null && !fits(characters)) return anyInFlight() ? "wait" : "stop";
        account.inFlight++;
        return "go";
      },
      settle: (cost, usage) => {
        account.inFlight--;
        seen++;
        const { input_tokens: input, output_tokens: output } = usage;
        const known = {
          usd: cost,
          tokens: input === null && output === null ? null : (input ?? 0) + (output ?? 0),
        };
        for (const unit of ["usd", "tokens"] as const) {
          const amount = known[unit];
          dearest[unit] = Math.max(dearest[unit], amount ?? guessed[unit]);
          if (amount === null) account.unknown[unit] += dearest[unit];
          else account.spent[unit] += amount;
        }
        wake();
      },
      release: () => {
        account.inFlight--;
        wake();
      },
    };
  };
  return {
    guard,
    acquire: async (one, characters) => {
      for (;;) {
        const permission = one.reserve(characters);
        if (permission !== "wait") return permission;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
  };
}

/** Adding up must not cost the last call: ten times 0.1 is 1. */
const ROUNDING = 1e-12;
