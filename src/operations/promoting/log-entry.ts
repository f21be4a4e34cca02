import { type BaselineCase, parseBaseline } from "../../baselines/baseline-file.ts";
import {
  changedLines,
  isPromotionSubject,
  type PromotionRecord,
  promotionRecords,
} from "../../baselines/promotion.ts";
import { canonicalJson } from "../../domain/json.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { ChangeKind, LoggedBaseline, LoggedChange } from "../../domain/promotion-log.ts";
import type { GateOutcome } from "../../domain/verdict.ts";
import type { ChangedBaseline, PromotionEntry } from "../../git/promotion-history.ts";

/** The kinds of change to a baseline, beginning with the one that is most important for the reader of the log. */
const WEIGHT: readonly ChangeKind[] = [
  "edit by hand",
  "rollback",
  "accepted regression",
  "merge",
  "addition",
  "promotion",
];

/** Further sources of information about a commit. */
export interface LogSources {
  /** A file's text by its object id; null when git cannot provide it. */
  readonly textOf: (id: string) => string | null;
  /** The gate outcome of a run in this machine's store; null when unknown. Used when the commit names none. */
  readonly gateOf: (run: string) => GateOutcome | null;
}

export function loggedChange(entry: PromotionEntry, sources: LogSources): LoggedChange {
  const message = `${entry.subject}\n${entry.body}`;
  const records = [...recordsOfOldMessages(message), ...promotionRecords(message)];
  const isRollback = /^\s*(?:Evals-Rollback: |This reverts commit )/m.test(message);
  const baselines = entry.files.map((file) =>
    loggedBaseline(file, { entry, records, isRollback, ...sources }),
  );
  const kinds = baselines.map((one) => one.kind);
  const fallback: ChangeKind = isRollback ? "rollback" : "edit by hand";
  return {
    kind: WEIGHT.find((one) => kinds.includes(one)) ?? fallback,
    squashed: baselines.some((one) => one.run !== null) && !isPromotionSubject(entry.subject),
    suites: [...new Set(baselines.map((one) => one.suite).filter((one) => one !== null))],
    baselines,
  };
}

interface Reading extends LogSources {
  readonly entry: PromotionEntry;
  readonly records: readonly PromotionRecord[];
  readonly isRollback: boolean;
}

function loggedBaseline(file: ChangedBaseline, reading: Reading): LoggedBaseline {
  const { entry, records, isRollback, textOf, gateOf } = reading;
  const before = read(file.before, file.path, textOf);
  const after = read(file.after, file.path, textOf);
  const base = { path: file.path, suite: (after ?? before)?.suite ?? null, gate: null, run: null };
  if (entry.merge) return { ...base, kind: "merge" };
  if (isRollback) return { ...base, kind: "rollback" };
  const own = records.filter((one) => one.path === file.path || one.path === "");
  const isMoved = entry.files.some((other) => other.after === null && other.before === file.after);
  const lines = before?.cases ?? [];
  if (after === null || isMoved || !isOfRuns(lines, after.cases) || isEdited(own, lines, after.cases))
    return { ...base, kind: "edit by hand" };
  const last = own.at(-1);
  const run = last?.run ?? newestRun(before?.cases ?? [], after.cases);
  if (run === null) return { ...base, kind: "edit by hand" };
  return { ...base, kind: howOf(own, before, after), gate: last?.gate ?? gateOf(run), run };
}

function howOf(
  records: readonly PromotionRecord[],
  before: ReadBaseline | null,
  after: ReadBaseline,
): PromotionRecord["how"] {
  if (records.some((one) => one.how === "accepted regression") || isNewAcceptance(before, after))
    return "accepted regression";
  const recorded = records.filter((one) => one.path !== "").at(-1);
  return recorded?.how ?? (isGrown(before?.cases ?? [], after.cases) ? "addition" : "promotion");
}

interface ReadBaseline {
  readonly suite: string;
  readonly accepted: string;
  readonly cases: readonly BaselineCase[];
}

function read(id: string | null, path: string, textOf: Reading["textOf"]): ReadBaseline | null {
  const text = id === null ? null : textOf(id);
  if (text === null) return null;
  try {
    const { header, cases } = parseBaseline(text, path);
    return { suite: header.suite, accepted: canonicalJson(header.accepted ?? null), cases };
  } catch (error) {
    if (error instanceof EvalsError) return null;
    throw error;
  }
}

/**
 * Whether each changed line can come from a promotion, and not from an edit by hand: a promotion changes the counts
 * of a line only together with its runs. The commit message is not used, because a squash or rebase may change it.
 */
function isOfRuns(before: readonly BaselineCase[], after: readonly BaselineCase[]): boolean {
  const old = new Map(before.map((one) => [one.case, one]));
  return after.every((one) => {
    const was = old.get(one.case);
    return (
      was === undefined || was.runs.join() !== one.runs.join() || canonicalJson(was) === canonicalJson(one)
    );
  });
}

/**
 * Whether the commit has other lines than the one promotion that it records wrote: it was amended, or squashed with an
 * edit. Of several promotions only the last one's lines are left, so nothing can be said.
 */
function isEdited(
  own: readonly PromotionRecord[],
  before: readonly BaselineCase[],
  after: readonly BaselineCase[],
): boolean {
  const [record, ...others] = own;
  if (record?.lines === undefined || others.length > 0) return false;
  return record.lines !== changedLines(before, after);
}

/** Id of the last run that the new file names and the old file does not; null when there is none. */
function newestRun(before: readonly BaselineCase[], after: readonly BaselineCase[]): string | null {
  const known = new Set(before.flatMap((one) => one.runs));
  return after.flatMap((one) => one.runs.filter((run) => !known.has(run))).at(-1) ?? null;
}

/** Whether at least one case has all its earlier trials and more. */
function isGrown(before: readonly BaselineCase[], after: readonly BaselineCase[]): boolean {
  const old = new Map(before.map((one) => [one.case, one]));
  return after.some((one) => {
    const was = old.get(one.case);
    return (
      was !== undefined &&
      was.key === one.key &&
      was.runs.length < one.runs.length &&
      was.runs.every((run, at) => one.runs[at] === run)
    );
  });
}

function isNewAcceptance(before: ReadBaseline | null, after: ReadBaseline): boolean {
  return after.accepted !== "null" && after.accepted !== before?.accepted;
}

/**
 * Reads a commit message as old versions of evals wrote it, with lines like
 * `s: prompt 1.0.0 · m, pass rate 90.0 %, run 3f9c`.
 */
function recordsOfOldMessages(message: string): PromotionRecord[] {
  if (!/^\s*(?:\* )?Promote /m.test(message) || message.includes("Evals-Promotion: ")) return [];
  return Array.from(message.matchAll(/^\s*\S.*: .*, pass rate .*, run ([0-9a-f]+)$/gm), ([, run = ""]) => ({
    path: "",
    run,
    how: "promotion" as const,
    gate: null,
  }));
}
