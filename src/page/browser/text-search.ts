import { useEffect, useMemo, useState } from "preact/hooks";
import type { PageSource } from "./source.ts";

/**
 * Minimum characters of a text that is searched for in answers. Shorter texts are in nearly every answer, so they are
 * searched for only in ids, tags and inputs.
 */
const LEAST_LETTERS = 3;

/**
 * Searches the texts in the answers. Results arrive after the list has shown the matches in ids, tags and inputs.
 *
 * @returns the indices found so far for a text, and whether the search is still running
 */
export function useTextSearch(source: PageSource, key: string, texts: readonly string[]) {
  const [found, setFound] = useState<ReadonlyMap<string, ReadonlySet<number>>>(new Map());
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    const wanted = texts.filter((text) => text.length >= LEAST_LETTERS && !found.has(text));
    if (wanted.length === 0) return;
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      setBusy(true);
      for (const text of wanted) {
        const indexes = await source.search(key, text, stop.signal).catch(() => null);
        if (stop.signal.aborted) return;
        if (indexes !== null) setFound((before) => new Map([...before, [text, indexes]]));
      }
      setBusy(false);
    }, 250);
    return () => {
      stop.abort();
      clearTimeout(timer);
      setBusy(false);
    };
  }, [key, texts.join("\n")]);
  const known = useMemo(
    () =>
      (text: string): ReadonlySet<number> | undefined =>
        found.get(text),
    [found],
  );
  return { found: known, busy };
}
