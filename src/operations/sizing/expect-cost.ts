import type { PlannedRun } from "../../domain/run-plan.ts";
import { storedSummary } from "../../domain/stored-summary.ts";
import { dollars, plural } from "../../reports/format-numbers.ts";
import { ratesOf } from "../../run/call-hooks.ts";
import type { Plan } from "../../run/plan.ts";
import { maxUsdOf } from "../../run/price-usage.ts";
import type { Store, StoredRun } from "../../store/store.ts";

/** Assumed output tokens of an answer when no run shows the length. */
const ASSUMED_OUTPUT_TOKENS = 512;
/** Only this many of a suite's newest runs are searched for a run with measured tokens or costs. */
const MAX_LOOKED = 40;

/** The expected calls, tokens and cost; `assumptions` says where the numbers come from. */
export type Expected = Pick<
  PlannedRun,
  "judge_calls" | "input_tokens" | "output_tokens" | "usd" | "assumptions"
>;

export interface AskedCalls {
  readonly plan: Plan;
  /** For each expected call, the number of its case. */
  readonly calls: readonly number[];
  /** Budget in US dollars; undefined without one. */
  readonly budget: number | undefined;
}

/**
 * The expected tokens and cost of calls. They come from the newest run of the suite and model that has measured them;
 * without such a run they are assumed, and `assumptions` says so.
 */
export function expectCost({ plan, calls, budget }: AskedCalls, store: Store): Expected {
  if (calls.length === 0) return nothingAsked(plan);
  const past = informativeRun(plan, store);
  const tokens = tokensOf(plan, calls, past);
  const judged = judgesOf(plan, calls.length, past);
  const own = usdOf(plan, calls, tokens, past);
  const expected = own.expected === null || judged.usd === null ? null : own.expected + judged.usd;
  const most = judged.usd === 0 ? own.most : null;
  const kept = budget === undefined ? most : Math.min(most ?? budget, budget);
  return {
    ...(judged.calls === undefined ? {} : { judge_calls: judged.calls }),
    input_tokens: tokens.input,
    output_tokens: tokens.output,
    usd: { expected: expected === null || kept === null ? expected : Math.min(expected, kept), most: kept },
    assumptions: [
      ...tokens.notes,
      ...own.notes,
      ...judged.notes,
      ...(budget === undefined ? [] : [`the budget of ${dollars(budget)} is never exceeded`]),
    ],
  };
}

/**
 * What is expected when the target is not asked. Judges may still be asked about stored answers, but it is unknown
 * how often.
 */
function nothingAsked({ judges, target }: Plan): Expected {
  const silent = (judges?.asked().length ?? 0) === 0;
  const recorded = target.client.immediate === true;
  return {
    ...(silent ? {} : { judge_calls: null }),
    input_tokens: 0,
    output_tokens: 0,
    usd: silent ? { expected: 0, most: 0 } : { expected: null, most: null },
    assumptions: [
      recorded ? "the answers are recorded" : "all answers are stored already",
      ...(silent
        ? []
        : ["judges are asked about answers without a stored verdict; their number is not known"]),
    ],
  };
}

/** A past run with the usage of its answers. */
interface Past {
  readonly run: StoredRun;
  /** Whether the past run sent exactly the same requests, so that its means apply to these cases. */
  readonly same: boolean;
  /** Means for each answered trial, null when unknown: `input` and `output` in tokens, `usd` in US dollars. */
  readonly input: number | null;
  readonly output: number | null;
  readonly usd: number | null;
  /** Mean number of judge calls for each answered trial, and their mean cost in US dollars; null when unknown. */
  readonly judge_calls: number | null;
  readonly judge_usd: number | null;
}

/** The newest run with the same requests; without one, the newest run of the suite and model. */
function informativeRun({ suite, model, target, fingerprint }: Plan, store: Store): Past | null {
  const informative = store
    .runs({ suite: suite.name, limit: MAX_LOOKED })
    .filter(({ header }) => header.alias === model.alias || header.model === target.label)
    .flatMap((run) => pastOf(run, run.header.fingerprint === fingerprint) ?? []);
  return informative.find(({ same }) => same) ?? informative[0] ?? null;
}

