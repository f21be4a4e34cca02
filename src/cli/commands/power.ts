import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { baselinePath, parseBaseline } from "../../baselines/baseline-file.ts";
import { regressionRules } from "../../baselines/gate-run.ts";
import {
  type ExpectedCalls,
  expectedCalls,
  type PowerAssumptions,
  type PowerPlan,
  planPower,
} from "../../baselines/power-plan.ts";
import { DEFAULT_TRIALS } from "../../domain/config.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { LoadedSuite, Project } from "../../domain/project.ts";
import type { MetricValue } from "../../domain/run.ts";
import { percent, plural } from "../../reports/format-numbers.ts";
import { documentText } from "../../reports/json/documents.ts";
import { powerReport } from "../../reports/terminal/power.ts";
import { styleFor } from "../../reports/terminal/style.ts";
import { intraClusterCorrelation } from "../../statistics/cluster-mean.ts";
import { openStore } from "../../store/open-store.ts";
import { EXIT } from "../exit-code.ts";
import { type FingerprintRuns, fingerprintRuns } from "../fingerprint-runs.ts";
import type { Io } from "../io.ts";
import { openProject } from "../open-project.ts";

/** `evals power <suite>`: how many cases × trials detect a given drop. */
export async function powerCommand(options: Record<string, unknown>, name: string, io: Io): Promise<number> {
  const stated = readStated(options);
  const project = await openProject(io, {
    directory: options.directory as string | undefined,
    suites: [name],
    overrides: { model: options.model as string | undefined },
  });
  const suite = project.suites[0];
  if (suite === undefined) throw new Error("a suite that was asked for by name is loaded");
  const history = await readHistory(project, name, options.model as string | undefined);
  const planned = assume({ project, suite, history, stated });
  const plan = { ...planPower(planned.assumptions), calls: expectedCalls(planned.assumptions) };
  const price = costPerTrial(suite, history);
  if (options.json === true) {
    io.stdout(documentText(powerDocument(name, planned, plan, price)));
  } else {
    const style = styleFor(options.color !== false && io.stdoutIsTerminal && !io.env.NO_COLOR);
    io.stdout(powerReport(reportOf(name, planned, plan, price), style, io.width));
  }
  return EXIT.ok;
}

/** What was typed; undefined where nothing was. */
interface Stated {
  readonly passRate: number | undefined;
  readonly correlation: number | undefined;
  readonly drop: number | undefined;
  readonly power: number | undefined;
  readonly cases: number | undefined;
  readonly trials: number | undefined;
  readonly baselineTrials: number | undefined;
}

/** Each option with its range, ends included. */
const RANGES: Readonly<
  Record<keyof Stated, { option: string; low: number; high: number; whole: boolean; said: string }>
> = {
  passRate: {
    option: "--pass-rate",
    low: 0.001,
    high: 1,
    whole: false,
    said: "a share from 0.001 to 1, for instance 0.8",
  },
  correlation: {
    option: "--correlation",
    low: 0,
    high: 1,
    whole: false,
    said: "a number from 0 to 1, for instance 0.5",
  },
  drop: {
    option: "--drop",
    low: 0.001,
    high: 0.999,
    whole: false,
    said: "a share from 0.001 to 0.999: 0.03 is 3 points",
  },
  power: {
    option: "--power",
    low: 0.5,
    high: 0.999,
    whole: false,
    said: "a chance from 0.5 to 0.999, for instance 0.8",
  },
  cases: { option: "--cases", low: 1, high: 100_000, whole: true, said: "a whole number from 1 to 100000" },
  trials: { option: "--trials", low: 1, high: 1000, whole: true, said: "a whole number from 1 to 1000" },
  baselineTrials: {
    option: "--baseline-trials",
    low: 1,
    high: 10_000,
    whole: true,
    said: "a whole number from 1 to 10000",
  },
};

