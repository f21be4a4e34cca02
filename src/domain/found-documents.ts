import type { Json } from "./json.ts";
import type { FoundDocument, Retrieval } from "./trajectory.ts";

type Members = Readonly<Record<string, unknown>>;

export function membersIn(value: unknown): Members {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Members) : {};
}

const textOrNull = (value: unknown): string | null => (typeof value === "string" ? value : null);
const numberOrNull = (value: unknown): number | null =>
  typeof value === "number" && Number.isFinite(value) ? value : null;

/** Reads one document of a list; undefined when the document has no id. A numeric id is converted to text. */
export function documentOf(value: unknown): FoundDocument | undefined {
  const { id, text, score } = membersIn(value);
  if (typeof id !== "string" && typeof id !== "number") return undefined;
  return { id: String(id), text: textOrNull(text), score: numberOrNull(score) };
}

/** The documents of a tool result `{documents: [{id, …}]}`; undefined for other results. */
export function documentsInResult(result: Json | undefined): readonly FoundDocument[] | undefined {
  const { documents } = membersIn(result);
  if (!Array.isArray(documents)) return undefined;
  const read = documents.map(documentOf);
  return read.includes(undefined) ? undefined : (read as FoundDocument[]);
}

/** The documents in Anthropic's content blocks; undefined when there are none. */
export function searchResultsIn(content: unknown): readonly FoundDocument[] | undefined {
  if (!Array.isArray(content)) return undefined;
  const blocks = content.map(membersIn).filter(({ type }) => type === "search_result");
  if (blocks.length === 0) return undefined;
  return blocks.map(({ source, title, content: parts }) => ({
    id: textOrNull(source) ?? textOrNull(title) ?? "",
    text: Array.isArray(parts) ? parts.map((part) => textOrNull(membersIn(part).text) ?? "").join("") : null,
    score: null,
  }));
}

/** The searches of OpenAI's hosted file search in content parts. A search whose results were not requested is left out. */
export function fileSearchesIn(content: unknown, step: number): readonly Retrieval[] {
  if (!Array.isArray(content)) return [];
  return content.map(membersIn).flatMap(({ type, queries, results }) => {
    if (type !== "file_search_call" || !Array.isArray(results)) return [];
    const asked = Array.isArray(queries) ? queries.filter((one) => typeof one === "string") : [];
    return [
      { step, query: asked.length === 0 ? null : asked.join("\n"), documents: results.flatMap(fileFound) },
    ];
  });
}

function fileFound(result: unknown): readonly FoundDocument[] {
  const { file_id, filename, text, score } = membersIn(result);
  const id = textOrNull(file_id) ?? textOrNull(filename);
  return id === null ? [] : [{ id, text: textOrNull(text), score: numberOrNull(score) }];
}
