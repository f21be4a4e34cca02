import type { Range } from "./word-start.ts";

const LOCAL = /^[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]$/u;
const DOMAIN = /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+(?:\p{L}{2,63}|xn--[a-z0-9-]{2,59})/u;
/** Maximum length of the local part (RFC 5321). */
const MAX_LOCAL = 64;
const MAX_DOMAIN = 255;

/** Finds e-mail addresses in any alphabet. */
export function findEmails(text: string): Range[] {
  const found: Range[] = [];
  for (let at = text.indexOf("@"); at !== -1; at = text.indexOf("@", at + 1)) {
    const start = startOf(text, at, found.at(-1)?.[1] ?? 0);
    const [domain] = DOMAIN.exec(text.slice(at + 1, at + 1 + MAX_DOMAIN)) ?? [];
    if (domain !== undefined && start < at) found.push([start, at + 1 + domain.length]);
  }
  return found;
}

/**
 * Where the address around an `@` starts: after an opening quote or bracket, or after an escape sequence like
 * `\n`. Equal to `at` when nothing precedes the `@`.
 */
function startOf(text: string, at: number, from: number): number {
  let start = at;
  while (start > from && at - start < MAX_LOCAL && LOCAL.test(text[start - 1] ?? "")) start--;
  if (text[start - 1] === "\\") start += /^u[0-9A-Fa-f]{4}/.test(text.slice(start, at)) ? 5 : 1;
  while (start < at && !/[\p{L}\p{N}_]/u.test(text[start] ?? "")) start++;
  return start;
}
