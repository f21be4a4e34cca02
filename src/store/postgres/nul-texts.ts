/**
 * PostgreSQL cannot store a NUL character in a text, but a model may write one. So NUL is stored as character 1
 * followed by `0`, and character 1 itself as character 1 followed by `1`.
 */
const NUL = "\0";
const MARK = "\u0001";

/** Converts a text to its stored form. */
export function withoutNul(text: string): string {
  if (!text.includes(NUL) && !text.includes(MARK)) return text;
  return text.replaceAll(MARK, `${MARK}1`).replaceAll(NUL, `${MARK}0`);
}

/** Converts a stored text back to the original. */
export function withNul(kept: string): string {
  const [first = "", ...rest] = kept.split(MARK);
  return first + rest.map((part) => (part[0] === "0" ? NUL : MARK) + part.slice(1)).join("");
}