function pastOf(run: StoredRun, same: boolean): Past | null {
  const { metrics = {}, counts } = storedSummary(run);
  const value = (name: string): number | null => metrics[name]?.value ?? null;
  const answered = counts?.answered ?? 0;
  if (answered === 0) return null;
  const [input, output, usd] = [value("input_tokens"), value("output_tokens"), value("cost_per_trial")];
  if (output === null && usd === null) return null;
  const judgeUsd = value("judge_cost_usd");
  return {
    ...{ run, same, input, output, usd },
    judge_calls: counts?.judge_calls === undefined ? null : counts.judge_calls / answered,
    judge_usd: judgeUsd === null ? null : judgeUsd / answered,
  };
}

interface Tokens {
  readonly input: number | null;
  readonly output: number | null;
  readonly notes: readonly string[];
}

/** Whether tokens can be estimated. A user's own service, program or module might not count tokens at all. */
const countsTokens = ({ target, model }: Plan): boolean =>
  target.price !== null || model.provider.kind === "openai" || model.provider.kind === "anthropic";

function tokensOf(plan: Plan, calls: readonly number[], past: Past | null): Tokens {
  const id = past?.run.header.id;
  if (past?.same === true && past.input !== null && past.output !== null) {
    return {
      input: Math.round(past.input * calls.length),
      output: Math.round(past.output * calls.length),
      notes: [`tokens as in run ${id}, which sent the same requests`],
    };
  }
  if (!countsTokens(plan)) return { input: null, output: null, notes: ["the number of tokens is not known"] };
  const input = calls.reduce((sum, caseNo) => sum + plan.inputTokens(caseNo), 0);
  const inputNote = "input tokens estimated from the requests, rather too high than too low";
  if (past?.output != null) {
    return {
      input,
      output: Math.round(past.output * calls.length),
      notes: [inputNote, `output tokens as in run ${id}: ${Math.round(past.output)} per answer`],
    };
  }
  const each = Math.min(ASSUMED_OUTPUT_TOKENS, plan.target.most_output ?? ASSUMED_OUTPUT_TOKENS);
  return {
    input,
    output: each * calls.length,
    notes: [
      inputNote,
      `${each} output tokens per answer assumed, because no run of this suite and model has a measured number`,
    ],
  };
}

interface Usd {
  readonly expected: number | null;
  readonly most: number | null;
  readonly notes: readonly string[];
}

function usdOf(plan: Plan, calls: readonly number[], { input, output }: Tokens, past: Past | null): Usd {
  const { price, price_source } = plan.target;
  const most = maxCostOf(plan, calls);
  if (price !== null && input !== null && output !== null) {
    const usd = (input * price.input + output * price.output) / 1_000_000;
    return {
      expected: most === null ? usd : Math.min(usd, most),
      most,
      notes: price_source === undefined ? [] : [`prices of ${price_source}`],
    };
  }
  if (past?.usd != null) {
    return {
      expected: past.usd * calls.length,
      most,
      notes: [`${dollars(past.usd)} per answer, as in run ${past.run.header.id}`],
    };
  }
  return {
    expected: null,
    most,
    notes: [
      price === null
        ? `model "${plan.model.alias}" has no price, and no run of it has a known cost`
        : "cost unknown",
    ],
  };
}

/** The largest cost of these calls without retries, in US dollars; null when the cost of a call has no limit. */
function maxCostOf(plan: Plan, calls: readonly number[]): number | null {
  const rates = ratesOf(plan.target);
  let sum = 0;
  for (const caseNo of calls) {
    const input = plan.inputTokens(caseNo);
    for (const { price, most_output } of rates) {
      if (price === null || (most_output === null && price.output > 0)) return null;
      sum += maxUsdOf(price, input, most_output ?? 0);
    }
  }
  return sum;
}

interface Judged {
  /** Undefined without judges. */
  readonly calls: number | null | undefined;
  readonly usd: number | null;
  readonly notes: readonly string[];
}

function judgesOf({ judges }: Plan, calls: number, past: Past | null): Judged {
  if ((judges?.asked().length ?? 0) === 0) return { calls: undefined, usd: 0, notes: [] };
  if (past?.judge_calls == null)
    return {
      calls: null,
      usd: null,
      notes: ["the number of calls of judges is not known before the first run"],
    };
  const expected = Math.round(past.judge_calls * calls);
  return {
    calls: expected,
    usd: past.judge_usd === null ? null : past.judge_usd * calls,
    notes: [`${plural(expected, "call")} of judges, as in run ${past.run.header.id}`],
  };
}
