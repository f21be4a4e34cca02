import { rmSync } from "node:fs";
import { join } from "node:path";
import { parseAge } from "../domain/duration.ts";
import { onFirstUse } from "../domain/on-first-use.ts";
import { everyItem } from "../domain/pages.ts";
import { EvalsError } from "../domain/problem.ts";
import type { PrunedHistory } from "../domain/store-care.ts";
import { loadConfig } from "../project/load-config.ts";
import { workTree } from "../project/work-tree.ts";
import { providers } from "../providers/registry.ts";
import { earlierHistories, HISTORY_FILE } from "../store/history-file.ts";
import type { ListedRun } from "../store/reads.ts";
import type { Store } from "../store/store.ts";
import type { Environment } from "./environment.ts";
import { locate } from "./project/open-project.ts";
import { liveSeries, runsUnderBaselines } from "./store-care/kept-runs.ts";
import { withHistory } from "./store-care/open-history.ts";
import { reportWithoutTexts } from "./store-care/report-without-texts.ts";

export interface PruneInput {
  readonly directory?: string | undefined;
  /** An age such as `90d`: runs that ended longer ago are deleted. It replaces `history.keep` of the config. */
  readonly olderThan?: string | undefined;
  /** Whether to only report what would be deleted, and delete nothing. */
  readonly dryRun?: boolean | undefined;
}

/**
 * The ages, in milliseconds, from which whole runs (`keep`) or only their answers are deleted; undefined for never.
 */
interface Ages {
  readonly keep: number | undefined;
  readonly answers: number | undefined;
}

const NOTHING: Omit<PrunedHistory, "dry_run"> = {
  removed: { runs: 0, answers: 0, judgements: 0, traces: 0, files: [] },
  emptied: 0,
  kept: [],
  erased: null,
};

/**
 * Deletes old runs, or their answers, and old traces. These runs are kept at any age: runs behind a baseline or a
 * promoted tag, running runs, and runs of an active `evals drift` series.
 *
 * @throws {EvalsError} EVALS_PRUNE_AGE when no age is set
 */
export async function pruneStore(io: Environment, input: PruneInput): Promise<PrunedHistory> {
  const { directory, dryRun = false } = input;
  const ages = await agesOf(io, input);
  const nothing = { ...NOTHING, dry_run: dryRun };
  return withHistory(io, directory, nothing, async (store, root) => {
    const now = io.date().getTime();
    const { runs, answers, kept } = await oldRuns(store, ages, now, {
      ids: await runsUnderBaselines(root),
      series: onFirstUse(() => liveSeries(root)),
    });
    const numbers = [...runs, ...(await partsOf(store, runs))].map(({ no }) => no);
    const earlier = runs.length + answers.length > 0 ? earlierHistories(root) : [];
    const what = { runs: runs.length, files: earlier };
    const result = { dry_run: dryRun, emptied: answers.length, kept: kept.map(({ header }) => header.id) };
    const before =
      now - Math.min(ages.keep ?? Number.POSITIVE_INFINITY, ages.answers ?? Number.POSITIVE_INFINITY);
    if (dryRun) {
      const traces = await store.care.oldTraces(before);
      return { ...result, removed: { ...NOTHING.removed, ...what, traces }, erased: null };
    }
    const { erased, ...removed } = await store.care.prune({
      runs: numbers,
      answers: [...answers, ...(await partsOf(store, answers))].map(({ no }) => no),
      withoutTexts: reportWithoutTexts,
      loose_before: before,
    });
    for (const { header } of [...runs, ...answers])
      rmSync(join(root, ".evals", "reports", `${header.id}.html`), { force: true });
    // The store file of an earlier version still has the texts of the deleted runs, so it is deleted too.
    for (const path of earlier)
      for (const end of ["", "-wal", "-shm"]) rmSync(join(root, `${path}${end}`), { force: true });
    return { ...result, removed: { ...removed, ...what }, erased };
  });
}

/** Runs that are kept at any age. */
interface Protected {
  /** Ids of the runs on which a baseline depends. */
  readonly ids: ReadonlySet<string>;
  /** Names of the drift series that are still active. Called only when an old run belongs to a series. */
  readonly series: () => Promise<ReadonlySet<string>>;
}

async function oldRuns(store: Store, ages: Ages, now: number, stays: Protected) {
  const runs: ListedRun[] = [];
  const answers: ListedRun[] = [];
  const kept: ListedRun[] = [];
  for await (const run of everyItem((page) => store.read.runs({}, page))) {
    if (run.process !== null) continue;
    const age = now - Date.parse(run.ended_at ?? run.header.started_at);
    const goes = age > (ages.keep ?? Number.POSITIVE_INFINITY);
    const isEmptied = age > (ages.answers ?? Number.POSITIVE_INFINITY);
    if (!goes && !isEmptied) continue;
    const { id, drift } = run.header;
    if (stays.ids.has(id) || (drift !== undefined && (await stays.series()).has(drift.series)))
      kept.push(run);
    else if (goes) runs.push(run);
    else answers.push(run);
  }
  return { runs, answers, kept };
}

/** The stored runs of the canaries and variants that belong to these runs. */
async function partsOf(store: Store, runs: readonly ListedRun[]): Promise<ListedRun[]> {
  const found: ListedRun[] = [];
  for (const { header } of runs)
    for (const filter of [{ canary_of: header.id }, { pressure_of: header.id }])
      for await (const one of everyItem((page) => store.read.runs(filter, page))) found.push(one);
  return found;
}

async function agesOf(io: Environment, { directory, olderThan }: PruneInput): Promise<Ages> {
  const typed = olderThan === undefined ? undefined : parseAge(olderThan);
  if (olderThan !== undefined && (typed === undefined || typed <= 0)) throw badAge(olderThan);
  const { root, gitRoot } = locate(io, directory);
  const { config, problems } = await loadConfig(workTree(root, gitRoot ?? root), providers);
  if (config === undefined || problems.length > 0) throw new EvalsError(problems);
  const ages = { keep: typed ?? config.history?.keep, answers: config.history?.answers };
  if (ages.keep === undefined && ages.answers === undefined) throw noAge();
  return ages;
}

function badAge(text: string): EvalsError {
  return new EvalsError({
    code: "EVALS_OPTION_INVALID",
    what: `--older-than ${JSON.stringify(text)} is not an age.`,
    why: "Runs that ended longer ago than this age are deleted for good.",
    fix: "--older-than 90d        (or 12h, 4w)",
  });
}

function noAge(): EvalsError {
  return new EvalsError({
    code: "EVALS_PRUNE_AGE",
    what: "Neither the command nor evalconfig.yaml says how old a run must be to be deleted.",
    why: "Deleted runs are gone for good, so the age is never guessed.",
    fix: `evals store prune --older-than 90d, or history: { keep: 90d, answers: 30d } in evalconfig.yaml; --dry-run shows what would be deleted from ${HISTORY_FILE}`,
  });
}
