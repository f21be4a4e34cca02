import type { Range } from "./word-start.ts";
import { WORD_START } from "./word-start.ts";

/** Country and length of every IBAN (SWIFT, IBAN Registry). */
const LENGTHS = new Map(
  `AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18
  FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21
  LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24
  SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30`
    .split(/\s+/)
    .map((one): [string, number] => [one.slice(0, 2), Number(one.slice(2))]),
);

const START = new RegExp(`${WORD_START}[A-Za-z]{2}\\d{2}`, "g");
const GAPS = " \u00a0\u2009\u202f-";
const isLetterOrDigit = (letter: string | undefined): boolean =>
  letter !== undefined && /^[A-Za-z0-9]$/.test(letter);

/** Finds account numbers with valid check digits (ISO 13616, modulo 97), with or without separators between groups. */
export function findIbans(text: string): Range[] {
  const found: Range[] = [];
  for (const { index } of text.matchAll(START)) {
    const end = endOf(text, index);
    if (end !== undefined && (found.at(-1)?.[1] ?? 0) <= index) found.push([index, end]);
  }
  return found;
}

function endOf(text: string, start: number): number | undefined {
  const length = LENGTHS.get(text.slice(start, start + 2).toUpperCase());
  if (length === undefined) return undefined;
  let account = "";
  let at = start;
  for (; account.length < length; at++) {
    const letter = text[at];
    if (letter === undefined) return undefined;
    if (isLetterOrDigit(letter)) account += letter.toUpperCase();
    else if (!GAPS.includes(letter) || !isLetterOrDigit(text[at - 1])) return undefined;
  }
  return isLetterOrDigit(text[at]) || remainder(account) !== 1 ? undefined : at;
}

function remainder(account: string): number {
  let rest = 0;
  for (const letter of account.slice(4) + account.slice(0, 4)) {
    const value = Number.parseInt(letter, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest;
}
