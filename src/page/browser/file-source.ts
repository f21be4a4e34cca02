import type { Passage, ViewedCase, ViewedTranscript } from "../../domain/viewed-run.ts";
import type {
  AnswerPage,
  CaseWithTrials,
  HomeDocument,
  IndexDocument,
  PageStart,
  RunDocument,
} from "../page-documents.ts";
import { type PageSource, remembered, type TrialPlace } from "./source.ts";

const NOTHING: Passage = { text: "", letters: 0 };
/** Maximum number of decompressed answer pages to keep. */
const KEPT_PAGES = 8;

/**
 * A source that reads the data inside the file of the page. The answers are in compressed pages; a page of answers is
 * decompressed when one of its cases is opened.
 */
export function fileSource(start: PageStart, page: Document): PageSource {
  const place = new Map(start.runs.map(({ key }, at) => [key, at]));
  const placeOf = (key: string): number => {
    const at = place.get(key);
    if (at === undefined) throw new Error(`Run ${key} is not in this file.`);
    return at;
  };
  const documents = remembered<unknown>(100);
  const pages = remembered<AnswerPage>(KEPT_PAGES);
  const read = <T>(id: string): Promise<T> =>
    documents(id, async () => {
      await whole(page);
      return JSON.parse(textOf(page, id));
    }) as Promise<T>;
  const index = (key: string) => read<IndexDocument>(`index-${placeOf(key)}`);
  const answers = (key: string, number: number): Promise<AnswerPage> =>
    pages(`answers-${placeOf(key)}-${number}`, async () =>
      JSON.parse(await unpacked(textOf(page, `answers-${placeOf(key)}-${number}`))),
    );
  const record = async (key: string, at: number): Promise<CaseWithTrials | undefined> => {
    const number = (await index(key)).page_of[at] ?? -1;
    return number === -1 ? undefined : (await answers(key, number)).find((one) => one.place === at);
  };
  const trial = async ({ key, place: index, side, trial }: TrialPlace): Promise<ViewedTranscript | null> => {
    const one = await record(key, index);
    const shown = one?.case[side]?.trials.find((each) => each.trial === trial);
    const parts = one?.[side].find((each) => each.trial === trial)?.parts;
    if (shown === undefined || parts === undefined) return null;
    return {
      trial: shown,
      parts: parts.map((part) => ({ ...part, passage: part.passage ?? shown.output ?? NOTHING })),
    };
  };
  const home = (): HomeDocument => ({ runs: start.runs.map(({ summary }) => summary), more: false });
  return {
    start,
    home: async () => home(),
    homeAtHand: home,
    summaryAtHand: (key) => start.runs[place.get(key) ?? -1]?.summary ?? null,
    runAtHand: (key) =>
      place.has(key) ? (JSON.parse(textOf(page, `run-${placeOf(key)}`)) as RunDocument) : null,
    run: async (key) => JSON.parse(textOf(page, `run-${placeOf(key)}`)) as RunDocument,
    index,
    caseAt: async (key, at): Promise<ViewedCase | null> => (await record(key, at))?.case ?? null,
    trial,
    lettersOf: async (where, part, from) => (await trial(where))?.parts[part]?.passage.text.slice(from) ?? "",
    search: async (key, text, signal) => {
      const { page_of } = await index(key);
      const found = new Set<number>();
      for (let number = 0; number <= page_of.reduce((largest, one) => Math.max(largest, one), -1); number++) {
        if (signal.aborted) break;
        for (const one of await answers(key, number)) if (holds(one, text)) found.add(one.place);
      }
      return found;
    },
    live: null,
    watch: () => () => {},
  };
}

/** Whether a case contains a text. @param text in lower case */
export function holds({ case: one }: Pick<CaseWithTrials, "case">, text: string): boolean {
  const passages = [
    one.input,
    one.expected,
    ...[one.now, one.before].flatMap((side) => side?.trials.map(({ output }) => output) ?? []),
  ];
  return passages.some((passage) => passage?.text.toLowerCase().includes(text) === true);
}

function textOf(page: Document, id: string): string {
  const text = page.getElementById(id)?.textContent;
  if (text == null) throw new Error(`The file is incomplete: ${id} is missing.`);
  return text;
}

/** Waits until the browser has read the whole file, so that every element of the page exists. */
function whole(page: Document): Promise<void> {
  if (page.readyState !== "loading") return Promise.resolve();
  return new Promise((resolve) => page.addEventListener("DOMContentLoaded", () => resolve(), { once: true }));
}

/** Decodes a text that was compressed with raw deflate and then written in Base64. */
async function unpacked(packed: string): Promise<string> {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Response(stream).text();
}