/** @throws {EvalsError} EVALS_OPTION_INVALID with every option that cannot be read */
function readStated(options: Record<string, unknown>): Stated {
  const names = Object.keys(RANGES) as (keyof Stated)[];
  const read = (name: keyof Stated): number | undefined => {
    const text = options[name];
    if (text === undefined) return undefined;
    const { low, high, whole } = RANGES[name];
    const value = String(text).trim() === "" ? Number.NaN : Number(text);
    return value >= low && value <= high && (!whole || Number.isInteger(value)) ? value : Number.NaN;
  };
  const stated = Object.fromEntries(names.map((name) => [name, read(name)])) as unknown as Stated;
  const bad = names.filter((name) => Number.isNaN(stated[name]));
  if (bad.length === 0) return stated;
  throw new EvalsError(
    bad.map((name) => ({
      code: "EVALS_OPTION_INVALID",
      what: `${RANGES[name].option} is not ${RANGES[name].said}.`,
      why: "A plan for other numbers than were meant would cost money or miss a drop.",
      fix: `Give ${RANGES[name].said}; see evals power --help`,
    })),
  );
}

async function readHistory(
  project: Project,
  name: string,
  alias: string | undefined,
): Promise<FingerprintRuns | null> {
  const store = await openStore(project.root);
  try {
    return fingerprintRuns(store, name, alias);
  } finally {
    store.close();
  }
}

/** Trials a case of the newest run: what a baseline promoted today would hold. */
function trialsOfNewest(history: FingerprintRuns | null): number | null {
  if (history === null) return null;
  const { newest } = history;
  return Math.max(1, Math.round(newest.header.planned / Math.max(1, newest.header.cases)));
}

/** Assumptions with where each comes from. */
interface Planned {
  readonly assumptions: PowerAssumptions;
  /** A sentence each, for people. */
  readonly from: readonly string[];
  /** Complete runs that the history counts. */
  readonly runs: number;
}

interface AssumeInput {
  readonly project: Project;
  readonly suite: LoadedSuite;
  readonly history: FingerprintRuns | null;
  readonly stated: Stated;
}

function assume({ project, suite, history, stated }: AssumeInput): Planned {
  const seen = history === null ? null : seenIn(history);
  const passRate = stated.passRate ?? seen?.pass_rate;
  if (passRate === undefined) throw nothingKnown(suite.name);
  const rules = regressionRules(suite.suite.gate);
  const rule = rules.find((one) => one.metric === "pass_rate") ?? rules[0];
  const allowed = rule?.max_drop ?? 0.03;
  const drop = stated.drop ?? (rule?.relative === true ? allowed * passRate : allowed);
  if (drop >= passRate) throw dropTooLarge(suite.name, drop, passRate);
  const baseline =
    stated.baselineTrials ?? committedTrials(project, suite, history) ?? trialsOfNewest(history);
  const assumptions: PowerAssumptions = {
    pass_rate: passRate,
    correlation: stated.correlation ?? seen?.correlation ?? 0,
    drop,
    power: stated.power ?? 0.8,
    confidence: rule?.confidence ?? 0.95,
    cases: stated.cases ?? seen?.cases ?? countCases(suite),
    trials: stated.trials ?? suite.suite.trials ?? project.config.defaults.trials ?? DEFAULT_TRIALS,
    baseline_trials: baseline,
  };
  const known = stated.correlation !== undefined || (seen?.correlation ?? null) !== null || passRate === 1;
  return {
    assumptions,
    from: sentences(assumptions, history, stated, known),
    runs: history?.runs.length ?? 0,
  };
}

/** What the pooled runs say of the suite; correlation null when no case was tried twice or all agree. */
function seenIn({ pooled }: FingerprintRuns) {
  const places = pooled.ids.flatMap((_, place) => ((pooled.answered[place] ?? 0) > 0 ? [place] : []));
  const count = places.map((place) => pooled.answered[place] ?? 0);
  const sum = places.map((place) => pooled.passed[place] ?? 0);
  const correlation = intraClusterCorrelation({ count, sum, sumOfSquares: sum });
  const shares = count.map((n, i) => (sum[i] ?? 0) / n);
  return {
    cases: pooled.ids.length,
    pass_rate: shares.reduce((total, share) => total + share, 0) / Math.max(1, shares.length),
    correlation: correlation === null ? null : Math.min(1, Math.max(0, correlation)),
  };
}

