import { itemAt } from "../domain/item-at.ts";
import { canonicalJson } from "../domain/json.ts";
import { isMadeElsewhere } from "../domain/recorded-provider.ts";
import type { RunHeader, StoredCase } from "../domain/run.ts";
import type { Flips } from "../metrics/flips.ts";
import type { TrialRow } from "../store/store.ts";
import {
  BASELINE_SCHEMA,
  BASELINE_SCHEMA_2,
  type Baseline,
  type BaselineCase,
  type BaselineHeader,
} from "./baseline-file.ts";

/** Counts of the answered trials of a case so far. */
interface CaseSums {
  trials: number;
  pass: number;
  /**
   * By scorer: `n` counts the trials that it scored, `pass` those of them that passed, and `exempt` the trials that
   * it does not apply to; `values` are the scores of a graded scorer, in trial order.
   */
  readonly scores: { n: number; pass: number; exempt: number; readonly values: number[] }[];
}

export interface BaselineOptions {
  /** Whether to use only trials with a new answer in this run: an answer from the cache is no new evidence. */
  readonly fresh?: boolean;
  /**
   * By case number, the runs that first asked for the answers which the case took from the cache. The baseline counts
   * these runs as included, so that their trials are not added a second time.
   */
  readonly origins?: ReadonlyMap<number, readonly string[]>;
  /** Path of the project in its repository; `.` at the top. */
  readonly project?: string;
  /** Results of the variants of the run's passing trials. */
  readonly flips?: Flips | null;
  /** Number of failed trials of a case by failure class; absent when the file should not contain them. */
  readonly failures?: ((caseNo: number) => Readonly<Record<string, number>> | undefined) | undefined;
}

/** Converts a run's trials to a baseline. @param rows sorted by case and trial */
export function baselineOfRun(
  header: RunHeader,
  cases: readonly StoredCase[],
  rows: Iterable<TrialRow>,
  { fresh = false, origins = new Map(), project = ".", flips = null, failures }: BaselineOptions = {},
): Baseline {
  const sums = new Map<number, CaseSums>();
  for (const row of rows) {
    if (row.pass === null || (fresh && row.cached)) continue;
    const one = sums.get(row.case_no) ?? {
      trials: 0,
      pass: 0,
      scores: header.scorers.map(() => ({ n: 0, pass: 0, exempt: 0, values: [] })),
    };
    one.trials++;
    if (row.pass) one.pass++;
    for (const [index, scorer] of one.scores.entries()) {
      const score = row.scores[index];
      if (score === undefined) scorer.exempt++;
      if (score === null || score === undefined) continue;
      scorer.n++;
      if (score[1]) scorer.pass++;
      if (header.scorers[index]?.binary === false) scorer.values.push(score[0]);
    }
    sums.set(row.case_no, one);
  }
  return {
    header: headerOf(header, project),
    cases: cases.flatMap((golden) => {
      const one = sums.get(golden.case_no);
      if (one === undefined) return [];
      const runs = [header.id, ...(fresh ? [] : (origins.get(golden.case_no) ?? []))];
      const line = lineOf(golden, one, header, [...new Set(runs)]);
      return [{ ...line, ...partsOf(golden.case_no, flips, failures) }];
    }),
  };
}

/** Flips and failures of a case; a kind of pressure without any result is left out. */
function partsOf(
  caseNo: number,
  flips: Flips | null,
  failures: BaselineOptions["failures"],
): Pick<BaselineCase, "flips" | "failures"> {
  const tried = [...(flips ?? [])].flatMap(([kind, sums]): [string, [number, number]][] => {
    const count = itemAt(sums.tried, caseNo);
    return count === 0 ? [] : [[kind, [count, itemAt(sums.flipped, caseNo)]]];
  });
  const failed = failures?.(caseNo);
  return {
    ...(tried.length === 0 ? {} : { flips: Object.fromEntries(tried) }),
    ...(failed === undefined ? {} : { failures: failed }),
  };
}

type SecondHeader = Extract<BaselineHeader, { schema: typeof BASELINE_SCHEMA_2 }>;

