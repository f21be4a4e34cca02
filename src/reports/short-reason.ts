import { cut, plainLine } from "./plain-text.ts";

/** Minimum number of characters of the expected value that are shown beside an answer. */
const LEAST_EXPECTED = 10;

/** Matches a scorer's reason that names what was expected and what the answer was. */
const COMPARED = /^(.*?)expected (.+), got (.+)$/s;

/**
 * Matches a reason that already quotes the wrong part of an answer. Such a reason is shown without the beginning of the
 * answer in front, which would say less.
 */
const SHOWS_FAULT = /^(?:\S+: )?not valid JSON: it is followed by "/;

/** Number of leading characters of an answer that a reason must contain to count as quoting the answer. */
const RECOGNIZED = 6;

/** Whether a text quotes the beginning of an answer, however it is escaped. */
function shows(text: string, answer: string): boolean {
  const letters = (one: string): string => one.replace(/[^\p{L}\p{N}]/gu, "");
  const start = letters(answer).slice(0, RECOGNIZED);
  return start !== "" && letters(text).includes(start);
}

/**
 * Why an answer failed, in at most `width` columns, with the answer visible. In a reason that is too long, the answer
 * comes first and the expected value is shortened: `got "no", expected "ECHO How do I ret…"`.
 *
 * @param answer shown in front of a reason that does not name it; null when unknown
 */
export function shortReason(reason: string, answer: string | null, width: number): string {
  const text = plainLine(reason);
  const [, before = "", expected, got] = COMPARED.exec(text) ?? [];
  if (expected === undefined || got === undefined) {
    const isSeen = answer === null || shows(cut(text, width), answer) || SHOWS_FAULT.test(text);
    if (isSeen || text === "") return cut(text, width);
    const quoted = JSON.stringify(cut(plainLine(answer), Math.max(LEAST_EXPECTED, Math.floor(width / 3))));
    return cut(`${quoted}: ${text}`, width);
  }
  if (text.length <= width) return text;
  const between = `${before}got , expected `.length;
  const answered = cut(got, Math.max(LEAST_EXPECTED, width - between - LEAST_EXPECTED));
  return cut(`${before}got ${answered}, expected ${expected}`, width);
}
