import type { RunSummary, ViewedCase, ViewedTranscript } from "../../domain/viewed-run.ts";
import type {
  HomeDocument,
  IndexDocument,
  LabelsDocument,
  PageStart,
  RunDocument,
  TraceDocument,
  TrafficDocument,
} from "../page-documents.ts";
import type { PageSource, TrialPlace } from "./source.ts";

/** Maximum number of server replies in the cache; the oldest is removed first. */
const KEPT = 60;

/**
 * Requests data from the program that serves the page. Data of a run is cached until the program reports a change.
 * @param first the list of runs that the server has put into the page
 */
export function liveSource(start: PageStart, base: string, first: HomeDocument): PageSource {
  const kept = new Map<string, Promise<unknown>>();
  const there = new Map<string, unknown>();
  let listed = first;
  if (!first.more) kept.set("home", Promise.resolve(first));
  const ask = async <T>(path: string, signal?: AbortSignal): Promise<T> => {
    const response = await fetch(`${base}${path}`, signal === undefined ? {} : { signal });
    const value = await response.json().catch(() => null);
    if (!response.ok) throw new Error((value as { error?: string } | null)?.error ?? response.statusText);
    return value as T;
  };
  const keep = <T>(path: string): Promise<T> => {
    const known = kept.get(path) ?? ask<T>(path);
    kept.delete(path);
    kept.set(path, known);
    known.then(
      (value) => kept.has(path) && there.set(path, value),
      () => drop(path),
    );
    for (const old of kept.keys()) if (kept.size > KEPT) drop(old);
    return known as Promise<T>;
  };
  const drop = (path: string): void => {
    kept.delete(path);
    there.delete(path);
  };
  const forget = (runs: readonly RunSummary[]): void => {
    for (const path of kept.keys())
      if (path === "home" || runs.some(({ id }) => path.split("/")[1]?.includes(id))) drop(path);
  };
  const run = (key: string): string => encodeURIComponent(key);
  const addressOf = ({ key, place: index, side, trial }: TrialPlace): string =>
    `${run(key)}/${index}/${side}/${trial}`;
  return {
    start,
    home: async () => {
      listed = await keep<HomeDocument>("home");
      return listed;
    },
    homeAtHand: () => listed,
    summaryAtHand: (key) => listed.runs.find(({ id }) => id === key) ?? null,
    runAtHand: (key) => (there.get(`run/${run(key)}`) as RunDocument | undefined) ?? null,
    run: (key) => keep<RunDocument>(`run/${run(key)}`),
    index: (key) => keep<IndexDocument>(`index/${run(key)}`),
    caseAt: (key, index) => keep<ViewedCase>(`case/${run(key)}/${index}`),
    trial: (index) => keep<ViewedTranscript>(`trial/${addressOf(index)}`),
    lettersOf: (index, part, from) => ask<string>(`letters/${addressOf(index)}/${part}/${from}`),
    search: async (key, text, signal) =>
      new Set(await ask<number[]>(`search/${run(key)}/${encodeURIComponent(text)}`, signal)),
    live: {
      labels: () => ask<LabelsDocument>("labels"),
      labellingPath: (suite, judge) => `${base}labels/${run(suite)}/${run(judge ?? "")}/`,
      traffic: () => ask<TrafficDocument>("traffic"),
      trace: (id) => keep<TraceDocument>(`trace/${run(id)}`),
      lettersOfTrace: (id, part, from) => ask<string>(`trace/${run(id)}/${part}/${from}`),
    },
    watch: (changed) => {
      const events = new EventSource(`${base}events`);
      events.addEventListener("runs", ({ data }) => {
        const runs = JSON.parse(data) as RunSummary[];
        forget(runs);
        changed(runs);
      });
      return () => events.close();
    },
  };
}
