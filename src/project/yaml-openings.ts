import { type CST, Parser, type YAMLError } from "yaml";

/** A quote or bracket that is opened and never closed. */
export interface Opening {
  readonly offset: number;
  /** `"`, `'`, `{` or `[` */
  readonly sign: string;
}

/** Finds every quote and bracket of a YAML text that is never closed, in the order of the text. */
export function unclosedOpenings(text: string): readonly Opening[] {
  const found: Opening[] = [];
  for (const token of new Parser().parse(text)) collect(token, found);
  return found.sort((a, b) => a.offset - b.offset);
}

function collect(token: unknown, found: Opening[]): void {
  if (token === null || typeof token !== "object") return;
  const opening = openingOf(token as CST.Token);
  if (opening !== undefined) found.push(opening);
  for (const value of Object.values(token)) {
    for (const inner of Array.isArray(value) ? value : [value]) collect(inner, found);
  }
}

function openingOf(token: CST.Token): Opening | undefined {
  if (token.type === "double-quoted-scalar" || token.type === "single-quoted-scalar") {
    const sign = token.source.charAt(0);
    const closed = token.source.length > 1 && token.source.endsWith(sign);
    return closed ? undefined : { offset: token.offset, sign };
  }
  if (token.type !== "flow-collection") return undefined;
  const sign = token.start.source;
  const closer = sign === "{" ? "flow-map-end" : "flow-seq-end";
  return token.end.some(({ type }) => type === closer) ? undefined : { offset: token.offset, sign };
}

/** The quote or bracket of which an error is the consequence; undefined for another error. */
export function openingBehind(error: YAMLError, openings: () => readonly Opening[]): Opening | undefined {
  const { code, message, pos } = error;
  const quote = code === "MISSING_CHAR" && message.includes("quote");
  if (!quote && !(code === "BAD_INDENT" && message.startsWith("Flow "))) return undefined;
  const signs = quote ? `"'` : "{[";
  return openings().findLast(({ offset, sign }) => offset <= pos[0] && signs.includes(sign));
}
