import type { RunHeader, StoredCase } from "../domain/run.ts";
import type { TrialRow } from "../store/store.ts";
import { BASELINE_SCHEMA, type Baseline, type BaselineCase, type BaselineHeader } from "./baseline-file.ts";

/** Answered trials of a case so far, in the order of their numbers. */
interface CaseSums {
  trials: number;
  pass: number;
  readonly scores: { n: number; pass: number; readonly values: number[] }[];
}

/**
 * A run's trials as a baseline.
 *
 * @param rows by case and trial
 * @param fresh only trials that this run asked itself: an answer from the cache is no new evidence
 */
export function baselineOfRun(
  header: RunHeader,
  cases: readonly StoredCase[],
  rows: Iterable<TrialRow>,
  { fresh = false }: { readonly fresh?: boolean } = {},
): Baseline {
  const sums = new Map<number, CaseSums>();
  for (const row of rows) {
    if (row.pass === null || (fresh && row.cached)) continue;
    const one = sums.get(row.case_no) ?? {
      trials: 0,
      pass: 0,
      scores: header.scorers.map(() => ({ n: 0, pass: 0, values: [] })),
    };
    one.trials++;
    if (row.pass) one.pass++;
    for (const [index, scorer] of one.scores.entries()) {
      const score = row.scores[index];
      if (score === null || score === undefined) continue;
      scorer.n++;
      if (score[1]) scorer.pass++;
      if (header.scorers[index]?.binary === false) scorer.values.push(score[0]);
    }
    sums.set(row.case_no, one);
  }
  return {
    header: headerOf(header),
    cases: cases.flatMap((golden) => {
      const one = sums.get(golden.case_no);
      return one === undefined ? [] : [lineOf(golden, one, header)];
    }),
  };
}

function headerOf({ suite, target, scorers }: RunHeader): BaselineHeader {
  return {
    schema: BASELINE_SCHEMA,
    suite,
    target,
    scorers: Object.fromEntries(
      scorers.map(({ name, hash, required, binary }) => [
        name,
        { hash, required, ...(binary ? {} : { graded: true }) },
      ]),
    ),
  };
}

function lineOf(golden: StoredCase, sums: CaseSums, header: RunHeader): BaselineCase {
  const scores = header.scorers.map(({ name, binary }, index): [string, BaselineCase["scores"][string]] => {
    const { n, pass, values } = sums.scores[index] ?? { n: 0, pass: 0, values: [] };
    if (!binary) return [name, values];
    return [name, n === sums.trials ? pass : { n, pass }];
  });
  return {
    case: golden.id,
    content: golden.content_hash,
    key: golden.key,
    runs: [header.id],
    trials: sums.trials,
    pass: sums.pass,
    scores: Object.fromEntries(scores),
  };
}

/** What adding a run to a baseline did, by number of cases. */
export interface GrownBaseline {
  readonly baseline: Baseline;
  readonly grown: number;
  /** Their key is another now: the old trials say nothing of them and are replaced. */
  readonly replaced: number;
  readonly added: number;
  readonly dropped: number;
}

/**
 * Adds a run's own trials to the cases whose keys are unchanged; a run is added once.
 *
 * @param whole the run as a baseline of its own, for cases that are new or changed
 * @param fresh only the trials that it asked itself
 */
export function growBaseline(old: Baseline, whole: Baseline, fresh: Baseline): GrownBaseline {
  const before = new Map(old.cases.map((one) => [one.case, one]));
  const own = new Map(fresh.cases.map((one) => [one.case, one]));
  const counts = { grown: 0, replaced: 0, added: 0 };
  const cases = whole.cases.map((one) => {
    const kept = before.get(one.case);
    if (kept === undefined) counts.added++;
    else if (kept.key !== one.key) counts.replaced++;
    if (kept === undefined || kept.key !== one.key) return one;
    const more = own.get(one.case);
    if (more === undefined || more.runs.some((run) => kept.runs.includes(run))) return kept;
    counts.grown++;
    return joined(kept, more);
  });
  const now = new Set(whole.cases.map((one) => one.case));
  const dropped = old.cases.filter((one) => !now.has(one.case)).length;
  return { baseline: { header: whole.header, cases }, ...counts, dropped };
}

function joined(a: BaselineCase, b: BaselineCase): BaselineCase {
  const names = new Set([...Object.keys(a.scores), ...Object.keys(b.scores)]);
  return {
    ...a,
    runs: [...a.runs, ...b.runs],
    trials: a.trials + b.trials,
    pass: a.pass + b.pass,
    scores: Object.fromEntries([...names].map((name) => [name, joinedScores(a, b, name)])),
  };
}

function joinedScores(a: BaselineCase, b: BaselineCase, name: string): BaselineCase["scores"][string] {
  const [x, y] = [a.scores[name], b.scores[name]];
  if (Array.isArray(x) || Array.isArray(y))
    return [...(Array.isArray(x) ? x : []), ...(Array.isArray(y) ? y : [])];
  const counted = (score: typeof x, trials: number) =>
    score === undefined
      ? { n: 0, pass: 0 }
      : typeof score === "number"
        ? { n: trials, pass: score }
        : (score as { n: number; pass: number });
  const [p, q] = [counted(x, a.trials), counted(y, b.trials)];
  const n = p.n + q.n;
  const pass = p.pass + q.pass;
  return n === a.trials + b.trials ? pass : { n, pass };
}
