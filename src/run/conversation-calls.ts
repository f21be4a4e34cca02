import type {
  CallAccount,
  Client,
  Conversing,
  ConversingModel,
  OpenTarget,
  PaidCall,
} from "../domain/provider.ts";
import { tokensOf, UNKNOWN_USAGE, USAGE_FIELDS, usageOf } from "../domain/transcript.ts";
import type { LostReply, RunWriter } from "../store/store.ts";
import { type BudgetGuard, NOTHING_BESIDE, type SharedBudget } from "./budget-guard.ts";
import { type CallHooks, payingHooks, ratesOf } from "./call-hooks.ts";
import { estimateTokens } from "./estimate-tokens.ts";
import type { Plan } from "./plan.ts";
import { usdOf } from "./price-usage.ts";
import { unpricedReplies } from "./unpriced-budget.ts";

interface Paying {
  readonly sharedBudget: SharedBudget;
  readonly guard: BudgetGuard;
  readonly keepLost: (reply: Omit<LostReply, "judge">) => void;
  readonly plan: Pick<Plan, "model">;
  readonly open: OpenCalls;
}

const SUMMED = ["usd", "most_usd", "most_tokens", ...USAGE_FIELDS] as const;
type Summed = (typeof SUMMED)[number];

/**
 * The parts of a call that are summed. `most_usd` and `most_tokens` are what a budget counts for the call: its cost and
 * tokens if known, else their maximum.
 */
const partsOf = ({
  usage,
  usd,
  most_usd,
  most_tokens,
}: PaidCall): Readonly<Record<Summed, number | null>> => ({
  ...usage,
  usd,
  most_usd: usd ?? most_usd,
  most_tokens: tokensOf(usage) ?? most_tokens,
});

/** The paid calls of conversations that have not ended, and their sums. */
class OpenCalls {
  readonly #calls = new Set<PaidCall>();
  readonly #sums = new Map<Summed, { known: number; unknown: number }>();
  #caseId = "";

  add(call: PaidCall, caseId: string): void {
    this.#calls.add(call);
    this.#caseId = caseId;
    this.#count(call, 1);
  }

  end(calls: readonly PaidCall[]): void {
    for (const one of calls) if (this.#calls.delete(one)) this.#count(one, -1);
    // Subtraction leaves rounding errors, so without calls the sums begin at 0 again.
    if (this.#calls.size === 0) this.#sums.clear();
  }

  #count(call: PaidCall, by: 1 | -1): void {
    const parts = partsOf(call);
    for (const field of SUMMED) {
      const value = parts[field];
      const sum = this.#sums.get(field) ?? { known: 0, unknown: 0 };
      this.#sums.set(field, sum);
      if (value === null) sum.unknown += by;
      else sum.known += by * value;
    }
  }

  /** The sum of all open calls, under the case of the call that was added last; null without open calls. */
  together(): LostReply | null {
    if (this.#calls.size === 0) return null;
    const sumOf = (field: Summed): number | null => {
      const { known = 0, unknown = 1 } = this.#sums.get(field) ?? {};
      return unknown > 0 ? null : known;
    };
    const usage = usageOf(Object.fromEntries(USAGE_FIELDS.map((field) => [field, sumOf(field)])));
    return {
      judge: null,
      case_id: this.#caseId,
      usage,
      cost_usd: sumOf("usd"),
      most_usd: sumOf("most_usd"),
      most_tokens: sumOf("most_tokens"),
    };
  }
}

/** A client whose reply is a whole conversation, each call of which is counted and paid for. */
export function conversingClient(
  conversing: Conversing,
  client: Client,
  run: Omit<Paying, "open" | "plan"> & {
    readonly plan: Pick<Plan, "model" | "target">;
    readonly onCall: () => void;
    readonly writer: Pick<RunWriter, "unfinished">;
    readonly wrapPerson: ((hooks: CallHooks) => Client) | undefined;
    readonly now: () => number;
  },
): Client {
  const paying = { ...run, open: new OpenCalls() };
  run.writer.unfinished(() => paying.open.together());
  return conversing.client({
    target: { client, account: callAccount(run.plan.target, paying) },
    person: personOf(conversing, run.wrapPerson, paying),
    now: run.now,
  });
}

/** A budget account for one model's calls in conversations. */
function callAccount(
  { price }: OpenTarget,
  { sharedBudget, guard, keepLost, plan, open }: Paying,
): CallAccount {
  return {
    reserve: (call, request) =>
      sharedBudget.acquire(guard, call, () => estimateTokens(JSON.stringify(request))),
    paid: (call, { usage = UNKNOWN_USAGE, cost_usd, fallback, recorded }) => {
      if (recorded === true) {
        guard.release(call);
        return { usage, usd: 0, ...NOTHING_BESIDE, recorded };
      }
      const usd = cost_usd ?? usdOf(fallback === undefined ? price : fallback.price, usage);
      const most = usd === null || tokensOf(usage) === null ? guard.most(call) : NOTHING_BESIDE;
      if (!guard.settle(call, { usage, usd })) throw unpricedReplies(plan.model.alias);
      const paid = { usage, usd, ...most, recorded: false };
      open.add(paid, call.case_id);
      return paid;
    },
    release: (call) => guard.release(call),
    answered: (calls) => open.end(calls),
    lost: (case_id, calls) => {
      open.end(calls);
      for (const { usage, usd, most_usd, most_tokens, recorded } of calls)
        if (!recorded) keepLost({ case_id, usage, cost_usd: usd, most_usd, most_tokens });
    },
  };
}

/** The simulated user's model, whose calls are paid for like the target's; null without a simulated user. */
function personOf(
  { person }: Conversing,
  wrapPerson: ((hooks: CallHooks) => Client) | undefined,
  { onCall, ...paying }: Omit<Paying, "guard"> & { readonly onCall: () => void },
): ConversingModel | null {
  if (person === null) return null;
  if (wrapPerson === undefined)
    throw new Error("a suite with a simulated user needs wrapPerson, which gives the client of its model");
  const guard = paying.sharedBudget.guard(ratesOf(person.target), { usd: 0, tokens: 0 });
  return {
    client: wrapPerson({ onCall, ...payingHooks(guard, paying.keepLost) }),
    account: callAccount(person.target, { ...paying, guard }),
  };
}
