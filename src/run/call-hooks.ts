import type { Price } from "../domain/config.ts";
import type { FailedReply, OpenTarget, Question } from "../domain/provider.ts";
import { UNKNOWN_USAGE } from "../domain/transcript.ts";
import type { LostReply } from "../store/store.ts";
import type { BudgetGuard, Paid, Rate } from "./budget-guard.ts";
import { usdOf } from "./price-usage.ts";

/** The callbacks with which the wrappers of a client report its calls to the budget. */
export interface CallHooks {
  /** Called when a request was sent. */
  readonly onCall: () => void;
  /**
   * Called when an attempt was sent and got no answer.
   *
   * @param price of the model that was asked
   * @returns false when the budget does not allow another attempt
   */
  readonly onFailed: (failure: FailedReply, question: Question, price: Price | null) => boolean;
  /** Whether the budget allows a call to the fallback model. */
  readonly mayAsk: (question: Question) => boolean;
}

/**
 * The price and output limit of each model that may answer a target's calls: its own model and the fallback.
 *
 * @param price the price of the target's own model; for batches, it is not the price of single calls
 */
export function ratesOf(target: OpenTarget, price: Price | null = target.price): readonly Rate[] {
  const { fallback } = target;
  return [{ ...target, price }, ...(fallback === undefined ? [] : [fallback.target])].map(
    ({ price, most_output = null }) => ({
      price,
      most_output,
    }),
  );
}

/** The cost and usage of a failed attempt; null when it is not billed. */
export function paidForFailure(failure: FailedReply, price: Price | null): Paid | null {
  const { usage = UNKNOWN_USAGE, cost_usd, may_be_billed = false } = failure;
  if (failure.usage === undefined && cost_usd === undefined && !may_be_billed) return null;
  return { usage, usd: cost_usd ?? usdOf(price, usage) };
}

/**
 * Counts failed attempts against a budget and stores them.
 *
 * @param keep stores an attempt that was or may have been billed
 */
export function payingHooks(
  guard: BudgetGuard,
  keep: (reply: Omit<LostReply, "judge">) => void,
): Pick<CallHooks, "onFailed" | "mayAsk"> {
  return {
    onFailed: (failure, question, price) => {
      const paid = paidForFailure(failure, price);
      if (paid === null) return guard.again(question);
      const { again, most_usd, most_tokens } = guard.lost(question, paid);
      const { case_id } = question;
      keep({ case_id, usage: paid.usage, cost_usd: paid.usd, most_usd, most_tokens });
      return again;
    },
    mayAsk: (question) => guard.again(question),
  };
}
