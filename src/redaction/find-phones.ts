import { matches, type Range, WORD_START } from "./word-start.ts";

const GAP = "[ \\u00a0\\u2009\\u202f./()\\u2010-\\u2013-]{1,3}";
/** A date or time after a number does not belong to it. */
const NO_DATE = "(?!\\d{4}-\\d\\d-\\d\\d|\\d\\d?:\\d\\d)";
const END = "(?![A-Za-z0-9_])";

/** With the country code: `+49 30 1234567`, `0049 …`. */
const INTERNATIONAL = `(?:\\+|00)[1-9]\\d{0,14}(?:${GAP}${NO_DATE}\\d{1,12})*`;
/** `(415) 555-0123`, `1-415-555-0123`, `415.555.0123`. */
const AMERICAN =
  "(?:1[ .-])?(?:\\([2-9]\\d\\d\\) ?|[2-9]\\d\\d[.-]|[2-9]\\d\\d (?=\\d{3}[ -]))[2-9]\\d\\d[ .-]\\d{4}";
/** With the leading zero used in many countries: `030 12345678`, `06 12 34 56 78`. */
const NATIONAL = "(?:\\(0[1-9]\\d{0,4}\\) ?|0[1-9]\\d{0,4}[ /-])\\d{2,8}(?: \\d{2,4}){0,4}";

const PHONE = new RegExp(`(?:${WORD_START}|(?=\\())(?:${INTERNATIONAL}|${AMERICAN}|${NATIONAL})${END}`, "g");
const DATE = /^0\d[/-]\d\d(?:[/-]\d|$)/;

/** Finds telephone numbers in common formats; 7 to 15 digits (E.164). */
export function findPhones(text: string): Range[] {
  return matches(PHONE, text, (found) => {
    const digits = found.replace(/^00|\D/g, "").length;
    const least = /^(?:\+|00)/.test(found) ? 7 : 9;
    return digits >= least && digits <= 15 && !DATE.test(found);
  });
}
