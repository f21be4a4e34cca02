import { EvalsError } from "../domain/problem.ts";
import type { OpenedRun } from "../domain/report.ts";
import type { RunSummary } from "../domain/viewed-run.ts";
import type { ViewedHistory } from "../page/view-answers.ts";
import type { ListedRun } from "../store/reads.ts";
import type { Store } from "../store/store.ts";
import type { Environment } from "./environment.ts";
import { heldAgainst } from "./held-against.ts";
import { findRun } from "./project/find-run.ts";
import { locate } from "./project/open-project.ts";
import { restrictedRuns } from "./project/restricted-runs.ts";
import { openStoredHistory } from "./project/stored-history.ts";
import { openedRun, storedOrMeasured } from "./report-of.ts";
import { summaryCache } from "./viewing/summary-cache.ts";

/** Maximum number of runs listed, newest first. */
const MAX_RUNS = 1_000;
/** Number of answers in a labelling session: the default of `evals label`. */
const LABELLED = 50;
/** Maximum number of opened runs in memory. */
const KEPT_RUNS = 6;
/** Time after which a run that is still running is read again, in milliseconds. */
const STALE = 1_000;

/** A project's store for the page of `evals view`, which stays open while runs are added. */
export interface LiveView extends ViewedHistory {
  close(): void;
}

/** Opens a project's store for a page that stays open. @throws {EvalsError} like `openStoredHistory` */
export async function openLiveView(
  environment: Environment,
  { directory }: { readonly directory: string | undefined },
): Promise<LiveView> {
  const { root } = locate(environment, directory);
  const store = await openStoredHistory(root, environment);
  const summaries = summaryCache(store);
  const runs = keptRuns(store, root, environment, directory);
  let before: ReadonlyMap<string, string> | null = null;
  return {
    home: async (most = MAX_RUNS) => {
      const { items, next } = await store.read.runs({}, { limit: most });
      const listed: RunSummary[] = [];
      for (const one of items) listed.push(await summaries.of(one));
      return { runs: listed, more: next !== null };
    },
    run: runs,
    changes: async () => {
      const { items } = await store.read.runs({}, { limit: 50 });
      const states = new Map<string, string>();
      const moved: RunSummary[] = [];
      for (const one of items) {
        const state = `${stampOf(one)} ${await summaries.done(one)}`;
        states.set(one.header.id, state);
        if (before !== null && before.get(one.header.id) !== state) moved.push(await summaries.of(one));
      }
      before = states;
      return moved;
    },
    labels: async () => {
      const { labelledSuites } = await import("./labelled-suites.ts");
      const { items } = await store.read.runs({}, { limit: MAX_RUNS });
      return { suites: labelledSuites(root, items) };
    },
    labelling: async (suite, judge) => {
      const { labelAnswers } = await import("./label-answers.ts");
      const choice = { how: "random", count: LABELLED, tags: [] } as const;
      const asked = { directory, word: suite, judge: judge ?? undefined, ...choice };
      const { task, session } = await labelAnswers(environment, asked);
      if (restrictedRuns(root)((await findRun(store, task.run)).header)) throw restrictedHere(suite);
      return session;
    },
    traffic: async () => (await import("./viewed-traffic.ts")).viewedTraffic(environment, directory),
    trace: async (id) => (await import("./viewed-traffic.ts")).viewedTrace(store, id),
    close: () => store.close(),
  };
}

/**
 * The error for labels of a restricted dataset: other people may see the page, but must not see the dataset's texts.
 */
function restrictedHere(suite: string): EvalsError {
  return new EvalsError({
    code: "EVALS_RESTRICTED",
    what: `The dataset of "${suite}" is restricted: its texts are not shown on this page.`,
    why: "Texts of a restricted dataset stay in the store.",
    fix: `evals label ${suite}`,
  });
}

/** A text that changes whenever the run changes. */
function stampOf({ status, ended_at, calls }: Pick<ListedRun, "status" | "ended_at" | "calls">): string {
  return `${status} ${ended_at} ${calls}`;
}

interface KeptRun {
  readonly no: number;
  readonly stamp: string;
  readonly at: number;
  readonly run: OpenedRun;
}

/** Opens runs, and keeps the last `KEPT_RUNS` in memory until they change. */
function keptRuns(
  store: Store,
  root: string,
  environment: Environment,
  directory: string | undefined,
): (key: string) => Promise<OpenedRun> {
  const kept = new Map<string, KeptRun>();
  const isFresh = async ({ no, stamp, at }: KeptRun): Promise<boolean> => {
    const { state } = await store.read.since(no, { limit: 1 });
    return stampOf(state) === stamp && (state.status !== "running" || environment.now() - at < STALE);
  };
  const open = async (key: string): Promise<OpenedRun> => {
    const known = kept.get(key);
    if (known !== undefined && (await isFresh(known))) return known.run;
    const [a = "", b] = key.split("..");
    const stored = await findRun(store, b ?? a);
    const own = await storedOrMeasured(store, stored);
    const report = b === undefined ? own : await heldAgainst(own, a, environment, directory);
    const run = await openedRun(store, root, stored, report);
    kept.delete(key);
    kept.set(key, { no: stored.no, stamp: stampOf(stored), at: environment.now(), run });
    for (const old of kept.keys()) if (kept.size > KEPT_RUNS) kept.delete(old);
    return run;
  };
  // A page requests a run and the run's cases at the same time, so both requests wait for one opening.
  const opening = new Map<string, Promise<OpenedRun>>();
  return (key) => {
    const known = opening.get(key) ?? open(key).finally(() => opening.delete(key));
    opening.set(key, known);
    return known;
  };
}
