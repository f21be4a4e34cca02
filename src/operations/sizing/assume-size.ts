import { existsSync } from "node:fs";
import { join } from "node:path";
import { baselinePath, parseBaseline } from "../../baselines/baseline-file.ts";
import { regressionRules } from "../../baselines/regression-results.ts";
import { DEFAULT_TRIALS } from "../../domain/config.ts";
import { itemAt } from "../../domain/item-at.ts";
import { listedTarget, listedTargetOf } from "../../domain/listed-target.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { LoadedSuite, Project } from "../../domain/project.ts";
import type { PowerAssumptions } from "../../domain/size-plan.ts";
import { readNamedFile } from "../../project/named-file.ts";
import { percent, plural } from "../../reports/format-numbers.ts";
import { intraClusterCorrelation } from "../../statistics/cluster-mean.ts";
import type { FingerprintRuns } from "../project/fingerprint-runs.ts";
import type { Stated } from "./stated-size.ts";

/** Trials per case of the newest run. A baseline that is promoted now would have this number. */
function trialsOfNewest(history: FingerprintRuns | null): number | null {
  if (history === null) return null;
  const { newest } = history;
  return Math.max(1, Math.round(newest.header.planned / Math.max(1, newest.header.cases)));
}

/** The assumptions for a plan of a suite's size, with their sources. */
export interface Planned {
  readonly assumptions: PowerAssumptions;
  /** Sentences that say where the assumptions come from. */
  readonly from: readonly string[];
  /** Number of complete runs in the history. */
  readonly runs: number;
}

interface AssumeInput {
  readonly project: Project;
  readonly suite: LoadedSuite;
  readonly history: FingerprintRuns | null;
  readonly stated: Stated;
}

/**
 * The assumptions for a plan of a suite's size. A value that is not stated comes from the history, else from the
 * suite.
 *
 * @throws {EvalsError} when the pass rate is unknown
 */
export async function assume({ project, suite, history, stated }: AssumeInput): Promise<Planned> {
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
    cases: stated.cases ?? seen?.cases ?? (await countCases(suite)),
    trials: stated.trials ?? suite.suite.trials ?? project.config.defaults.trials ?? DEFAULT_TRIALS,
    baseline_trials: baseline,
  };
  const known = stated.correlation !== undefined || (seen?.correlation ?? null) !== null || passRate === 1;
  return {
    assumptions,
    from: [
      ...sentences(assumptions, history, stated, known),
      ...(rule === undefined || rule.metric === "pass_rate"
        ? []
        : [
            `The suite's rule is about ${rule.metric}: these sizes are for a drop of the pass rate, which says little of other metrics.`,
          ]),
    ],
    runs: history?.runs.length ?? 0,
  };
}

/**
 * What the pooled runs show about the suite. `correlation` is null when it cannot be measured: no case has two
 * trials, or all trials agree.
 */
function seenIn({ pooled }: FingerprintRuns) {
  const indexes = pooled.ids.flatMap((_, index) => (itemAt(pooled.answered, index) > 0 ? [index] : []));
  const count = indexes.map((index) => itemAt(pooled.answered, index));
  const sum = indexes.map((index) => itemAt(pooled.passed, index));
  const correlation = intraClusterCorrelation({ count, sum, sumOfSquares: sum });
  const shares = count.map((n, i) => itemAt(sum, i) / n);
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
      : [
          "How far the trials of a case agree is not known: a correlation of 0 is assumed, which needs the most cases; --correlation sets it.",
        ]),
  ];
}

function nothingKnown(suite: string): EvalsError {
  return new EvalsError({
    code: "EVALS_POWER_UNKNOWN",
    what: `Suite "${suite}" has no complete run yet, and no pass rate was stated.`,
    why: "How many cases are needed depends on how often they pass and how far trials of one case agree.",
    fix: `evals run ${suite} --all-trials, or state both values: evals power ${suite} --pass-rate 0.8 --correlation 0.5`,
  });
}

function dropTooLarge(suite: string, drop: number, passRate: number): EvalsError {
  return new EvalsError({
    code: "EVALS_POWER_DROP",
    what: `A pass rate of ${percent(passRate)} cannot drop by ${percent(drop).replace(" %", " points")}.`,
    why: "A pass rate cannot fall below 0.",
    fix: `evals power ${suite} --drop <less than ${passRate.toPrecision(2)}>, or state the pass rate that you expect with --pass-rate`,
  });
}

async function countCases(suite: LoadedSuite): Promise<number> {
  const cases = await suite.openCases();
  try {
    return Math.max(1, cases.count);
  } finally {
    cases.close();
  }
}

/** Trials per case of the promoted baseline in the work tree; null without one. */
function committedTrials(
  project: Project,
  suite: LoadedSuite,
  history: FingerprintRuns | null,
): number | null {
  const [model] = suite.models;
  const own = model === undefined ? null : listedTargetOf(suite, model);
  const path = baselinePath(suite.name, history === null ? own : listedTarget(history.newest.header));
  const file = join(project.root, path);
  if (!existsSync(file)) return null;
  const { cases } = parseBaseline(readNamedFile(file, path), path);
  if (cases.length === 0) return null;
  return Math.max(1, Math.round(cases.reduce((sum, one) => sum + one.trials, 0) / cases.length));
}
