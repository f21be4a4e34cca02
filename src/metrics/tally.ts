import { itemAt } from "../domain/item-at.ts";
import type { ErrorKind } from "../domain/outcome.ts";
import type { Usage } from "../domain/transcript.ts";
import type { WayCounts } from "../domain/way-counts.ts";
import { addExactly } from "../statistics/exact-sum.ts";
import { type Flips, settledFlips } from "./flips.ts";

/** The numbers of one trial, from the engine or the store. */
export interface TallyRow {
  readonly case_no: number;
  readonly kind: "answered" | "errored";
  readonly error: ErrorKind | null;
  readonly cached: boolean;
  readonly pass: boolean | null;
  /**
   * One score per scorer, in the suite's order; null for a missing score, undefined when the scorer does not apply to
   * the case.
   */
  readonly scores: readonly (ScoreOfTrial | null | undefined)[];
  readonly latency_ms: number | null;
  readonly cost_usd: number | null;
  readonly usage: Usage;
  /** Null when the answer does not say whether the model refused. */
  readonly refused: boolean | null;
  /** Null when the answer does not say which tools were called. */
  readonly tool_calls: number | null;
  /** Whether the token limit truncated the answer. */
  readonly cut: boolean;
  /** Counts of the trial's trajectory, such as steps and turns; absent when the trajectory was not counted. */
  readonly way?: WayCounts | undefined;
}

/** A score, whether it passes, and for a judge with several opinions the share of opinions that gave the verdict. */
export type ScoreOfTrial = readonly [score: number, pass: boolean, agreement?: number | undefined];

/** Sums of one scorer's scores, indexed by case number. */
export interface ScoreSums {
  readonly count: Uint16Array;
  readonly sum: Float64Array;
  readonly sumOfSquares: Float64Array;
  /** What rounding has removed from `sum` and `sumOfSquares` so far; `addExactly` adds it to the next value. */
  readonly lost: { readonly sum: Float64Array; readonly sumOfSquares: Float64Array };
  /** Number of answers to which the scorer does not apply, by case number; null while there is none. */
  exempt: Uint16Array | null;
  /** Agreement of the opinions within a judge's ensemble; null while no score has one. */
  agreement: { readonly count: Uint16Array; readonly sum: Float64Array } | null;
}

/** A sum of the parts whose value is known, and the number of parts whose value is not. */
export interface KnownSum {
  sum: number;
  /** What rounding has removed from `sum` so far. */
  lost: number;
  /** Number of parts whose value is unknown. */
  unknown: number;
}

/**
 * The running totals of a run by case: a few numbers per case, however long the answers are. Arrays are indexed by
 * case number. Answered trials that are not scored yet are not included.
 */
export interface Tally {
  readonly cases: number;
  readonly answered: Uint16Array;
  readonly passed: Uint16Array;
  readonly errored: Uint16Array;
  readonly scores: readonly ScoreSums[];
  readonly errors: Map<ErrorKind, number>;
  /** The known latencies of answered trials in milliseconds, their case numbers, and how many latencies are unknown. */
  readonly latencies: { readonly ms: number[]; readonly case_no: number[]; unknown: number };
  readonly cost: KnownSum;
  /** US dollars of each case's answers; NaN when the cost of one of them is unknown. */
  readonly costByCase: Float64Array;
  readonly inputTokens: KnownSum;
  readonly outputTokens: KnownSum;
  readonly refusals: KnownSum;
  readonly toolCalls: KnownSum;
  readonly failedCalls: KnownSum;
  readonly steps: KnownSum;
  readonly turns: KnownSum;
  /** Number of answers ended by a limit. */
  readonly stopped: KnownSum;
  /** Number of trials spoiled by their simulated user, by case; null while there is none. */
  spoiled: Uint16Array | null;
  /** Results of the variants of passing trials; null for a run without pressure. */
  flips: Flips | null;
  totalAnswered: number;
  totalErrored: number;
  totalCached: number;
  /** Number of answers truncated by the token limit. */
  totalCut: number;
  add(row: TallyRow): void;
}

