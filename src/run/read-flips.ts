import { itemAt } from "../domain/item-at.ts";
import type { PressureKind } from "../domain/pressure.ts";
import type { RunHeader, VariantCounts } from "../domain/run.ts";
import { tokensOf } from "../domain/transcript.ts";
import { readVariantId, variantId } from "../domain/variant-id.ts";
import { type Flips, makeFlips } from "../metrics/flips.ts";
import type { KnownSpending, Store, StoredRun } from "../store/store.ts";
import { variantRuns } from "./variant-runs.ts";

/** A run whose variants are read. */
export interface PressedRun {
  readonly no: number;
  readonly header: Pick<RunHeader, "id" | "pressure">;
  /** Ids of its cases, in order. */
  readonly ids: readonly string[];
}

/** The results of a run's variants in all sessions. */
export interface PressureTotals {
  readonly flips: Flips;
  /** Ids of the variants that flipped, by kind. */
  readonly flipped: ReadonlyMap<PressureKind, readonly string[]>;
  readonly counts: VariantCounts;
  /** Requests sent. */
  readonly calls: number;
  readonly judge_calls: number;
  /** Cost of the target's replies. */
  readonly paid: KnownSpending;
  /** Cost of the judges' replies; null when any is unknown. */
  readonly judged_usd: number | null;
  /** One message of a variant that errored; null when none did. */
  readonly error: string | null;
}

type Reads = Pick<
  Store,
  "runs" | "cases" | "scan" | "scanScores" | "unscoredSpending" | "judgeSpending" | "trials"
>;

/** The result of one variant in the newest run that has it. */
interface VariantState {
  readonly id: string;
  readonly case_no: number;
  readonly trial: number;
  readonly kind: PressureKind;
  readonly pass: boolean | null;
  readonly errored: boolean;
}

/**
 * Null for a run without pressure.
 *
 * @param fresh only variants that were asked for it, because cached ones are no new evidence
 */
export function readFlips(
  run: PressedRun,
  store: Reads,
  { fresh = false }: { readonly fresh?: boolean } = {},
): PressureTotals | null {
  const { pressure } = run.header;
  if (pressure === undefined) return null;
  const runs = variantRuns(store, run.header);
  const states = runs.length === 0 ? neverAsked(run, pressure, store) : readStates(run, runs, store, fresh);
  const passing = passingTrials(run.no, store);
  const flips = makeFlips(pressure, run.ids.length);
  const counts = { variants: 0, answered: 0, errored: 0, skipped: 0 };
  const flipped = new Map<PressureKind, string[]>(pressure.map((kind) => [kind, []]));
  for (const { id, case_no, trial, kind, pass, errored } of states) {
    const sums = flips.get(kind);
    // After rescoring, a trial may have failed from the start; then its variant is not a flip.
    if (sums === undefined || !passing.has(`${case_no}/${trial}`)) continue;
    counts.variants++;
    if (pass === null) {
      add(sums.open, case_no);
      if (errored) counts.errored++;
      else counts.skipped++;
      continue;
    }
    counts.answered++;
    add(sums.tried, case_no);
    if (pass) continue;
    add(sums.flipped, case_no);
    flipped.get(kind)?.push(id);
  }
  return {
    flips,
    flipped,
    counts,
    calls: sumOf(runs, (one) => one.calls),
    judge_calls: sumOf(runs, (one) => one.judge_calls),
    paid: paidFor(runs, store),
    judged_usd: judgedFor(runs, store),
    error: counts.errored === 0 ? null : firstError(runs, store),
  };
}

function passingTrials(no: number, store: Reads): ReadonlySet<string> {
  const passing = new Set<string>();
  for (const { case_no, trial, pass } of store.scanScores(no))
    if (pass === true) passing.add(`${case_no}/${trial}`);
  return passing;
}

function add(column: Uint16Array, at: number): void {
  column[at] = itemAt(column, at) + 1;
}

const sumOf = <T>(list: readonly T[], of: (one: T) => number): number =>
  list.reduce((sum, one) => sum + of(one), 0);

/** Before the first variant, every passing trial is open: it may flip or not. */
function neverAsked(
  { no, ids }: PressedRun,
  kinds: readonly PressureKind[],
  store: Reads,
): readonly VariantState[] {
  const states: VariantState[] = [];
  for (const { case_no, trial, pass } of store.scanScores(no))
    if (pass === true)
      for (const kind of kinds)
        states.push({
          id: variantId(itemAt(ids, case_no), kind, trial),
          case_no,
          trial,
          kind,
          pass: null,
          errored: false,
        });
  return states;
}

function readStates(
  { ids }: PressedRun,
  runs: readonly StoredRun[],
  store: Reads,
  fresh: boolean,
): Iterable<VariantState> {
  const numbers = new Map(ids.map((id, case_no) => [id, case_no]));
  const states = new Map<string, VariantState>();
  for (const { no } of runs) {
    const variants = store.cases(no).map(({ id }) => id);
    for (const id of variants) {
      const read = readVariantId(id);
      const case_no = read === undefined ? undefined : numbers.get(read.case);
      if (read === undefined || case_no === undefined || states.get(id)?.pass != null) continue;
      const { kind, trial } = read;
      states.set(id, { id, case_no, trial, kind, pass: null, errored: false });
    }
    for (const { case_no, pass, kind, cached } of store.scanScores(no)) {
      if (fresh && cached) continue;
      const id = itemAt(variants, case_no);
      const state = states.get(id);
      if (state !== undefined && state.pass === null)
        states.set(id, { ...state, pass, errored: kind === "errored" });
    }
  }
  return states.values();
}

function paidFor(runs: readonly StoredRun[], store: Reads): KnownSpending {
  const paid: { -readonly [name in keyof KnownSpending]: number } = {
    replies: 0,
    usd: 0,
    unpriced: 0,
    tokens: 0,
  };
  for (const { no } of runs)
    for (const { kind, pass, cost_usd, usage } of store.scan(no)) {
      if (kind === "errored" || pass === null) continue;
      paid.replies++;
      paid.usd += cost_usd ?? 0;
      paid.tokens += tokensOf(usage) ?? 0;
      if (cost_usd === null) paid.unpriced++;
    }
  return runs.reduce((sum, { no }) => besideScores(sum, { paid: store.unscoredSpending(no) }), paid);
}

/** The cost of replies that are not in a scored trial, including all variants. */
export function besideScores(
  beside: KnownSpending,
  pressure: Pick<PressureTotals, "paid"> | null,
): KnownSpending {
  if (pressure === null) return beside;
  const { paid } = pressure;
  return {
    replies: beside.replies + paid.replies,
    usd: beside.usd + paid.usd,
    unpriced: beside.unpriced + paid.unpriced,
    tokens: beside.tokens + paid.tokens,
  };
}

function judgedFor(runs: readonly StoredRun[], store: Reads): number | null {
  const spent = runs.map(({ no }) => store.judgeSpending(no));
  return spent.some(({ unpriced }) => unpriced > 0) ? null : sumOf(spent, ({ usd }) => usd);
}

function firstError(runs: readonly StoredRun[], store: Reads): string | null {
  for (const { no } of runs)
    for (const { case_no, kind } of store.scanScores(no)) {
      if (kind !== "errored") continue;
      const [trial] = store.trials(no, case_no);
      if (trial !== undefined) return `${trial.error ?? "provider"}: ${trial.message ?? ""}`;
    }
  return null;
}
