import { itemAt } from "../domain/item-at.ts";
import { allItems, everyItem, everyPage } from "../domain/pages.ts";
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
  /** Number of requests sent to the target. */
  readonly calls: number;
  readonly judge_calls: number;
  /** Cost of the target's replies. */
  readonly paid: KnownSpending;
  /** Cost of the judges' replies; null when any is unknown. */
  readonly judged_usd: number | null;
  /** One message of a variant that errored; null when none did. */
  readonly error: string | null;
}

type Reads = Pick<Store, "read">;

/** Rows per page. Rows of scores are small, so pages may have many. */
const PAGE = 10_000;

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
 * Reads the results of a run's variants; null for a run without pressure.
 *
 * @param fresh whether cached variants are left out, because they are not new evidence
 */
export async function readFlips(
  run: PressedRun,
  store: Reads,
  { fresh = false }: { readonly fresh?: boolean } = {},
): Promise<PressureTotals | null> {
  const { pressure } = run.header;
  if (pressure === undefined) return null;
  const runs = await variantRuns(store, run.header);
  const passing = await passingTrials(run.no, store);
  const states =
    runs.length === 0 ? neverAsked(run, pressure, passing) : await readStates(run, runs, store, fresh);
  const flips = makeFlips(pressure, run.ids.length);
  const counts = { variants: 0, answered: 0, errored: 0, skipped: 0 };
  const flipped = new Map<PressureKind, string[]>(pressure.map((kind) => [kind, []]));
  for (const { id, case_no, trial, kind, pass, errored } of states) {
    const sums = flips.get(kind);
    // After rescoring, the trial itself may fail; a variant of a failed trial cannot flip.
    if (sums === undefined || passing.get(case_no)?.has(trial) !== true) continue;
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
    paid: await paidFor(runs, store),
    judged_usd: await judgedFor(runs, store),
    error: counts.errored === 0 ? null : await firstError(runs, store),
  };
}

/** Numbers of the trials that passed, by case. */
async function passingTrials(no: number, { read }: Reads): Promise<ReadonlyMap<number, ReadonlySet<number>>> {
  const passing = new Map<number, Set<number>>();
  for await (const rows of everyPage((page) => read.scores(no, page), PAGE))
    for (const { case_no, trial, pass } of rows) {
      if (pass !== true) continue;
      const trials = passing.get(case_no);
      if (trials === undefined) passing.set(case_no, new Set([trial]));
      else trials.add(trial);
    }
  return passing;
}

function add(column: Uint16Array, at: number): void {
  column[at] = itemAt(column, at) + 1;
}

const sumOf = <T>(list: readonly T[], of: (one: T) => number): number =>
  list.reduce((sum, one) => sum + of(one), 0);

/**
 * The variants of a run that has asked none of them yet: one of each kind per passing trial, all without a
 * result.
 */
function* neverAsked(
  { ids }: PressedRun,
  kinds: readonly PressureKind[],
  passing: ReadonlyMap<number, ReadonlySet<number>>,
): Generator<VariantState> {
  for (const [case_no, trials] of passing)
    for (const trial of trials)
      for (const kind of kinds) {
        const id = variantId(itemAt(ids, case_no), kind, trial);
        yield { id, case_no, trial, kind, pass: null, errored: false };
      }
}

async function readStates(
  { ids }: PressedRun,
  runs: readonly StoredRun[],
  { read }: Reads,
  fresh: boolean,
): Promise<Iterable<VariantState>> {
  const numbers = new Map(ids.map((id, case_no) => [id, case_no]));
  const states = new Map<string, VariantState>();
  for (const { no } of runs) {
    const variants = (await allItems((page) => read.cases(no, page))).map(({ id }) => id);
    for (const id of variants) {
      const named = readVariantId(id);
      const case_no = named === undefined ? undefined : numbers.get(named.case);
      if (named === undefined || case_no === undefined || states.get(id)?.pass != null) continue;
      const { kind, trial } = named;
      states.set(id, { id, case_no, trial, kind, pass: null, errored: false });
    }
    for await (const rows of everyPage((page) => read.scores(no, page), PAGE))
      for (const { case_no, pass, kind, cached } of rows) {
        if (fresh && cached) continue;
        const id = itemAt(variants, case_no);
        const state = states.get(id);
        if (state !== undefined && state.pass === null)
          states.set(id, { ...state, pass, errored: kind === "errored" });
      }
  }
  return states.values();
}

async function paidFor(runs: readonly StoredRun[], { read }: Reads): Promise<KnownSpending> {
  let sum: KnownSpending = { replies: 0, usd: 0, unpriced: 0, tokens: 0, untold: 0 };
  for (const { no } of runs) {
    const paid = { replies: 0, usd: 0, unpriced: 0, tokens: 0, untold: 0 };
    for await (const rows of everyPage((page) => read.trials(no, page)))
      for (const { kind, pass, cost_usd, usage } of rows) {
        if (kind === "errored" || pass === null) continue;
        paid.replies++;
        paid.usd += cost_usd ?? 0;
        const tokens = tokensOf(usage);
        paid.tokens += tokens ?? 0;
        if (cost_usd === null) paid.unpriced++;
        if (tokens === null) paid.untold++;
      }
    sum = besideScores(besideScores(sum, { paid }), { paid: await read.unscoredSpending(no) });
  }
  return sum;
}

/** The cost of all variants added to `beside`, which is the cost of the replies that are not in a scored trial. */
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
    untold: beside.untold + paid.untold,
  };
}

async function judgedFor(runs: readonly StoredRun[], { read }: Reads): Promise<number | null> {
  const spent = await Promise.all(runs.map(({ no }) => read.judgeSpending(no)));
  return spent.some(({ unpriced }) => unpriced > 0) ? null : sumOf(spent, ({ usd }) => usd);
}

async function firstError(runs: readonly StoredRun[], { read }: Reads): Promise<string | null> {
  for (const { no } of runs)
    for await (const { case_no, kind } of everyItem((page) => read.scores(no, page))) {
      if (kind !== "errored") continue;
      const [trial] = await read.trialsOfCase(no, case_no);
      if (trial !== undefined) return `${trial.error ?? "provider"}: ${trial.message ?? ""}`;
    }
  return null;
}
