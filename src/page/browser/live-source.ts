import type { RunSummary, ViewedCase, ViewedTranscript } from "../../domain/viewed-run.ts";
import type { HomeDocument, IndexDocument, PageStart, RunDocument } from "../page-documents.ts";
import type { PageSource, TrialPlace } from "./source.ts";

/** Maximum number of cached server replies. */
const KEPT = 60;

/** Requests data from the program that serves the page. Data of a run is cached until the program reports a change. */
export function liveSource(start: PageStart, base: string): PageSource {
  const kept = new Map<string, Promise<unknown>>();
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
    known.catch(() => kept.delete(path));
    for (const old of kept.keys()) if (kept.size > KEPT) kept.delete(old);
    return known as Promise<T>;
  };
  const forget = (runs: readonly RunSummary[]): void => {
    for (const path of kept.keys())
      if (path === "home" || runs.some(({ id }) => path.split("/")[1]?.includes(id))) kept.delete(path);
  };
  const run = (key: string): string => encodeURIComponent(key);
  const addressOf = ({ key, place: index, side, trial }: TrialPlace): string =>
    `${run(key)}/${index}/${side}/${trial}`;
  return {
    start,
    home: () => keep<HomeDocument>("home"),
    runAtHand: () => null,
    run: (key) => keep<RunDocument>(`run/${run(key)}`),
    index: (key) => keep<IndexDocument>(`index/${run(key)}`),
    caseAt: (key, index) => keep<ViewedCase>(`case/${run(key)}/${index}`),
    trial: (index) => keep<ViewedTranscript>(`trial/${addressOf(index)}`),
    lettersOf: (index, part, from) => ask<string>(`letters/${addressOf(index)}/${part}/${from}`),
    search: async (key, text, signal) =>
      new Set(await ask<number[]>(`search/${run(key)}/${encodeURIComponent(text)}`, signal)),
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
