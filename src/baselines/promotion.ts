import * as z from "zod";
import { canonicalJson, sha256 } from "../domain/json.ts";
import { listedTarget } from "../domain/listed-target.ts";
import { PROMOTION_RECORD } from "../domain/promotion-log.ts";
import type { Metrics, MetricValue, RunHeader } from "../domain/run.ts";
import { GATE_OUTCOMES, type GateOutcome } from "../domain/verdict.ts";
import { exactSum } from "../statistics/exact-sum.ts";
import type { Baseline, BaselineCase } from "./baseline-file.ts";
import { formatBaseline, parseBaseline } from "./baseline-file.ts";
import type { GrownBaseline } from "./make-baseline.ts";

/** One suite of a promotion. */
export interface PromotedRun {
  readonly header: RunHeader;
  readonly path: string;
  readonly before: Baseline | null;
  readonly after: Baseline;
  /** The regression that this promotion accepts; null for none. */
  readonly accepted: { readonly from: string; readonly to: string; readonly why: string } | null;
  /** The effect of adding the run to the old baseline; null when the run replaces that baseline. */
  readonly grown: GrownBaseline | null;
  /** The metrics of the run. */
  readonly metrics: Metrics;
  /** Outcome of the run's gate; null without a gate. */
  readonly gate: GateOutcome | null;
  /**
   * The file with the baseline's answers; `text` is null when the promotion removes the file. The field is null when
   * there is no such file.
   */
  readonly answers: { readonly path: string; readonly text: string | null } | null;
}

/** What `evals promote` will write. Nothing is changed until this plan is applied. */
export interface PromotionPlan {
  readonly runs: readonly PromotedRun[];
  /** The text of each file by path; null for a file that is deleted. */
  readonly files: ReadonlyMap<string, string | null>;
  readonly message: string;
  readonly tag: { readonly name: string; readonly message: string } | null;
}

export interface PromotionWords {
  /** The value of `--as`. */
  readonly name: string | null;
  /** The value of `--message`. */
  readonly why: string | null;
  /** Name and e-mail address of the user, from git. */
  readonly who: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Path of the project in its repository; empty at the top. */
  readonly project: string;
  /** Files outside the usual folders that define behaviour: scorers, modules, schemas. */
  readonly files: readonly string[];
  /** Suites described by the tag. */
  readonly tagged: readonly PromotedRun[];
}

/** The start of a promotion's commit subject. */
const SUBJECT = "Promote ";

/** Whether a commit's subject was written by a promotion. A squash merge replaces such a subject. */
export const isPromotionSubject = (subject: string): boolean => subject.startsWith(SUBJECT);

export function planPromotion(runs: readonly PromotedRun[], words: PromotionWords): PromotionPlan {
  const files = new Map<string, string | null>();
  for (const one of runs) {
    files.set(one.path, formatBaseline(one.after));
    if (one.answers !== null) files.set(one.answers.path, one.answers.text);
  }
  return {
    runs,
    files,
    message: commitMessage(runs, words),
    tag: words.name === null ? null : { name: `evals/${words.name}`, message: tagMessage(words, words.name) },
  };
}

const rate = (value: number | null | undefined): string =>
  value === null || value === undefined ? "unknown" : `${(value * 100).toFixed(1)} %`;

/** A metric with its 95 % interval, if it has one: `0.914 (0.879 to 0.94)`. */
function metricText({ value, low, high }: MetricValue): string {
  const number = (one: number | null | undefined): string =>
    one === null || one === undefined ? "unknown" : String(Number(one.toPrecision(6)));
  return low === undefined && high === undefined
    ? number(value)
    : `${number(value)} (${number(low)} to ${number(high)})`;
}

function commitMessage(runs: readonly PromotedRun[], { why }: PromotionWords): string {
  const suites = [...new Set(runs.map((one) => one.header.suite))].join(", ");
  const lines = runs.map(
    (one) =>
      `${one.header.suite}: ${one.header.target}, pass rate ${rate(one.metrics.pass_rate?.value)}, run ${one.header.id}`,
  );
  const records = runs.map((one) => promotionRecord(one));
  return [`${SUBJECT}${suites}`, "", ...(why === null ? [] : [why, ""]), ...lines, "", ...records, ""].join(
    "\n",
  );
}

