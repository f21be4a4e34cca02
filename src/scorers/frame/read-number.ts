import { type Decimal, readDecimal } from "../../domain/decimal.ts";
import { MULTIPLIERS, UNITS } from "./number-words.ts";

const MINUS = /[\u2212\u2012\u2013]/g;
const SEPARATORS = ",'_ \u00a0\u2009\u202f\u2019";

/**
 * Matches a number. A minus belongs to a number only when no digit or letter stands before it: "10-20" and "GPT-4"
 * contain no negative number.
 */
function pattern(decimal: "." | ","): RegExp {
  const group = `[${[...SEPARATORS, "."].filter((c) => c !== decimal).join("")}]`;
  const fraction = decimal === "." ? "\\.\\d+" : ",\\d+";
  const grouped = `\\d{1,3}(${group})\\d{3}(?:\\1\\d{3})*(?!\\d)`;
  return new RegExp(
    `(?<!\\d)(?:(?<!\\p{L})[+-])?(?:(?:${grouped}|\\d+)(?:${fraction})?|${fraction})(?:[eE][+-]?\\d+)?`,
    "gu",
  );
}

const PATTERNS = { ".": pattern("."), ",": pattern(",") };

/**
 * Matches what makes a number part of something larger: a fraction or power (2½, 5²), a digit of another script,
 * 1.2.3, 5,5.
 */
const GOES_ON =
  /^(?:[\p{No}\p{Nd}]|[xX][\da-fA-F]|[.,:'\u2019_]\d|\s*[*/\u00d7\u00f7\u2044\u2215^+]\s*\.?\d|\s+\d+[/\u2044])/u;
const COMES_FROM = /(?:[\p{No}\p{Nd}]|\d[.,:'\u2019_])$/u;
const WORD_AFTER = /^\s?(\p{L}+)/u;
const LATIN = /^\p{Script=Latin}+$/u;

/** A number in a text; without a value when it could not be read completely. */
export interface FoundNumber {
  readonly text: string;
  /** The text directly after the number that changes its value, such as `½` in `2½`; empty when there is none. */
  readonly rest: string;
  readonly value: Decimal | undefined;
}

/**
 * Finds the numbers in a text, without units and thousands separators: "$1,234.50" contains 1234.5, "45 %" contains
 * 45. A number has no value when the text after it changes its value (2½, 5², 3/4, 1.2.3, 5 million, 12abc) or when
 * it exceeds the range of doubles.
 *
 * @param decimal the decimal separator; the other one then groups thousands
 */
export function numbersIn(text: string, decimal: "." | ","): readonly FoundNumber[] {
  const found: FoundNumber[] = [];
  const plain = text.replace(MINUS, "-");
  for (const match of plain.matchAll(PATTERNS[decimal])) {
    const [written, separator] = match;
    const end = match.index + written.length;
    const rest = restOf(plain.slice(Math.max(0, match.index - 2), match.index), plain.slice(end, end + 40));
    const bare = separator === undefined ? written : written.replaceAll(separator, "");
    found.push({
      text: written,
      rest: rest ?? "",
      value: rest === undefined ? readDecimal(decimal === "," ? bare.replace(",", ".") : bare) : undefined,
    });
  }
  return found;
}

/**
 * The text directly after a number that changes its value; empty when only the text before the number does, as in
 * "1.2.3". Undefined when the number stands alone and can be read.
 */
function restOf(before: string, after: string): string | undefined {
  const goesOn = GOES_ON.exec(after)?.[0];
  if (goesOn !== undefined) return goesOn;
  if (COMES_FROM.test(before)) return "";
  const [apart = "", word = ""] = WORD_AFTER.exec(after) ?? [];
  if (word === "") return undefined;
  const attached = apart === word;
  if (isMultiplier(word, attached)) return apart;
  return attached && LATIN.test(word) && !UNITS.has(word.toLowerCase()) && !/^[A-Z]{3}$/.test(word)
    ? apart
    : undefined;
}

function isMultiplier(word: string, attached: boolean): boolean {
  if (attached && /^[kKMBGT]$/.test(word)) return true;
  if (MULTIPLIERS.has(word.toLowerCase())) return true;
  return /^[十百千万萬億亿兆만억천]/u.test(word);
}
