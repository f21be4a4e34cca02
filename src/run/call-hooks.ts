import type { Price } from "../domain/config.ts";
import type { FailedReply, OpenTarget, Question } from "../domain/provider.ts";
import { UNKNOWN_USAGE } from "../domain/transcript.ts";
import type { LostReply } from "../store/store.ts";
import type { BudgetGuard, Paid, Rate } from "./budget-guard.ts";
import { usdOf } from "./price-usage.ts";

/** What the wrappers of a client report to whoever pays for its calls. */
export interface CallHooks {
  /** A request was sent. */
  readonly onCall: () => void;
  /**
   * An attempt was sent and gave no answer.
   * @param price of the model that was asked
   * @returns false when there is no money for another attempt
   */
  readonly onFailed: (failure: FailedReply, question: Question, price: Price | null) => boolean;
  /** Whether there is money for another model to step in. */
  readonly mayAsk: (question: Question) => boolean;
}

/**
 * Who may answer the calls of a target: its model, and the one that steps in.
 * @param price of the model, where it is not that of its single calls
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

/** What a failed attempt took; null when nobody bills it. */
export function paidForFailure(failure: FailedReply, price: Price | null): Paid | null {
  const { usage = UNKNOWN_USAGE, cost_usd, may_be_billed = false } = failure;
  if (failure.usage === undefined && cost_usd === undefined && !may_be_billed) return null;
  return { usage, usd: cost_usd ?? usdOf(price, usage) };
}

/** Counts failed attempts against a budget, and keeps them. @param keep writes one that was, or may have been, billed */
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
