import { matches, type Range, WORD_START } from "./word-start.ts";

const GAP = "[ \\u00a0\\u2009\\u202f./()\\u2010-\\u2013-]{1,3}";
/** Lookahead: a date or time that follows a telephone number does not belong to the number. */
const NO_DATE = "(?!\\d{4}-\\d\\d-\\d\\d|\\d\\d?:\\d\\d)";
const END = "(?![A-Za-z0-9_])";

/** A number with the country code: `+49 30 1234567`, `0049 …`. */
const INTERNATIONAL = `(?:\\+|00)[1-9]\\d{0,14}(?:${GAP}${NO_DATE}\\d{1,12})*`;
/** A North American number: `(415) 555-0123`, `1-415-555-0123`, `415.555.0123`. */
const AMERICAN =
  "(?:1[ .-])?(?:\\([2-9]\\d\\d\\) ?|[2-9]\\d\\d[.-]|[2-9]\\d\\d (?=\\d{3}[ -]))[2-9]\\d\\d[ .-]\\d{4}";
/** A number with the leading zero used in many countries: `030 12345678`, `06 12 34 56 78`. */
const NATIONAL = "(?:\\(0[1-9]\\d{0,4}\\) ?|0[1-9]\\d{0,4}[ /-])\\d{2,8}(?: \\d{2,4}){0,4}";

const PHONE = new RegExp(`(?:${WORD_START}|(?=\\())(?:${INTERNATIONAL}|${AMERICAN}|${NATIONAL})${END}`, "g");
const DATE = /^0\d[/-]\d\d(?:[/-]\d|$)/;

/** Finds telephone numbers in common formats: 7 to 15 digits with a country code (E.164), else 9 to 15 digits. */
export function findPhones(text: string): Range[] {
  return matches(PHONE, text, (found) => {
    const digits = found.replace(/^00|\D/g, "").length;
    const least = /^(?:\+|00)/.test(found) ? 7 : 9;
    return digits >= least && digits <= 15 && !DATE.test(found);
  });
}
