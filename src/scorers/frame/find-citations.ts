import type { Json } from "../../domain/json.ts";
import { OperandMistake } from "./scorer-mistakes.ts";

/** Matches `[1]`, `[^2]`, `[1, 3]`, `[doc-7]`, `【4】`, but not the text of a Markdown link. */
const BRACKETS = /(?:\[\^?([^[\]\n]{1,200})\](?!\()|【([^【】\n]{1,200})】)/g;
/** The form of a source id: no whitespace, and a character that plain words do not have. */
const LOOKS_LIKE_ID = /^(?=\S*[\d_.:/#-])\S+$/;
const LONGEST_RANGE = 100;

/**
 * The names by which an answer may cite a case's sources: their numbers from 1, and their ids.
 *
 * @param context a list of texts or of objects with an `id`, an object from id to text, or one text
 * @throws {OperandMistake}
 */
export function sourceNames(context: Json): ReadonlySet<string> {
  if (typeof context === "string") return new Set(["1"]);
  if (typeof context !== "object" || context === null) {
    throw new OperandMistake("the sources are neither a list nor an object", "Give a list of sources.");
  }
  const names = new Set<string>();
  const list = Array.isArray(context);
  Object.entries(context).forEach(([key, source], index) => {
    names.add(String(index + 1));
    const id = list ? (source as { id?: Json } | null)?.id : key;
    if (id !== undefined) names.add(String(id));
  });
  return names;
}

/**
 * The names that an answer cites, without duplicates, in the answer's order. A bracket that neither names a source nor
 * looks like an id is not a citation.
 */
export function citationsIn(answer: string, known: ReadonlySet<string>): readonly string[] {
  const cited = new Set<string>();
  for (const match of answer.matchAll(BRACKETS)) {
    const inside = (match[1] ?? match[2] ?? "").trim();
    for (const name of known.has(inside) ? [inside] : inside.split(/\s*[,;]\s*/)) {
      for (const one of expand(name)) if (known.has(one) || LOOKS_LIKE_ID.test(one)) cited.add(one);
    }
  }
  return [...cited];
}

function expand(name: string): readonly string[] {
  const range = /^(\d{1,6})\s*[-–]\s*(\d{1,6})$/.exec(name);
  const from = Number(range?.[1]);
  const count = Number(range?.[2]) - from + 1;
  if (!(count > 0 && count <= LONGEST_RANGE)) return [name];
  return Array.from({ length: count }, (_, i) => String(from + i));
}