/** The complete header; `settleBaseline` decides which fields are written. */
function headerOf(
  { suite, target, prompt, provider, model, scorers }: RunHeader,
  project: string,
): SecondHeader {
  return {
    schema: BASELINE_SCHEMA_2,
    suite,
    target,
    ...(prompt === null ? {} : { prompt: { name: prompt.name, version: prompt.version } }),
    ...(isMadeElsewhere(provider) ? {} : { model }),
    project,
    scorers: Object.fromEntries(
      scorers.map(({ name, hash, required, binary }) => [
        name,
        { hash, required, ...(binary ? {} : { graded: true }) },
      ]),
    ),
  };
}

function lineOf(
  golden: StoredCase,
  sums: CaseSums,
  header: RunHeader,
  runs: readonly string[],
): BaselineCase {
  const scores = header.scorers.flatMap(
    ({ name, binary }, index): [string, BaselineCase["scores"][string]][] => {
      const { n, pass, exempt, values } = sums.scores[index] ?? { n: 0, pass: 0, exempt: 0, values: [] };
      if (exempt > 0) return [];
      if (!binary) return [[name, values]];
      return [[name, n === sums.trials ? pass : { n, pass }]];
    },
  );
  return {
    case: golden.id,
    content: golden.content_hash,
    key: golden.key,
    runs: [...runs],
    trials: sums.trials,
    pass: sums.pass,
    scores: Object.fromEntries(scores),
  };
}

/** The result of adding a run to a baseline, and how many cases grew, were replaced, were added and were dropped. */
export interface GrownBaseline {
  readonly baseline: Baseline;
  readonly grown: number;
  /** Cases with a changed key, whose old trials no longer apply and are replaced. */
  readonly replaced: number;
  readonly added: number;
  readonly dropped: number;
}

/**
 * Adds to the cases with unchanged keys the trials that a run asked itself, not those from the cache. A case that
 * includes these trials already is not changed.
 *
 * @param whole the run as a baseline of its own, for cases that are new or changed
 * @param fresh the run as a baseline of only those trials whose answers are new, not from the cache
 */
export function growBaseline(old: Baseline, whole: Baseline, fresh: Baseline): GrownBaseline {
  const before = new Map(old.cases.map((one) => [one.case, one]));
  const own = new Map(fresh.cases.map((one) => [one.case, one]));
  const namedBefore = namesBefore(old.header, whole.header);
  const counts = { grown: 0, replaced: 0, added: 0 };
  const cases = whole.cases.map((one) => {
    const kept = before.get(one.case);
    if (kept === undefined) counts.added++;
    else if (kept.key !== one.key) counts.replaced++;
    if (kept === undefined || kept.key !== one.key) return one;
    const more = own.get(one.case);
    if (more === undefined || more.runs.some((run) => kept.runs.includes(run)))
      return joined(kept, null, namedBefore);
    counts.grown++;
    return joined(kept, more, namedBefore);
  });
  const now = new Set(whole.cases.map((one) => one.case));
  const dropped = old.cases.filter((one) => !now.has(one.case)).length;
  return { baseline: { header: whole.header, cases }, ...counts, dropped };
}

/**
 * Prepares a baseline for writing over an existing one. Lines with an unchanged result, and an unchanged header, are
 * kept as they were. So a review shows only real changes, and branches that change different cases can be merged.
 *
 * @param before null for the first baseline
 * @param accepted the regression that this promotion accepts; null for none
 * @param ofPrompts whether the suite lists prompts; then the file names its own prompt
 */
export function settleBaseline(
  before: Baseline | null,
  after: Baseline,
  accepted: NonNullable<BaselineHeader["accepted"]> | null,
  ofPrompts = false,
): Baseline {
  const old = new Map((before?.cases ?? []).map((one) => [one.case, one]));
  const cases = after.cases.map((one) => {
    const kept = old.get(one.case);
    return kept !== undefined && isSameResult(kept, one) ? kept : one;
  });
  const now = ofPrompts ? after.header : writtenHeader(after.header, cases);
  return { header: settledHeader(before?.header ?? null, now, accepted), cases };
}

/**
 * The header in the first version of the format, which every version of evals reads, unless a line needs the second
 * version of the format.
 */
function writtenHeader(header: BaselineHeader, cases: readonly BaselineCase[]): BaselineHeader {
  return cases.some(hasMore) ? header : firstVersion(header);
}

