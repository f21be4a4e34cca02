import { membersIn } from "../../domain/found-documents.ts";
import type { RunCounts, RunHeader } from "../../domain/run.ts";
import type { PlannedRun } from "../../domain/run-plan.ts";
import { storedSummary } from "../../domain/stored-summary.ts";
import { count, dollars, plural } from "../../reports/format-numbers.ts";
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

export interface AskedTrials {
  readonly plan: Plan;
  /** For each trial that will be asked, the number of its case. */
  readonly trials: readonly number[];
  /** The newest run with known numbers; null when there is none. */
  readonly past: Past | null;
  /** Budget in US dollars; undefined without one. */
  readonly budget: number | undefined;
}

/**
 * The expected tokens and cost of trials. They come from the newest run of the suite and model that has measured them;
 * without such a run they are assumed, and `assumptions` says so.
 */
export function expectCost({ plan, trials, past, budget }: AskedTrials): Expected {
  if (trials.length === 0) return nothingAsked(plan);
  const tokens = tokensOf(plan, trials, past);
  const judged = judgesOf(plan, trials.length, past);
  const own = usdOf(plan, trials, tokens, past);
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

/** The expected number of calls, and why; `calls_range` only where a trial may take several. */
export type ExpectedCalls = Pick<PlannedRun, "calls" | "calls_range" | "assumptions">;

/** The calls of trials: one each, or those of their conversations, as in the past run or as few as they can be. */
export function expectCalls({ plan, trials, past }: Omit<AskedTrials, "budget">): ExpectedCalls {
  const { conversing } = plan.target;
  if (conversing === undefined) return { calls: trials.length, assumptions: [] };
  const range = { least: 0, most: 0 };
  for (const caseNo of trials) {
    const { least, most } = conversing.callsOf(plan.golden(caseNo));
    range.least += least;
    range.most += most;
  }
  const bounds = { calls_range: range };
  if (trials.length === 0 || range.least === range.most)
    return { calls: range.least, ...bounds, assumptions: [] };
  const person = conversing.person === null ? "" : ", those of the model that plays the person included";
  if (past?.calls == null)
    return {
      calls: range.least,
      ...bounds,
      assumptions: [
        `a trial takes several calls${person}; how many is not known before the first run, so the least number is counted`,
      ],
    };
  const calls = Math.min(range.most, Math.max(range.least, Math.round(past.calls * trials.length)));
  const each = past.calls.toFixed(1).replace(/\.0$/, "");
  return {
    calls,
    ...bounds,
    assumptions: [`${each} calls per trial, as in run ${past.run.header.id}${person}`],
  };
}

/** A past run with the usage of its answers. */
export interface Past {
  readonly run: StoredRun;
  /** Mean number of calls for each trial that was asked, retries included; null when none was asked. */
  readonly calls: number | null;
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
export function informativeRun({ suite, model, target, fingerprint }: Plan, store: Store): Past | null {
  const converses = target.conversing !== undefined;
  const informative = store
    .runs({ suite: suite.name, limit: MAX_LOOKED })
    .filter(({ header }) => header.alias === model.alias || header.model === target.label)
    // One call and a conversation have little in common.
    .filter(({ header }) => hadConversations(header) === converses || target.client.immediate === true)
    .flatMap((run) => pastOf(run, run.header.fingerprint === fingerprint) ?? []);
  return informative.find(({ same }) => same) ?? informative[0] ?? null;
}

/** Whether the trials of a run were conversations. */
function hadConversations({ parts }: RunHeader): boolean {
  const target = membersIn(parts?.target);
  return target.agent !== undefined || target.user !== undefined;
}

/** Mean number of calls of a trial or variant that was asked; null when none was asked. */
function callsPerTrial({ calls, answered, errored, cached, variants }: RunCounts): number | null {
  const asked = answered - cached + errored + (variants?.answered ?? 0) + (variants?.errored ?? 0);
  return asked <= 0 || calls === 0 ? null : calls / asked;
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
    calls: counts === undefined ? null : callsPerTrial(counts),
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

function tokensOf(plan: Plan, trials: readonly number[], past: Past | null): Tokens {
  const id = past?.run.header.id;
  if (past?.same === true && past.input !== null && past.output !== null) {
    return {
      input: Math.round(past.input * trials.length),
      output: Math.round(past.output * trials.length),
      notes: [`tokens as in run ${id}, which sent the same requests`],
    };
  }
  if (!countsTokens(plan)) return { input: null, output: null, notes: ["the number of tokens is not known"] };
  if (plan.target.conversing !== undefined) return tokensOfConversations(plan, trials, past);
  const input = trials.reduce((sum, caseNo) => sum + plan.inputTokens(caseNo), 0);
  const inputNote = "input tokens estimated from the requests, rather too high than too low";
  if (past?.output != null) {
    return {
      input,
      output: Math.round(past.output * trials.length),
      notes: [inputNote, `output tokens as in run ${id}: ${Math.round(past.output)} per answer`],
    };
  }
  const each = Math.min(ASSUMED_OUTPUT_TOKENS, plan.target.most_output ?? ASSUMED_OUTPUT_TOKENS);
  return {
    input,
    output: each * trials.length,
    notes: [
      inputNote,
      `${each} output tokens per answer assumed, because no run of this suite and model has a measured number`,
    ],
  };
}

/** The tokens of conversations. The requests do not tell them: each call repeats what was said before it. */
function tokensOfConversations(plan: Plan, trials: readonly number[], past: Past | null): Tokens {
  if (past?.input != null && past.output != null) {
    const [input, output] = [past.input, past.output].map(Math.round);
    return {
      input: Math.round(past.input * trials.length),
      output: Math.round(past.output * trials.length),
      notes: [`tokens as in run ${past.run.header.id}: ${input} in, ${output} out per trial`],
    };
  }
  const first = trials.reduce((sum, caseNo) => sum + plan.inputTokens(caseNo), 0);
  return {
    input: null,
    output: null,
    notes: [
      `the tokens of all calls of a trial are not known before the first run; the first calls alone take about ${count(first)} input tokens`,
    ],
  };
}

interface Usd {
  readonly expected: number | null;
  readonly most: number | null;
  readonly notes: readonly string[];
}

function usdOf(plan: Plan, trials: readonly number[], { input, output }: Tokens, past: Past | null): Usd {
  const { price, price_source } = plan.target;
  const most = maxCostOf(plan, trials);
  const converses = plan.target.conversing !== undefined;
  if (converses && past?.usd != null) return asInPast(past, trials.length, most);
  if (price !== null && input !== null && output !== null && !(converses && plan.target.conversing?.person)) {
    const usd = (input * price.input + output * price.output) / 1_000_000;
    return {
      expected: most === null ? usd : Math.min(usd, most),
      most,
      notes: price_source === undefined ? [] : [`prices of ${price_source}`],
    };
  }
  if (past?.usd != null) return asInPast(past, trials.length, most);
  return {
    expected: null,
    most,
    notes: [
      price === null
        ? `model "${plan.model.alias}" has no price, and no run of it has a known cost`
        : converses
          ? "the cost is not known before the first run"
          : "cost unknown",
    ],
  };
}

function asInPast({ usd, run }: Past, trials: number, most: number | null): Usd {
  const each = usd ?? 0;
  return {
    expected: each * trials,
    most,
    notes: [`${dollars(each)} per answer, as in run ${run.header.id}`],
  };
}

/**
 * The largest cost of these trials without retries, in US dollars; null when the cost of a call has no limit, and for
 * conversations: what tools and people say makes their calls longer.
 */
function maxCostOf(plan: Plan, trials: readonly number[]): number | null {
  if (plan.target.conversing !== undefined) return null;
  const rates = ratesOf(plan.target);
  let sum = 0;
  for (const caseNo of trials) {
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
