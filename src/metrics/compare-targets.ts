import type { Matrix, MatrixCase, MatrixDifference, MatrixTarget } from "../domain/matrix.ts";
import type { CaseRow, ReportedRun } from "../domain/report.ts";
import type { RunHeader } from "../domain/run.ts";
import { clusterDifference } from "../statistics/cluster-difference.ts";
import { holm } from "../statistics/multiple-comparisons.ts";
import { stratifiedTest } from "../statistics/stratified-test.ts";

/** Quantile of the normal distribution for a 95 % interval. */
const Z_95 = 1.959963984540054;

/** Significance level: when all targets are equal, at most 1 matrix in 20 shows a significant difference. */
const LEVEL = 0.05;

/** A target with its results by case. */
interface Column {
  readonly target: MatrixTarget;
  readonly cases: ReadonlyMap<string, ColumnCase>;
}

type ColumnCase = Pick<CaseRow, "answered" | "passed" | "trials">;

/**
 * For each suite with several runs, a matrix of its cases by its targets. Each run is one target; the targets keep
 * the order of `runs`.
 *
 * @param runs all of one command, so cases with the same id are the same question for all targets of a suite
 */
export async function matricesOf(runs: readonly ReportedRun[]): Promise<Matrix[]> {
  const suites = [...new Set(runs.map(({ report }) => report.header.suite))];
  const matrices: Matrix[] = [];
  for (const suite of suites) {
    const ofSuite = runs.filter(({ report }) => report.header.suite === suite);
    if (ofSuite.length > 1) matrices.push(await matrixOf(suite, ofSuite));
  }
  return matrices;
}

async function matrixOf(suite: string, runs: readonly ReportedRun[]): Promise<Matrix> {
  const names = targetNames(runs.map(({ report }) => report.header));
  const columns: Column[] = [];
  for (const [at, run] of runs.entries()) {
    const cases = new Map<string, ColumnCase>();
    for await (const { id, answered, passed, trials } of run.rows())
      cases.set(id, { answered, passed, trials });
    columns.push({ target: targetOf(run, names[at] ?? run.report.header.id), cases });
  }
  const ids = new Set(columns.flatMap(({ cases }) => [...cases.keys()]));
  return {
    suite,
    targets: columns.map(({ target }) => target),
    cases: Array.from(
      ids,
      (id): MatrixCase => ({
        case: id,
        marks: columns.map(({ cases }) => marksOf(cases.get(id)?.trials ?? "")),
      }),
    ),
    differences: differencesOf(columns),
  };
}

function targetOf({ report }: ReportedRun, name: string): MatrixTarget {
  const { header, metrics, gate } = report;
  return {
    name,
    run: header.id,
    prompt: promptOf(header),
    model: header.alias,
    gated: gate.outcome !== "not_gated",
    pass_rate: metrics.pass_rate ?? { value: null },
    cost_usd: metrics.cost_usd?.value ?? null,
    latency_p95: metrics.latency_p95?.value ?? null,
  };
}

const promptOf = ({ prompt }: RunHeader): string | null =>
  prompt === null ? null : `${prompt.name}@${prompt.version}`;

/**
 * Names that distinguish targets: the prompt if the prompts differ, and the model if the models differ. Targets that
 * would still have the same name also get the id of their run.
 */
function targetNames(headers: readonly RunHeader[]): string[] {
  const severalPrompts = new Set(headers.map(promptOf)).size > 1;
  const severalModels = new Set(headers.map(({ alias }) => alias)).size > 1;
  const names = headers.map((header) =>
    [
      ...(severalPrompts ? [promptOf(header) ?? "the suite's own prompt"] : []),
      ...(severalModels ? [header.alias] : []),
    ].join(" · "),
  );
  return names.map((name, at) =>
    name === "" || names.indexOf(name) !== names.lastIndexOf(name)
      ? [name, headers[at]?.id ?? ""].filter((part) => part !== "").join(" · ")
      : name,
  );
}

const marksOf = (trials: string): string => trials.replaceAll("p", "1").replaceAll("f", "0");

/** Compares every pair of targets. The p-values of all pairs are corrected together for their number (Holm). */
function differencesOf(columns: readonly Column[]): MatrixDifference[] {
  const pairs = columns.flatMap((a, at) => columns.slice(at + 1).flatMap((b) => differenceOf(a, b) ?? []));
  const corrected = holm(pairs.map(({ p }) => p));
  return pairs.map((one, at) => {
    const p = corrected[at] ?? one.p;
    return { ...one, p, sure: p <= LEVEL };
  });
}

/** The pass rate of `b` minus that of `a`, over the cases that both answered; null when there is no such case. */
function differenceOf(a: Column, b: Column): Omit<MatrixDifference, "sure"> | null {
  const pairs = [...a.cases].flatMap(([id, before]) => {
    const after = b.cases.get(id);
    return after === undefined || before.answered === 0 || after.answered === 0 ? [] : [{ before, after }];
  });
  if (pairs.length === 0) return null;
  const base = columnsOf(pairs.map(({ before }) => before));
  const candidate = columnsOf(pairs.map(({ after }) => after));
  const { theta, sePermutation } = clusterDifference({ base, candidate });
  const { p, pRise } = stratifiedTest({
    m: base.count,
    b: base.sum,
    k: candidate.count,
    x: candidate.sum,
  });
  return {
    a: a.target.name,
    b: b.target.name,
    delta: theta,
    low: Math.max(-1, theta - Z_95 * sePermutation),
    high: Math.min(1, theta + Z_95 * sePermutation),
    p: Math.min(1, Math.max(0, 2 * Math.min(p, pRise))),
    cases: pairs.length,
  };
}

function columnsOf(cases: readonly Pick<CaseRow, "answered" | "passed">[]) {
  const sum = Float64Array.from(cases, ({ passed }) => passed);
  return { count: Float64Array.from(cases, ({ answered }) => answered), sum, sumOfSquares: sum };
}
