import { type Decimal, readDecimal } from "../../domain/decimal.ts";
import { FRACTIONS, MIXED_FRACTIONS, MULTIPLIERS, NEGATIONS, UNITS } from "./number-words.ts";

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
 * Matches what makes a number part of something larger: a fraction or power (2½, 2 ½, 5², 5^n), a digit of another
 * script, 1.2.3, 5,5, 5-5, 5·5, 5π.
 */
const GOES_ON =
  /^(?:[\p{No}\p{Nd}]|[xX][\da-fA-F]|[.,:'\u2019_-]\d|\s*[*/\u00d7\u00f7\u2044\u2215\u00b7\u22c5^+]\s*\.?\d|\s*\^|\s*[\u00bc-\u00be\u2150-\u215f\u2189]|\s?\u03c0(?!\p{L})|\s+\d+[/\u2044])/u;
/** Matches what stands before a number and changes its value: the end of a larger number, a root, ±. */
const COMES_FROM = /(?:[\p{No}\p{Nd}]|\d[.,:'\u2019_]|[\u221a-\u221c\u00b1\u2213]\s?)$/u;
const WORD_AFTER = /^\s?(\p{L}[\p{L}\p{M}]*)/u;
/** Matches the words of a mixed number: "2 and a half", "2 and three quarters". */
const AND_FRACTION = /^\s+and\s+\p{L}+[\s-]+(\p{L}+)/u;
const WORD_BEFORE = /(?<!\p{L})(\p{L}+)\s*$/u;
const CURRENCY_BEFORE = /\p{Sc}\s?$/u;
/** Matches multipliers of scripts that write no blank after them. */
const MULTIPLIER_START = /^(?:[十百千万萬億亿兆만억천]|พัน|หมื่น|แสน|ล้าน|लाख|करोड|हज़ार|हजार)/u;
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
 * 45, "minus 5" contains -5. A number has no value when the text around it changes its value (2½, 5², √5, 3/4, 5-5,
 * 1.2.3, 5 million, 2 and a half, 12abc) or when it exceeds the range of doubles.
 *
 * @param decimal the decimal separator; the other one then groups thousands
 */
export function numbersIn(text: string, decimal: "." | ","): readonly FoundNumber[] {
  const found: FoundNumber[] = [];
  const plain = text.replace(MINUS, "-");
  for (const match of plain.matchAll(PATTERNS[decimal])) {
    const [written, separator] = match;
    const end = match.index + written.length;
    const before = plain.slice(Math.max(0, match.index - 24), match.index);
    const rest = restOf(before, plain.slice(end, end + 40));
    const bare = separator === undefined ? written : written.replaceAll(separator, "");
    const sign = /^\d/.test(written) && NEGATIONS.has(wordBefore(before)) ? "-" : "";
    const number = sign + (decimal === "," ? bare.replace(",", ".") : bare);
    found.push({
      text: sign + written,
      rest: rest ?? "",
      value: rest === undefined ? readDecimal(number) : undefined,
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
  const [mixed = "", part = ""] = AND_FRACTION.exec(after) ?? [];
  if (MIXED_FRACTIONS.has(part.toLowerCase())) return mixed;
  const [apart = "", word = ""] = WORD_AFTER.exec(after) ?? [];
  if (word === "") return undefined;
  const attached = apart === word;
  if (isMultiplier(word, attached || CURRENCY_BEFORE.test(before))) return apart;
  return attached && LATIN.test(word) && !UNITS.has(word.toLowerCase()) && !/^[A-Z]{3}$/.test(word)
    ? apart
    : undefined;
}

function wordBefore(text: string): string {
  return WORD_BEFORE.exec(text)?.[1]?.toLowerCase() ?? "";
}

/** @param letters whether a letter alone, such as the M of $5M, stands for a number rather than a unit */
function isMultiplier(word: string, letters: boolean): boolean {
  if (letters && /^[kKMBGT]$/.test(word)) return true;
  if (MULTIPLIERS.has(word.toLowerCase()) || FRACTIONS.has(word.toLowerCase())) return true;
  return MULTIPLIER_START.test(word);
}
