import type { RunSummary, ViewedCase, ViewedTranscript } from "../../domain/viewed-run.ts";
import type { HomeDocument, IndexDocument, PageStart, RunDocument } from "../page-documents.ts";
import { type PageSource, remembered, type TrialPlace } from "./source.ts";

/** Asks the program that serves the page. What changes while a run is under way is asked for anew. */
export function liveSource(start: PageStart, base: string): PageSource {
  const kept = remembered<unknown>(200);
  const ask = async <T>(path: string, signal?: AbortSignal): Promise<T> => {
    const response = await fetch(`${base}${path}`, signal === undefined ? {} : { signal });
    const value = await response.json().catch(() => null);
    if (!response.ok) throw new Error((value as { error?: string } | null)?.error ?? response.statusText);
    return value as T;
  };
  const keep = <T>(path: string): Promise<T> => kept(path, () => ask(path)) as Promise<T>;
  const run = (key: string): string => encodeURIComponent(key);
  const trialPath = ({ key, place, side, trial }: TrialPlace): string =>
    `trial/${run(key)}/${place}/${side}/${trial}`;
  return {
    start,
    home: () => ask<HomeDocument>("home"),
    runAtHand: () => null,
    run: (key) => ask<RunDocument>(`run/${run(key)}`),
    index: (key) => ask<IndexDocument>(`index/${run(key)}`),
    caseAt: (key, place) => ask<ViewedCase>(`case/${run(key)}/${place}`),
    trial: (place) => keep<ViewedTranscript>(trialPath(place)),
    lettersOf: (place, part, from) => keep<string>(`letters/${trialPath(place).slice(6)}/${part}/${from}`),
    search: async (key, text, signal) =>
      new Set(await ask<number[]>(`search/${run(key)}?text=${encodeURIComponent(text)}`, signal)),
    watch: (changed) => {
      const events = new EventSource(`${base}events`);
      events.addEventListener("runs", ({ data }) => changed(JSON.parse(data) as RunSummary[]));
      return () => events.close();
    },
  };
}
