import { inflateRawSync } from "node:zlib";
import type { CaseWithTrials, IndexDocument, PageStart, RunDocument } from "../page-documents.ts";

/** The data inside a page in a file, as the page's application reads it. */
export interface ReadPage {
  readonly start: PageStart;
  readonly runs: readonly RunDocument[];
  readonly indexes: readonly IndexDocument[];
  /** For each run, the cases with answers in the order of the page. */
  readonly answers: readonly (readonly CaseWithTrials[])[];
}

export function readPage(html: string): ReadPage {
  const elements = new Map(
    Array.from(
      html.matchAll(/<script type="application\/(json|octet-stream)" id="([\w-]+)">([^<]*)<\/script>/g),
      ([, kind, id = "", text = ""]) => [
        id,
        kind === "json" ? text : inflateRawSync(Buffer.from(text, "base64")).toString(),
      ],
    ),
  );
  const read = <T>(id: string): T => JSON.parse(elements.get(id) ?? "null");
  const indexes = Array.from({ length: read<PageStart>("start").runs.length }, (_, at) => at);
  const pagesOf = (at: number): string[] =>
    [...elements.keys()].filter((id) => id.startsWith(`answers-${at}-`));
  return {
    start: read("start"),
    runs: indexes.map((at) => read<RunDocument>(`run-${at}`)),
    indexes: indexes.map((at) => read<IndexDocument>(`index-${at}`)),
    answers: indexes.map((at) => pagesOf(at).flatMap((id) => read<CaseWithTrials[]>(id))),
  };
}
