import type { WordChange } from "../../domain/prompt-change.ts";
import { diffWords } from "../../domain/word-diff.ts";
import { plainLine } from "../plain-text.ts";
import { foldAnswer } from "./fold.ts";
import type { Style } from "./style.ts";

/** Number of unchanged characters shown before and after a change in a long text. */
const KEPT = 40;

/**
 * The difference between two answers: removed text in `[-…-]`, added text in `{+…+}`, with long unchanged parts
 * left out; or both texts in full when they have little in common. A model's text is made safe.
 *
 * @param width columns of the terminal
 * @param limit maximum number of lines; the rest is replaced by `…`
 */
export function answerDiff(
  before: string,
  after: string,
  { style, width, limit }: { readonly style: Style; readonly width: number; readonly limit: number },
): string[] {
  const [was, is] = [plainLine(before), plainLine(after)];
  if (was === is) return [`    the same answer: ${was}`].flatMap((line) => foldAnswer(line, width, limit));
  const [parts = [], ...more] = diffWords(was, is);
  if (more.length > 0) {
    const half = Math.max(1, Math.floor(limit / 2));
    return [...foldAnswer(`    was  ${was}`, width, half), ...foldAnswer(`    now  ${is}`, width, half)];
  }
  const text = parts.map((part, index) => shown(part, index === 0, index === parts.length - 1)).join("");
  return foldAnswer(`    ${text}`, width, limit).map((line) => coloured(line, style));
}

function shown({ kind, text }: WordChange, first: boolean, last: boolean): string {
  if (kind === "removed") return `[-${text}-]`;
  if (kind === "added") return `{+${text}+}`;
  const all = Array.from(text);
  const head = first ? [] : all.slice(0, KEPT);
  const tail = last ? [] : all.slice(-KEPT);
  if (all.length <= head.length + tail.length + 3) return text;
  return `${first ? "" : `${head.join("")} `}…${last ? "" : ` ${tail.join("")}`}`;
}

/**
 * Colours the marked parts of a line. The marks are kept, so colour adds no information. A marked part that spans two
 * lines is not coloured.
 */
function coloured(line: string, style: Style): string {
  return line
    .replace(/\[-.*?-\]/g, (part) => style.bad(part))
    .replace(/\{\+.*?\+\}/g, (part) => style.good(part));
}