export function makeTally(cases: number, scorers: number): Tally {
  const tally: Tally = {
    cases,
    answered: new Uint16Array(cases),
    passed: new Uint16Array(cases),
    errored: new Uint16Array(cases),
    scores: Array.from({ length: scorers }, () => ({
      count: new Uint16Array(cases),
      sum: new Float64Array(cases),
      sumOfSquares: new Float64Array(cases),
      lost: { sum: new Float64Array(cases), sumOfSquares: new Float64Array(cases) },
      exempt: null,
      agreement: null,
    })),
    errors: new Map(),
    latencies: { ms: [], case_no: [], unknown: 0 },
    cost: { sum: 0, lost: 0, unknown: 0 },
    costByCase: new Float64Array(cases),
    inputTokens: { sum: 0, lost: 0, unknown: 0 },
    outputTokens: { sum: 0, lost: 0, unknown: 0 },
    refusals: { sum: 0, lost: 0, unknown: 0 },
    toolCalls: { sum: 0, lost: 0, unknown: 0 },
    failedCalls: { sum: 0, lost: 0, unknown: 0 },
    steps: { sum: 0, lost: 0, unknown: 0 },
    turns: { sum: 0, lost: 0, unknown: 0 },
    stopped: { sum: 0, lost: 0, unknown: 0 },
    spoiled: null,
    flips: null,
    totalAnswered: 0,
    totalErrored: 0,
    totalCached: 0,
    totalCut: 0,
    add: (row) => {
      if (row.kind === "errored") addErrored(tally, row);
      else if (row.pass !== null) addAnswered(tally, row, row.pass);
    },
  };
  return tally;
}

function addErrored(tally: Tally, { case_no, error }: TallyRow): void {
  tally.errored[case_no] = itemAt(tally.errored, case_no) + 1;
  tally.totalErrored++;
  if (error === "simulator") {
    tally.spoiled ??= new Uint16Array(tally.cases);
    tally.spoiled[case_no] = itemAt(tally.spoiled, case_no) + 1;
  }
  if (error !== null) tally.errors.set(error, (tally.errors.get(error) ?? 0) + 1);
}

function addAnswered(tally: Tally, row: TallyRow, pass: boolean): void {
  const { case_no } = row;
  tally.totalAnswered++;
  if (row.cached) tally.totalCached++;
  if (row.cut) tally.totalCut++;
  tally.answered[case_no] = itemAt(tally.answered, case_no) + 1;
  if (pass) tally.passed[case_no] = itemAt(tally.passed, case_no) + 1;
  for (const [index, sums] of tally.scores.entries()) {
    const one = row.scores[index];
    if (one === undefined) exempt(sums, tally.cases, case_no);
    if (one === null || one === undefined) continue;
    const [score, , agreement] = one;
    if (agreement !== undefined) addAgreement(sums, tally.cases, case_no, agreement);
    sums.count[case_no] = itemAt(sums.count, case_no) + 1;
    addAt(sums.sum, sums.lost.sum, case_no, score);
    addAt(sums.sumOfSquares, sums.lost.sumOfSquares, case_no, score * score);
  }
  if (row.latency_ms === null) tally.latencies.unknown++;
  else {
    tally.latencies.ms.push(row.latency_ms);
    tally.latencies.case_no.push(case_no);
  }
  addKnown(tally.cost, row.cost_usd);
  tally.costByCase[case_no] = itemAt(tally.costByCase, case_no) + (row.cost_usd ?? Number.NaN);
  addKnown(tally.inputTokens, row.usage.input_tokens);
  addKnown(tally.outputTokens, row.usage.output_tokens);
  addKnown(tally.refusals, row.refused === null ? null : Number(row.refused));
  addKnown(tally.toolCalls, row.tool_calls);
  const { way } = row;
  addKnown(tally.failedCalls, way?.failed_calls ?? null);
  addKnown(tally.steps, way?.steps ?? null);
  addKnown(tally.turns, way?.turns ?? null);
  addKnown(tally.stopped, way?.stopped == null ? null : Number(way.stopped));
}

