import type { Json } from "../domain/json.ts";
import { daysApart, findDates, type WrittenDate } from "./written-dates.ts";

/** A fact in a text that nobody could guess: a code, a number, an amount of money, a date, an e-mail address. */
export type Fact =
  | { readonly kind: "email" | "code" | "number"; readonly words: string }
  | { readonly kind: "amount"; readonly words: string; readonly value: number }
  | { readonly kind: "date"; readonly words: string; readonly readings: readonly WrittenDate[] };

const DIGIT_ZEROS = [0x0660, 0x06f0, 0x0966, 0x09e6, 0x0e50];

/** The text with the digits, dashes and spaces of every script replaced by plain ones. */
export function plainText(text: string): string {
  return text
    .normalize("NFKC")
    .replace(/[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u09e6-\u09ef\u0e50-\u0e59]/gu, (digit) => {
      const code = digit.codePointAt(0) ?? 0;
      return String(code - (DIGIT_ZEROS.findLast((zero) => zero <= code) ?? code));
    })
    .replace(/\p{Pd}/gu, "-")
    .replace(/\p{Cf}/gu, "")
    .replace(/[\p{Zs}\t]/gu, " ");
}

const WIDE = "[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\\p{Script=Thai}]";
const SEAM = new RegExp(`(?<=${WIDE})(?=[A-Za-z\\d])|(?<=[A-Za-z\\d])(?=${WIDE})`, "gu");

/** The text of `plainText`, with a space between a code and letters of a script that is written without spaces. */
const apart = (text: string): string => plainText(text).replace(SEAM, " ");

/** Words and numbers only, in lower case, for comparing texts that say the same. */
export const wordsOf = (text: string): string =>
  (
    plainText(text)
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  ).join(" ");

