import type { Budget, Price } from "../domain/config.ts";
import type { Usage } from "../domain/transcript.ts";

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

/** Characters of English a token stands for, about; used only before the first answer is in. */
const CHARACTERS_PER_TOKEN = 4;

export function budgetGuard(
  budget: Budget | null,
  price: Price | null,
  maxOutputTokens: number,
  before: Earlier,
): BudgetGuard {
  const spent: Spending = { usd: before.usd, tokens: before.tokens };
  const unknown: Spending = { usd: 0, tokens: 0 };
  const dearest: Spending = { usd: 0, tokens: 0, ...before.dearest };
  let guessed: Spending = { usd: 0, tokens: 0 };
  let inFlight = 0;
  let seen = before.dearest === undefined ? 0 : 1;
  const guess = (characters: number, output: number): Spending => {
    const input = characters / CHARACTERS_PER_TOKEN;
    return { tokens: input + output, usd: price === null ? 0 : dollars(price, input, output) };
  };
  const leavesRoom = (calls: number, each: Spending): boolean =>
    (budget?.usd === undefined || spent.usd + unknown.usd + calls * each.usd <= budget.usd + ROUNDING) &&
    (budget?.tokens === undefined || spent.tokens + unknown.tokens + calls * each.tokens <= budget.tokens);
  const fits = (characters: number): boolean => {
    if (seen > 0) return leavesRoom(inFlight + 1, dearest);
    guessed = guess(characters, maxOutputTokens);
    return leavesRoom(inFlight + 1, guessed) || (inFlight === 0 && leavesRoom(1, guess(characters, 0)));
  };
  return {
    spent,
    reserve: (characters) => {
      if (budget !== null && !fits(characters)) return inFlight > 0 ? "wait" : "stop";
      inFlight++;
      return "go";
    },
    settle: (cost, usage) => {
      inFlight--;
      seen++;
      const { input_tokens: input, output_tokens: output } = usage;
      const known = {
        usd: cost,
        tokens: input === null && output === null ? null : (input ?? 0) + (output ?? 0),
      };
      for (const unit of ["usd", "tokens"] as const) {
        const amount = known[unit];
        dearest[unit] = Math.max(dearest[unit], amount ?? guessed[unit]);
        if (amount === null) unknown[unit] += dearest[unit];
        else spent[unit] += amount;
      }
    },
    release: () => {
      inFlight--;
    },
  };
}

/** Adding up must not cost the last call: ten times 0.1 is 1. */
const ROUNDING = 1e-12;

/** US dollars of so many tokens. */
export function dollars(price: Price, inputTokens: number, outputTokens: number): number {
  return (inputTokens * price.input + outputTokens * price.output) / 1_000_000;
}
