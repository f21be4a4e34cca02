/**
 * PostgreSQL keeps no NUL in a text, which a model may well write. So a NUL is kept as the character 1 with a `0` behind it, and the
 * character 1 itself with a `1`.
 */
const NUL = "\0";
const MARK = "\u0001";

/** A text as it is kept. */
export function withoutNul(text: string): string {
  if (!text.includes(NUL) && !text.includes(MARK)) return text;
  return text.replaceAll(MARK, `${MARK}1`).replaceAll(NUL, `${MARK}0`);
}

/** A kept text as it was. */
export function withNul(kept: string): string {
  const [first = "", ...rest] = kept.split(MARK);
  return first + rest.map((part) => (part[0] === "0" ? NUL : MARK) + part.slice(1)).join("");
}