function exempt(sums: ScoreSums, cases: number, caseNo: number): void {
  sums.exempt ??= new Uint16Array(cases);
  sums.exempt[caseNo] = itemAt(sums.exempt, caseNo) + 1;
}

function addAgreement(sums: ScoreSums, cases: number, caseNo: number, share: number): void {
  sums.agreement ??= { count: new Uint16Array(cases), sum: new Float64Array(cases) };
  const { count, sum } = sums.agreement;
  count[caseNo] = itemAt(count, caseNo) + 1;
  sum[caseNo] = itemAt(sum, caseNo) + share;
}

function addKnown(total: KnownSum, value: number | null): void {
  if (value === null) total.unknown++;
  else [total.sum, total.lost] = addExactly(total.sum, total.lost, value);
}

function addAt(sums: Float64Array, lost: Float64Array, at: number, value: number): void {
  [sums[at], lost[at]] = addExactly(itemAt(sums, at), itemAt(lost, at), value);
}

/**
 * Number of a case's answers that an optional scorer could not score. (If a required scorer cannot score an answer, the
 * trial is errored.)
 */
const unscoredOf = ({ answered }: Tally, { count, exempt: left }: ScoreSums, caseNo: number): number =>
  Math.max(0, itemAt(answered, caseNo) - itemAt(count, caseNo) - (left?.[caseNo] ?? 0));

/**
 * Number of answers that a scorer could not score, and case number of the first of them; null when there is none.
 *
 * @param index of the scorer in `scores`
 */
export function unscoredAnswers(
  tally: Tally,
  index: number,
): { readonly count: number; readonly first: number | null } {
  const sums = tally.scores[index];
  let count = 0;
  let first: number | null = null;
  for (let caseNo = 0; sums !== undefined && caseNo < tally.cases; caseNo++) {
    const here = unscoredOf(tally, sums, caseNo);
    if (here > 0) first ??= caseNo;
    count += here;
  }
  return { count, first };
}

/**
 * The tally as if every scorer had given `score` (0 or 1) to every missing trial, and to every answer that it could not
 * score. The metrics of the two tallies, with 0 and with 1, are the bounds of the true result.
 *
 * @param missing number of missing trials of a case
 */
export function withMissing(tally: Tally, missing: (caseNo: number) => number, score: number): Tally {
  const copy: Tally = {
    ...tally,
    answered: tally.answered.slice(),
    passed: tally.passed.slice(),
    flips: tally.flips === null ? null : settledFlips(tally.flips, missing, score),
    scores: tally.scores.map(({ count, sum, sumOfSquares, lost, agreement, exempt: left }) => ({
      lost,
      exempt: left,
      agreement,
      count: count.slice(),
      sum: sum.slice(),
      sumOfSquares: sumOfSquares.slice(),
    })),
  };
  for (let caseNo = 0; caseNo < tally.cases; caseNo++) {
    const more = missing(caseNo);
    copy.answered[caseNo] = itemAt(copy.answered, caseNo) + more;
    copy.passed[caseNo] = itemAt(copy.passed, caseNo) + more * score;
    for (const sums of copy.scores) {
      const isExempt = (sums.exempt?.[caseNo] ?? 0) > 0;
      const open = isExempt ? 0 : more + unscoredOf(tally, sums, caseNo);
      sums.count[caseNo] = itemAt(sums.count, caseNo) + open;
      sums.sum[caseNo] = itemAt(sums.sum, caseNo) + open * score;
      sums.sumOfSquares[caseNo] = itemAt(sums.sumOfSquares, caseNo) + open * score * score;
    }
  }
  return copy;
}