const EMAIL = /[\p{L}\p{N}._%+'-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu;
const LINK = /(?:https?:\/\/|www\.)\S+/giu;
/** Times of day. They do not count as facts, and neither do percentages (`SHARE`) and measures (`MEASURE`). */
const TIME =
  /(?<!\d)\d{1,2}(?:[:.]\d{2}){1,2}\s?(?:[ap]\.?m\.?(?!\p{L})|uhr|h(?!\p{L}))|(?<!\d)\d{1,2}:\d{2}(?!\d)/giu;
const SHARE = /\d+(?:[.,]\d+)?\s?%/gu;
const CURRENCY =
  "[$€£¥₹₽₺₩₴₪฿]|(?:usd|eur|gbp|chf|jpy|inr|cad|aud|sek|nok|dkk|pln|czk|huf|try|brl|mxn|euros?|dollars?|pounds?|francs?|franken|pesos?|yen|rupees?|kronor|kroner|z[łl]otych|z[łl]|руб\\p{L}*|reais|real|lira|liras|円|元)(?!\\p{L})";
const NUMBER = "\\d{1,3}(?:[., ']\\d{3})+(?:[.,]\\d{1,2})?|\\d+(?:[.,]\\d{1,2})?";
const ANY_NUMBER = new RegExp(NUMBER, "gu");
const MONEY = new RegExp(
  `(?:${CURRENCY})\\s?(${NUMBER})(?![\\p{L}\\d])|(?<![\\p{L}\\d.,-])(${NUMBER})\\s?(?:${CURRENCY})`,
  "giu",
);
const DECIMAL = /(?<![\p{L}\d.,-])(\d{1,3}(?:[., ']\d{3})*[.,]\d{2}|\d+[.,]\d{2})(?![\p{L}\d]|[.,]\d)/gu;
/** A number that follows a word such as "paid" is an amount of money. It counts as a fact even if it is round. */
const PAID =
  /(?<!\p{L})(?:paid|pay|costs?|charged|price (?:is|was)|spent|bezahlte?|gezahlt|gekostet|kostete|kostet|payé|coûté|coûtait|pagué|pagado|costó|costaba|pagato|costato|paguei|custou|betaald|gekost|kostte|betalade|kostade|betalte|kostet|zapłaci\p{L}+|kosztował\p{L}*|заплати\p{L}+|стоил\p{L}*)(?:\s+\p{L}+){0,2}\s+[$€£¥]?\s?(\d{2,}(?:[.,]\d{1,2})?)(?![\p{L}\d-]|[.,]\d)/giu;
/** Groups of digits that form one number: card, telephone and account numbers. */
const GROUPS = /(?<![\p{L}\d])\+?\(?\d{2,}\)?(?:[ -]\(?\d{2,}\)?)+(?![\p{L}\d])/gu;
const TOKEN = /[\p{L}\p{N}]+(?:[-_/.#][\p{L}\p{N}]+)*/gu;
const MEASURE =
  /^\d+(?:st|nd|rd|th|x|k|m|g|kg|mg|lb|lbs|oz|l|ml|cl|cm|mm|km|mi|ft|in|h|hr|hrs|min|mins|s|sec|ms|d|w|gb|mb|tb|kb|mbps|w|kw|kwh|v|mah|p|am|pm|e|er|er|te|ten|º|ª)$/i;

/** Parses `1,234.50`, `1.234,50` or `1 234`. */
export function numberIn(words: string): number {
  const digits = words.replace(/[^\d.,]/g, "");
  const decimals = /[.,](\d{1,2})$/.exec(digits);
  const whole = (decimals === null ? digits : digits.slice(0, decimals.index)).replace(/[.,]/g, "");
  return Number(decimals === null ? whole : `${whole}.${decimals[1]}`);
}

const compact = (words: string): string => words.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");

/** The shape of a code: A-1042 is a letter and four digits. */
const shapeOf = (token: string): string => compact(token).replace(/\d/g, "9").replace(/[^\d]/gu, "a");

/** Number of significant digits: 1000 has one, 1,040 has three. */
const figures = (value: number): number =>
  String(value)
    .replace(/[^\d]/g, "")
    .replace(/^0+|0+$/g, "").length;

function isYear(token: string): boolean {
  return /^(?:19|20)\d{2}$/.test(token);
}

function isCode(token: string): boolean {
  const digits = token.replace(/\D/g, "").length;
  if (digits === 0 || MEASURE.test(token)) return false;
  const letters = /\p{L}/u.test(token);
  if (!letters) return digits >= 4 && !(/^\d+$/.test(token) && (isYear(token) || figures(Number(token)) < 3));
  return (
    digits >= 3 ||
    (/^[A-Z\d-]{5,}$/.test(token) && /[A-Z].*[A-Z]/.test(token) && !/^[A-Z]+-?\d{1,2}$/.test(token))
  );
}

/**
 * The facts stated in a text. Round amounts, small numbers, years, times and percentages do not count.
 *
 * @param shapes shapes of codes that count: a word with one of these shapes is a fact, however short
 */
export function statedFacts(text: string, shapes: ReadonlySet<string> = new Set()): readonly Fact[] {
  const facts: Fact[] = [];
  let rest = apart(text);
  if (!/\d/.test(rest) && !rest.includes("@")) return facts;
  /** Reads all facts of one form, and removes them from `rest`, so that nothing is read twice. */
  const take = (form: RegExp, read: (found: RegExpMatchArray) => Fact | null): void => {
    rest = rest.replace(form, (...given: unknown[]) => {
      const groups = given.slice(
        0,
        given.findIndex((one) => typeof one === "number"),
      ) as string[];
      const fact = read(groups as unknown as RegExpMatchArray);
      if (fact !== null) facts.push(fact);
      return " ; ".padEnd(3);
    });
  };
  const amount = (words: string, least: number): Fact | null => {
    const value = numberIn(words);
    return figures(value) >= least ? { kind: "amount", words: words.trim(), value } : null;
  };
  if (rest.includes("@")) take(EMAIL, ([words = ""]) => ({ kind: "email", words }));
  if (/www|http/i.test(rest)) take(LINK, () => null);
  for (const { from, to, readings } of [...findDates(rest)].sort((a, b) => b.from - a.from)) {
    facts.push({ kind: "date", words: rest.slice(from, to).trim(), readings });
    rest = `${rest.slice(0, from)} ; ${rest.slice(to)}`;
  }
  take(SHARE, () => null);
  take(TIME, () => null);
  for (const [, words = ""] of rest.matchAll(PAID))
    if (!shapes.has(shapeOf(words))) facts.push({ kind: "amount", words, value: numberIn(words) });
  take(MONEY, ([, before, after]) => amount(before ?? after ?? "", 3));
  take(DECIMAL, ([words = ""]) => amount(words, 3));
  take(GROUPS, ([words = ""]) =>
    words.replace(/\D/g, "").length >= 6 ? { kind: "number", words: words.trim() } : null,
  );
  for (const [token] of rest.matchAll(TOKEN))
    if (isCode(token) || (token.length >= 3 && /\d/.test(token) && shapes.has(shapeOf(token))))
      facts.push({ kind: /\p{L}/u.test(token) ? "code" : "number", words: token });
  return facts;
}

/** Only this many of the latest numbers are used for sums: with more, almost any number would be some sum. */
const MAX_NUMBERS = 60;
/** Maximum characters read from one source. */
const LONGEST = 400_000;

/** The facts in a list of texts, extracted on demand. */
class FactsIn {
  readonly #unread: string[] = [];
  /** Each word or code on its own line. */
  #tokens = "";
  #words = " ";
  readonly #dates: WrittenDate[] = [];
  readonly numbers = new Set<number>();
  readonly #emails = new Set<string>();

  add(text: string): void {
    if (text !== "") this.#unread.push(text.slice(0, LONGEST));
  }

  #read(): this {
    for (const text of this.#unread.splice(0)) {
      const plain = apart(text);
      if (plain.includes("@"))
        for (const [email] of plain.matchAll(EMAIL)) this.#emails.add(email.toLowerCase());
      for (const { readings } of findDates(plain)) this.#dates.push(...readings);
      for (const [words] of plain.matchAll(ANY_NUMBER)) this.numbers.add(numberIn(words));
      const tokens = [...plain.matchAll(TOKEN), ...plain.matchAll(GROUPS)].map(([token]) => compact(token));
      this.#tokens += `\n${tokens.join("\n")}\n`;
      this.#words += `${wordsOf(text)} `;
    }
    return this;
  }

  hasEmail(email: string): boolean {
    return this.#read().#emails.has(email.toLowerCase());
  }

  /** Whether the words occur one after another. @param words in lower case, separated by spaces */
  hasWords(words: string): boolean {
    return this.#read().#words.includes(` ${words} `);
  }

  /** Whether the word occurs, or a longer word that starts with it (a nickname). */
  hasName(name: string): boolean {
    const word = compact(plainText(name));
    return this.#read().#tokens.includes(word.length < 3 ? `\n${word}\n` : `\n${word}`);
  }

  /** Whether the code occurs, alone or within a longer word, or its parts occur separately. */
  hasToken(words: string): boolean {
    if (this.#read().#tokens.includes(compact(plainText(words)))) return true;
    if (!/\p{L}/u.test(words) && this.numbers.has(numberIn(words))) return true;
    const parts = plainText(words).match(/\p{L}+|\d+/gu) ?? [];
    return parts.length > 1 && parts.every((part) => this.#hasPart(part.toLowerCase()));
  }

  /** Whether one part of a code occurs. A word of four letters or more always counts: `order` in `order-A1042`. */
  #hasPart(part: string): boolean {
    if (/^\d{3,}$/.test(part)) return this.#tokens.includes(part);
    return this.#tokens.includes(`\n${part}\n`) || /^\p{L}{4,}$/u.test(part);
  }

  /** Whether the date occurs or can be derived: "the 4th" and "three nights" give the 7th. */
  hasDate(readings: readonly WrittenDate[]): boolean {
    this.#read();
    return readings.some((date) =>
      this.#dates.some((known) => {
        const days = daysApart(date, known);
        return days <= 1 || (days <= 60 && this.numbers.has(days));
      }),
    );
  }

  hasNumber(value: number): boolean {
    this.#read();
    return this.numbers.has(value) || [...this.numbers].some((one) => near(one, value));
  }

  /** Whether a number can be derived: a sum of two or of all numbers, a difference, a multiple, a fraction. */
  hasSum(value: number): boolean {
    this.#read();
    const some = [...this.numbers].filter((one) => one > 0).slice(-MAX_NUMBERS);
    if (
      near(
        some.reduce((sum, one) => sum + one, 0),
        value,
      )
    )
      return true;
    return some.some((a) => {
      for (let times = 2; times <= 12; times++)
        if (near(a * times, value) || near(a / times, value)) return true;
      return some.some((b) => near(a + b, value) || near(a - b, value));
    });
  }
}

const near = (a: number, b: number): boolean => Math.abs(a - b) < 0.006;

/** What a simulated user may know: its instructions, everything said to it so far, and what tools have returned. */
export class KnownFacts {
  readonly #heard = new FactsIn();
  readonly #found = new FactsIn();

  /** Adds a text of the simulated user's instructions, or a message to it. */
  add(text: string): void {
    this.#heard.add(text);
  }

  /** Adds a text that a tool returned. */
  addFound(text: string): void {
    this.#found.add(text);
  }

  has(fact: Fact): boolean {
    if (fact.kind === "amount" && this.#heard.hasSum(fact.value)) return true;
    return this.#any((one) => {
      switch (fact.kind) {
        case "email":
          return one.hasEmail(fact.words);
        case "date":
          return one.hasDate(fact.readings) || one.hasToken(fact.words);
        case "amount":
          return one.hasNumber(fact.value);
        case "code":
        case "number":
          return one.hasToken(fact.words);
        default:
          return fact satisfies never;
      }
    });
  }

  hasName(name: string): boolean {
    return this.#any((one) => one.hasName(name));
  }

  /** Whether the words occur one after another. @param words in lower case, separated by spaces */
  hasWords(words: string): boolean {
    return this.#any((one) => one.hasWords(words));
  }

  #any(test: (facts: FactsIn) => boolean): boolean {
    return test(this.#heard) || test(this.#found);
  }
}

/** The shapes of all codes in a value's texts, `a9999` for A-1042. A value of type number is not a code. */
export function shapesIn(value: Json, shapes = new Set<string>()): ReadonlySet<string> {
  if (typeof value === "string") {
    let rest = apart(value);
    for (const { from, to } of findDates(rest))
      rest = rest.slice(0, from) + " ".repeat(to - from) + rest.slice(to);
    for (const [token] of rest.replace(GROUPS, " ").matchAll(TOKEN))
      if (token.length >= 3 && /\d/.test(token) && !MEASURE.test(token)) shapes.add(shapeOf(token));
  } else if (typeof value === "object" && value !== null)
    for (const one of Object.values(value)) shapesIn(one as Json, shapes);
  return shapes;
}