function firstVersion({ suite, target, scorers, accepted }: BaselineHeader): BaselineHeader {
  return { schema: BASELINE_SCHEMA, suite, target, scorers, ...(accepted === undefined ? {} : { accepted }) };
}

const hasMore = ({ flips, failures }: BaselineCase): boolean => flips !== undefined || failures !== undefined;

/** Whether two lines have the same result; the runs that they count may differ. */
function isSameResult(a: BaselineCase, b: BaselineCase): boolean {
  return canonicalJson({ ...a, runs: [] }) === canonicalJson({ ...b, runs: [] });
}

/**
 * The header to write: the old header if nothing but its acceptance differs from the new one. An old acceptance may
 * stay, because it names both baselines by fingerprint and so accepts no other regression.
 */
function settledHeader(
  before: BaselineHeader | null,
  now: BaselineHeader,
  accepted: BaselineHeader["accepted"] | null,
): BaselineHeader {
  if (accepted !== null && accepted !== undefined) return { ...now, accepted };
  if (before === null) return now;
  const { accepted: earlier, ...rest } = before;
  return canonicalJson(rest) === canonicalJson(now) ? before : now;
}

/**
 * Maps each scorer's current name to its name in the old file. Renaming a scorer does not change the keys of cases.
 */
function namesBefore(old: BaselineHeader, now: BaselineHeader): ReadonlyMap<string, string> {
  const byHash = new Map(Object.entries(old.scorers).map(([name, { hash }]) => [hash, name]));
  return new Map(
    Object.entries(now.scorers).map(([name, { hash }]) => [
      name,
      old.scorers[name]?.hash === hash ? name : (byHash.get(hash) ?? name),
    ]),
  );
}

/**
 * The line `a` with the trials of `b` added, and with the scorers' current names.
 *
 * @param b null adds nothing
 */
function joined(
  a: BaselineCase,
  b: BaselineCase | null,
  namedBefore: ReadonlyMap<string, string>,
): BaselineCase {
  const trials = a.trials + (b?.trials ?? 0);
  const scores = [...namedBefore].flatMap(([name, before]): [string, CaseScores][] => {
    const one = a.scores[before];
    const more = b === null ? EMPTY : b.scores[name];
    // The keys are equal, so both lines have the same scorers: this scorer does not apply to the case.
    if (one === undefined && (b === null || more === undefined)) return [];
    if (Array.isArray(one) || Array.isArray(more)) return [[name, [...valuesOf(one), ...valuesOf(more)]]];
    const [p, q] = [counted(one, a.trials), counted(more, b?.trials ?? 0)];
    const [n, pass] = [p.n + q.n, p.pass + q.pass];
    return [[name, n === trials ? pass : { n, pass }]];
  });
  return {
    ...a,
    runs: [...a.runs, ...(b?.runs ?? [])],
    trials,
    pass: a.pass + (b?.pass ?? 0),
    scores: Object.fromEntries(scores),
    ...joinedParts(a, b),
  };
}

/** The summed flips and failures of both lines; a field is absent when neither line has it. */
function joinedParts(a: BaselineCase, b: BaselineCase | null): Pick<BaselineCase, "flips" | "failures"> {
  const flips = { ...a.flips };
  for (const [kind, [tried, flipped]] of Object.entries(b?.flips ?? {})) {
    const [before, flippedBefore] = flips[kind] ?? [0, 0];
    flips[kind] = [before + tried, flippedBefore + flipped];
  }
  const failures = { ...a.failures };
  for (const [name, count] of Object.entries(b?.failures ?? {}))
    failures[name] = (failures[name] ?? 0) + count;
  return {
    ...(Object.keys(flips).length === 0 ? {} : { flips }),
    ...(Object.keys(failures).length === 0 ? {} : { failures }),
  };
}

type CaseScores = BaselineCase["scores"][string];
const EMPTY = { n: 0, pass: 0 };

const valuesOf = (scores: CaseScores | undefined): readonly number[] => (Array.isArray(scores) ? scores : []);

function counted(
  scores: CaseScores | undefined,
  trials: number,
): { readonly n: number; readonly pass: number } {
  if (typeof scores === "number") return { n: trials, pass: scores };
  return scores === undefined || Array.isArray(scores) ? EMPTY : scores;
}
