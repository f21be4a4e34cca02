import type { MetricValue, RunHeader } from "../domain/run.ts";
import type { Baseline } from "./baseline-file.ts";
import { formatBaseline } from "./baseline-file.ts";

/** One suite of a promotion. */
export interface PromotedRun {
  readonly header: RunHeader;
  readonly path: string;
  readonly before: Baseline | null;
  readonly after: Baseline;
  /** Pass rate of the run with its interval. */
  readonly pass_rate: MetricValue | undefined;
  /** Text of the sibling file of answers; null when it was not asked for. */
  readonly answers: { readonly path: string; readonly text: string } | null;
}

/** What `evals promote` will write; nothing is touched until it is applied. */
export interface PromotionPlan {
  readonly runs: readonly PromotedRun[];
  readonly files: ReadonlyMap<string, string>;
  readonly message: string;
  readonly tag: { readonly name: string; readonly message: string } | null;
}

export interface PromotionWords {
  /** `--as`. */
  readonly name: string | null;
  /** `--message`. */
  readonly why: string | null;
  /** Name and address of whoever promotes, as git knows them. */
  readonly who: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Files beside the usual folders that define behaviour: scorers, modules, schemas. */
  readonly files: readonly string[];
}

export function planPromotion(runs: readonly PromotedRun[], words: PromotionWords): PromotionPlan {
  const files = new Map<string, string>();
  for (const one of runs) {
    files.set(one.path, formatBaseline(one.after));
    if (one.answers !== null) files.set(one.answers.path, one.answers.text);
  }
  return {
    runs,
    files,
    message: commitMessage(runs, words),
    tag:
      words.name === null
        ? null
        : { name: `evals/${words.name}`, message: tagMessage(runs, words, words.name) },
  };
}

const rate = (value: number | null | undefined): string =>
  value === null || value === undefined ? "unknown" : `${(value * 100).toFixed(1)} %`;

function commitMessage(runs: readonly PromotedRun[], { why }: PromotionWords): string {
  const suites = runs.map((one) => one.header.suite).join(", ");
  const lines = runs.map(
    (one) =>
      `${one.header.suite}: ${one.header.target}, pass rate ${rate(one.pass_rate?.value)}, run ${one.header.id}`,
  );
  return [`Promote ${suites}`, "", ...(why === null ? [] : [why, ""]), ...lines, ""].join("\n");
}

/** Everything an audit asks for, in lines that `evals log` reads back. */
function tagMessage(
  runs: readonly PromotedRun[],
  { why, who, at, files }: PromotionWords,
  name: string,
): string {
  const blocks = runs.flatMap((one) => [
    `suite: ${one.header.suite}${one.header.one_of_several ? ` (${one.header.alias})` : ""}`,
    `  target: ${one.header.target}`,
    `  fingerprint: ${one.header.fingerprint}`,
    `  pass rate: ${rate(one.pass_rate?.value)} (${rate(one.pass_rate?.low)} to ${rate(one.pass_rate?.high)}, 95 %)`,
    `  cases: ${one.after.cases.length}, trials: ${one.after.cases.reduce((sum, line) => sum + line.trials, 0)}`,
    `  run: ${one.header.id}`,
  ]);
  return [
    `Promote ${name}`,
    "",
    ...(why === null ? [] : [`why: ${why.replace(/\s+/g, " ")}`]),
    `who: ${who}`,
    `when: ${at}`,
    ...blocks,
    ...(files.length === 0 ? [] : [`files: ${JSON.stringify(files)}`]),
    "",
  ].join("\n");
}

/** How a promotion moves each case's share of passed trials. */
export function movedBy({ before, after }: PromotedRun): { readonly better: number; readonly worse: number } {
  const old = new Map((before?.cases ?? []).map((one) => [one.case, one.pass / one.trials]));
  let better = 0;
  let worse = 0;
  for (const one of after.cases) {
    const was = old.get(one.case);
    if (was === undefined) continue;
    const is = one.pass / one.trials;
    if (is > was) better++;
    if (is < was) worse++;
  }
  return { better, worse };
}
