import { isDeepStrictEqual } from "node:util";
import { driftNight } from "../../baselines/drift-night.ts";
import { BASELINE_ITSELF, type SeriesRun } from "../../baselines/drift-report.ts";
import type { Side } from "../../baselines/side.ts";
import { hashJson, type Json, sha256 } from "../../domain/json.ts";
import { everyItem } from "../../domain/pages.ts";
import { isMadeElsewhere, isRecording } from "../../domain/recorded-provider.ts";
import type { RunHeader } from "../../domain/run.ts";
import type { ListedRun, StoreReads } from "../../store/reads.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import { storedSide } from "../sides/stored-side.ts";

/**
 * What the runs of one series have in common. Baselines of two prompts or models may have the same counts, and so the same
 * `series`.
 */
export interface SeriesIdentity extends Pick<RunHeader, "suite" | "alias" | "prompt" | "target_hash"> {
  readonly series: string;
}

/**
 * The runs that `evals drift` compares with one baseline (a series), oldest first. A run that another process is at work
 * on is left out: its answers so far are no result yet.
 *
 * @param own id of the run that this process made; null before it has made one
 */
export async function runsOfSeries(
  { read }: Pick<Store, "read">,
  { suite, alias, prompt, target_hash, series }: SeriesIdentity,
  own: string | null,
): Promise<ListedRun[]> {
  const found: ListedRun[] = [];
  for await (const run of everyItem((page) => read.runs({ suite }, page))) {
    const { header, status } = run;
    if (header.drift?.series !== series || header.alias !== alias) continue;
    if (header.target_hash !== target_hash || !isDeepStrictEqual(header.prompt, prompt)) continue;
    if (status !== "running" || header.id === own) found.push(run);
  }
  return found.reverse();
}

/** The baseline with which a series is compared. */
export interface SeriesBase {
  readonly side: Side;
  /** The stored run from which the baseline was made; null when it is not in this store. */
  readonly run: Pick<StoredRun, "no"> | null;
}

/**
 * Compares each run of a drift series with the series' baseline. Runs that took the same answers from a file which nobody
 * had written anew count once: the one that has most of the answers.
 */
export async function measureSeries(
  store: Store,
  base: SeriesBase,
  runs: readonly ListedRun[],
): Promise<SeriesRun[]> {
  const measured: SeriesRun[] = [];
  /** Place in `measured` of the run that counts, by its answers. */
  const counting = new Map<string, number>();
  for (const run of runs) {
    const { id, started_at: at, provider, drift } = run.header;
    const sameKeys = !isMadeElsewhere(provider);
    const night = driftNight(base.side, await storedSide(store, run), { sameKeys, judge: drift?.judge });
    const one: SeriesRun = { id, at, night, judge: drift?.judge };
    measured.push(one);
    const answers = night === null ? null : await recordedAnswers(store, run, base);
    if (night === null || answers === null) continue;
    const place = measured.length - 1;
    const counted = counting.get(answers);
    const other = counted === undefined ? undefined : measured[counted];
    if (drift?.unchanged === undefined) counting.set(answers, place);
    else if (answers === BASELINE_ITSELF) measured[place] = { ...one, repeats: BASELINE_ITSELF };
    else if (counted === undefined || other === undefined) counting.set(answers, place);
    else if (night.trials > (other.night?.trials ?? 0)) {
      counting.set(answers, place);
      measured[counted] = { ...other, repeats: id };
    } else measured[place] = { ...one, repeats: other.id };
  }
  return measured;
}

/**
 * What tells a run's recorded answers from others: a hash, or `BASELINE_ITSELF` for those of the baseline. Null for
 * answers of a live provider.
 */
async function recordedAnswers(
  { read }: Pick<Store, "read">,
  run: ListedRun,
  { side, run: before }: SeriesBase,
): Promise<string | null> {
  const { provider, fingerprint } = run.header;
  // The answers of a file of outputs are part of the fingerprint.
  if (isMadeElsewhere(provider)) return fingerprint === side.fingerprint ? BASELINE_ITSELF : fingerprint;
  if (!isRecording(provider)) return null;
  const own = await answersOf(read, run);
  const old = before === null ? new Map<string, string>() : await answersOf(read, before);
  return [...own].every(([trial, answer]) => old.get(trial) === answer)
    ? BASELINE_ITSELF
    : hashJson([...own] as Json);
}

/** A hash of each answer of a run, by case and trial. */
async function answersOf(read: StoreReads, { no }: Pick<StoredRun, "no">): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const { id, case_no } of everyItem((page) => read.cases(no, page)))
    for (const { trial, answer } of await read.trialsOfCase(no, case_no))
      if (answer !== null) found.set(`${trial} ${id}`, sha256(answer.output));
  return found;
}
