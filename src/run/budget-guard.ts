import type { Budget, Price } from "../domain/config.ts";
import type { Usage } from "../domain/transcript.ts";

/** What was paid, as far as it is known. */
export interface Spending {
  /** US dollars. */
  usd: number;
  tokens: number;
}

/**
 * Keeps a run below its budget: a call is let go only if it and all calls in flight, each as dear as the dearest seen
 * (or as the request's own size suggests before any was seen), still fit.
 */
export interface BudgetGuard {
  readonly spent: Readonly<Spending>;
  /** True when one more call may be sent; it then counts as in flight. */
  reserve(requestCharacters: number): boolean;
  /** The call came back; null where the cost or the tokens are unknown. */
  settle(cost_usd: number | null, usage: Usage): void;
  /** The answer came from elsewhere: nothing was sent after all. */
  release(): void;
}

/** Characters of English a token stands for, about; used only before the first answer is in. */
const CHARACTERS_PER_TOKEN = 4;

export function budgetGuard(budget: Budget | null, price: Price | null, maxOutputTokens: number, before: Spending): BudgetGuard {
  const spent: Spending = { ...before };
  const dearest: Spending = { usd: 0, tokens: 0 };
  let inFlight = 0;
  let seen = 0;
  const guess = (characters: number): Spending => {
    const input = characters / CHARACTERS_PER_TOKEN;
    return { tokens: input + maxOutputTokens, usd: price === null ? 0 : dollars(price, input, maxOutputTokens) };
  };
  const fits = (characters: number): boolean => {
    const each = seen > 0 ? dearest : guess(characters);
    const calls = inFlight + 1;
    return (
      (budget?.usd === undefined || spent.usd + calls * each.usd <= budget.usd) &&
      (budget?.tokens === undefined || spent.tokens + calls * each.tokens <= budget.tokens)
    );
  };
  return {
    spent,
    reserve: (characters) => {
      if (budget !== null && !fits(characters)) return false;
      inFlight++;
      return true;
    },
    settle: (cost, usage) => {
      inFlight--;
      const tokens = (usage.input_tokens ?? 0) + (usage.output_tokens ?? 0);
      spent.usd += cost ?? 0;
      spent.tokens += tokens;
      if (cost === null && tokens === 0) return;
      seen++;
      dearest.usd = Math.max(dearest.usd, cost ?? 0);
      dearest.tokens = Math.max(dearest.tokens, tokens);
    },
    release: () => {
      inFlight--;
    },
  };
}

/** US dollars of so many tokens. */
export function dollars(price: Price, inputTokens: number, outputTokens: number): number {
  return (inputTokens * price.input + outputTokens * price.output) / 1_000_000;
}
