import { matches, type Range, WORD_START } from "./word-start.ts";

/** Separator between groups of digits: one full stop, or one space or dash of any kind. */
const GAP = "[ \\u00a0\\u2009\\u202f\\u2010-\\u2013.-]";

/** How card numbers are written: without separators, or in the groups printed on the card. */
const LAYOUTS = [
  "\\d{12,19}",
  `\\d{4}(?:${GAP}\\d{4}){3}(?:${GAP}\\d{1,3})?`,
  `\\d{4}${GAP}\\d{6}${GAP}\\d{4,5}`,
  `\\d{4}(?:${GAP}\\d{3}){3}`,
  `\\d{4}${GAP}\\d{4}${GAP}\\d{4}${GAP}\\d{1,3}`,
  `\\d{6}${GAP}\\d{6,13}`,
  `\\d{8}${GAP}\\d{8}`,
];
// A number after a plus sign is a telephone number.
const CARD = new RegExp(
  `${WORD_START}(?<!\\+)(?:${LAYOUTS.reverse().join("|")})(?![A-Za-z0-9_]|[.,]\\d)`,
  "g",
);

/** Prefixes and lengths of issued cards (ISO/IEC 7812; the networks' own tables). */
const ISSUED = [
  /^4(?:\d{12}|\d{15}|\d{18})$/,
  /^(?:5[1-5]|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d*$(?<=^\d{16})/,
  /^3[47]\d{13}$/,
  /^(?:30[0-5]|36|38|39)\d*$(?<=^\d{14,19})/,
  /^(?:6\d|81|82|35|50|5[6-8]|220[0-4]|9792)\d*$(?<=^\d{12,19})/,
];

/** Finds payment card numbers: with an issued prefix and a valid Luhn check digit (ISO/IEC 7812-1, annex B). */
export function findCards(text: string): Range[] {
  return matches(CARD, text, (found) => {
    const digits = found.replace(/\D/g, "");
    return ISSUED.some((issued) => issued.test(digits)) && isLuhn(digits);
  });
}

function isLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    const doubled = index % 2 === 0 ? digit : digit * 2;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