function sentences(
  { pass_rate, correlation }: PowerAssumptions,
  history: FingerprintRuns | null,
  stated: Stated,
  correlationKnown: boolean,
): string[] {
  const words = `pass rate ${percent(pass_rate)}, trials of a case correlate ${correlation.toFixed(2)}`;
  const allStated = stated.passRate !== undefined && stated.correlation !== undefined;
  const source =
    history === null || allStated
      ? "as stated"
      : `from ${plural(history.runs.length, "complete run")} of one fingerprint, newest ${history.newest.header.id}${stated.passRate !== undefined || stated.correlation !== undefined ? ", and as stated" : ""}`;
  return [
    `${words}: ${source}`,
    ...(correlationKnown
      ? []
      : ["Nothing says how far trials of a case agree: 0 is the careful end; --correlation states it."]),
  ];
}

function nothingKnown(suite: string): EvalsError {
  return new EvalsError({
    code: "EVALS_POWER_UNKNOWN",
    what: `Suite "${suite}" has no complete run yet, and no pass rate was stated.`,
    why: "How many cases are needed depends on how often they pass and how far trials of one case agree.",
    fix: `evals run ${suite} --all-trials, or state it: evals power ${suite} --pass-rate 0.8 --correlation 0.5`,
  });
}

function dropTooLarge(suite: string, drop: number, passRate: number): EvalsError {
  return new EvalsError({
    code: "EVALS_POWER_DROP",
    what: `A pass rate of ${percent(passRate)} cannot drop by ${percent(drop).replace(" %", " points")}.`,
    why: "Only what passes can fall.",
    fix: `evals power ${suite} --drop <less than ${passRate.toPrecision(2)}>, or --pass-rate for what you expect`,
  });
}

function countCases(suite: LoadedSuite): number {
  const cases = suite.openCases();
  try {
    return Math.max(1, cases.count);
  } finally {
    cases.close();
  }
}

/** Trials a case of the promoted baseline in the work tree; null without one. */
function committedTrials(
  project: Project,
  suite: LoadedSuite,
  history: FingerprintRuns | null,
): number | null {
  const alias = history?.newest.header.alias ?? suite.models[0]?.alias ?? null;
  const several = (suite.suite.models?.length ?? 0) > 1;
  const path = baselinePath(suite.name, several ? alias : null);
  const file = join(project.root, path);
  if (!existsSync(file)) return null;
  const { cases } = parseBaseline(readFileSync(file, "utf8"), path);
  if (cases.length === 0) return null;
  return Math.max(1, Math.round(cases.reduce((sum, one) => sum + one.trials, 0) / cases.length));
}

/** US dollars: what trials cost in the newest run, else its tokens at today's price; null when neither is known. */
function costPerTrial(suite: LoadedSuite, history: FingerprintRuns | null): number | null {
  if (history === null) return null;
  const { header, report } = history.newest;
  const { metrics = {} } = (report ?? {}) as { metrics?: { readonly [name: string]: MetricValue } };
  const known = metrics.cost_per_trial?.value;
  if (typeof known === "number") return known;
  const price = suite.models.find((one) => one.alias === header.alias)?.entry.price;
  const input = metrics.input_tokens?.value;
  const output = metrics.output_tokens?.value;
  if (price === undefined || typeof input !== "number" || typeof output !== "number") return null;
  return (input * price.input + output * price.output) / 1e6;
}

type PricedPlan = PowerPlan & { readonly calls: ExpectedCalls };

function powerDocument(
  suite: string,
  { assumptions, runs }: Planned,
  plan: PricedPlan,
  price: number | null,
) {
  const { detectable_drop, table, needed, larger_baseline, calls } = plan;
  const all = assumptions.cases * assumptions.trials;
  const usd = (calls: number): number | null => (price === null ? null : calls * price);
  return {
    schema: "evals.power/1",
    exit: EXIT.ok,
    suite,
    assumptions: { ...assumptions, runs },
    detectable_drop,
    table,
    needed,
    larger_baseline,
    expected_calls: { ...calls, all },
    expected_usd: {
      unchanged: usd(calls.unchanged),
      drop: usd(calls.drop),
      all: usd(all),
    },
  };
}

function reportOf(suite: string, { assumptions, from }: Planned, plan: PricedPlan, price: number | null) {
  const { cases, trials, pass_rate, correlation, drop, power, baseline_trials } = assumptions;
  return {
    ...{ suite, pass_rate, correlation, drop, power, baseline_trials, from },
    size: { cases, trials },
    ...plan,
    calls: { ...plan.calls, all: cases * trials },
    cost_per_trial: price,
  };
}