/** How a baseline was promoted, as `evals log` reads it from a commit, squashed or not. */
export interface PromotionRecord {
  readonly path: string;
  readonly run: string;
  readonly how: "promotion" | "accepted regression" | "addition";
  readonly gate: GateOutcome | null;
  /** Hash of the lines that the promotion wrote (`changedLines`); absent in records of older versions. */
  readonly lines?: string | undefined;
}

function promotionRecord({ path, header, accepted, grown, gate, before, after }: PromotedRun): string {
  const how = accepted !== null ? "accepted regression" : grown !== null ? "addition" : "promotion";
  // The lines as they are read again from the file.
  const written = parseBaseline(formatBaseline(after), path);
  const lines = changedLines(before?.cases ?? [], written.cases);
  return (
    PROMOTION_RECORD + JSON.stringify({ path, run: header.id, how, gate, lines } satisfies PromotionRecord)
  );
}

/**
 * A hash of the lines that are new or changed. A rebase keeps them, also over other changed lines of the same file; an
 * edit of the promoted counts does not.
 */
export function changedLines(before: readonly BaselineCase[], after: readonly BaselineCase[]): string {
  const old = new Set(before.map((one) => canonicalJson(one)));
  const changed = after.map((one) => canonicalJson(one)).filter((line) => !old.has(line));
  return sha256(changed.sort().join("\n")).slice(0, 16);
}

const Record = z.object({
  path: z.string(),
  run: z.string(),
  how: z.enum(["promotion", "accepted regression", "addition"]),
  gate: z.enum(GATE_OUTCOMES).nullable(),
  lines: z.string().optional(),
});

/** All promotions recorded in a commit message, oldest first; a squash merge contains several. */
export function promotionRecords(body: string): PromotionRecord[] {
  return body.split("\n").flatMap((line) => {
    const text = line.trim();
    if (!text.startsWith(PROMOTION_RECORD)) return [];
    try {
      return [Record.parse(JSON.parse(text.slice(PROMOTION_RECORD.length)))];
    } catch {
      return [];
    }
  });
}

/** `triage`, or `triage (support@1.1.0.small)`: the part in parentheses is from the baseline's file name. */
function suiteWords(header: RunHeader): string {
  const target = listedTarget(header);
  return target === null ? header.suite : `${header.suite} (${target})`;
}

/** The tag message with everything that an audit needs, in lines that `evals log` reads. */
function tagMessage({ project, why, who, at, files, tagged }: PromotionWords, name: string): string {
  const blocks = tagged.flatMap((one) => [
    `suite: ${suiteWords(one.header)}`,
    `  target: ${one.header.target}`,
    `  fingerprint: ${one.header.fingerprint}`,
    ...Object.entries(one.metrics).map(([name, value]) => `  ${name}: ${metricText(value)}`),
    `  cases: ${one.after.cases.length}, trials: ${one.after.cases.reduce((sum, line) => sum + line.trials, 0)}`,
    `  run: ${one.header.id}`,
  ]);
  return [
    `${SUBJECT}${name}`,
    "",
    `project: ${project === "" ? "." : project}`,
    ...(why === null ? [] : [`why: ${why.replace(/\s+/g, " ")}`]),
    `who: ${who}`,
    `when: ${at}`,
    ...blocks,
    ...(files.length === 0 ? [] : [`files: ${JSON.stringify(files)}`]),
    "",
  ].join("\n");
}

/** Number of cases whose share of passed trials rises with a promotion, and number of those where it falls. */
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

/** The mean over a baseline's cases of each one's share of passed trials; null without a case. */
export function baselineRate({ cases }: Baseline): number | null {
  return cases.length === 0 ? null : exactSum(cases.map(({ pass, trials }) => pass / trials)) / cases.length;
}
