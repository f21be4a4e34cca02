import type { AnsweredReply, ConversingModel, PaidCall, Question } from "../domain/provider.ts";
import {
  type Transcript,
  tokensOf,
  UNKNOWN_USAGE,
  USAGE_FIELDS,
  type Usage,
  usageOf,
} from "../domain/transcript.ts";

const NO_TOKENS = usageOf({ input_tokens: 0, output_tokens: 0 });

/**
 * The paid calls of one conversation. When the conversation ends, each call is either part of the answer's cost or
 * counted as lost.
 */
export class ConversationBill {
  readonly #calls: PaidCall[] = [];
  readonly #ofTarget = new Set<PaidCall>();

  /** Adds a call of the target or of the simulated user. */
  add(account: ConversingModel["account"], question: Question, reply: AnsweredReply): PaidCall {
    const call = account.paid(question, reply);
    this.#calls.push(call);
    return call;
  }

  /** Records that a call is one of the target: only such calls count in the answer's usage. */
  ofTarget(call: PaidCall): void {
    this.#ofTarget.add(call);
  }

  /** All calls. */
  get calls(): readonly PaidCall[] {
    return this.#calls;
  }

  /** The cost of all calls, and the usage of the target's; a value is null when one call does not report it. */
  get cost(): Pick<Transcript, "usage" | "cost_usd"> {
    return {
      usage: sumOfUsages([...this.#ofTarget].map((one) => one.usage)),
      cost_usd: sumOf(this.#calls.map((one) => one.usd)),
    };
  }

  /**
   * The calls with the part of their cost that the answer does not include: the tokens of the simulated user's calls,
   * and the tokens or the cost of every call when the answer's sum of them is unknown.
   */
  notIn({ usage = UNKNOWN_USAGE, cost_usd = null }: AnsweredReply): readonly PaidCall[] {
    const isTold = tokensOf(usage) !== null;
    return this.#calls.flatMap((call) => {
      const tokens = isTold && this.#ofTarget.has(call) ? NO_TOKENS : call.usage;
      const usd = cost_usd === null ? call.usd : 0;
      return tokens === NO_TOKENS && usd === 0 ? [] : [{ ...call, usage: tokens, usd }];
    });
  }
}

/** The sum; null when one amount is unknown. */
function sumOf(amounts: readonly (number | null)[]): number | null {
  return amounts.reduce<number | null>((sum, one) => (sum === null || one === null ? null : sum + one), 0);
}

/** The sum of all calls' usage. A field is null when one call does not report that field, or when there is no call. */
function sumOfUsages(usages: readonly Usage[]): Usage {
  const total: Record<string, number | null> = {};
  for (const field of USAGE_FIELDS)
    total[field] = usages.length === 0 ? null : sumOf(usages.map((one) => one[field]));
  return usageOf(total);
}
