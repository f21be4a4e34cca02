/** A calendar date; the year is null when it was not given. */
export interface WrittenDate {
  readonly year: number | null;
  readonly month: number;
  readonly day: number;
}

/** A date found in a text, with every date it may mean: 03/04 may be in March or in April. */
export interface FoundDate {
  /** Index of the date's first character in the text. */
  readonly from: number;
  /** Index of the character after the date. */
  readonly to: number;
  readonly readings: readonly WrittenDate[];
}

/** Languages in which month names are recognized; Node's `Intl` supplies the names. */
const LANGUAGES =
  "en de fr es it pt nl sv da nb fi pl cs sk hu ro hr sl bg ru uk el tr id vi et lv lt ca he ar fa hi th".split(
    " ",
  );

const plain = (word: string): string =>
  word
    .toLowerCase()
    .normalize("NFD")
    .replace(/\p{Mn}|\./gu, "");

let months: ReadonlyMap<string, number> | undefined;

/** Number of a month, 1 to 12, by its name in any of the `LANGUAGES`. */
function monthOf(word: string): number | undefined {
  months ??= monthNames();
  return months.get(plain(word));
}

function monthNames(): ReadonlyMap<string, number> {
  const names = new Map<string, number>();
  // Some languages inflect the name of the month after a day, so both forms are collected.
  for (const language of LANGUAGES)
    for (const month of ["long", "short"] as const)
      for (const day of [undefined, "numeric"] as const) {
        const format = new Intl.DateTimeFormat(`${language}-u-ca-gregory`, { month, day, timeZone: "UTC" });
        for (let number = 1; number <= 12; number++) {
          const parts = format.formatToParts(Date.UTC(2001, number - 1, 9));
          const name = plain(parts.find((part) => part.type === "month")?.value ?? "");
          if (/^\p{L}[\p{L} ]{2,}$/u.test(name) && !names.has(name)) names.set(name, number);
        }
      }
  return names;
}

/** Matches a day with a month name and optional year: 3 March, March 3rd, 3. März 2026, 3 de marzo de 2026. */
const DAY_WORD =
  /(?<![\p{L}\p{N}])(\d{1,2})(?:st|nd|rd|th|er|º|ª|\.|:?e)?(?:\s+(?:of|de|di|do))?\s+(\p{L}{3,}\.?)(?:,?\s+(?:de\s+|del\s+)?(\d{4}))?(?![\p{L}\p{N}])/giu;
const WORD_DAY =
  /(?<![\p{L}\p{N}])(\p{L}{3,}\.?)\s+(?:the\s+)?(\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(\d{4}))?(?![\p{L}\p{N}:]|[.,]\d)/giu;
const YEAR_FIRST = /(?<![\p{L}\p{N}])(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)/gu;
const YEAR_LAST = /(?<![\p{L}\p{N}])(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?![\p{L}\p{N}]|[-/.]\d)/gu;
const NO_YEAR = /(?<![\p{L}\p{N}.])(\d{1,2})\.(\d{1,2})\.(?!\d)/gu;
const EAST_ASIAN = /(?:(\d{4})\s?[年년]\s?)?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日日号일]/gu;

function isDate({ month, day }: WrittenDate): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

const yearOf = (text: string | undefined): number | null => {
  if (text === undefined) return null;
  return text.length === 2 ? 2000 + Number(text) : Number(text);
};

function date(year: string | undefined, month: number | string, day: string): WrittenDate {
  return { year: yearOf(year), month: Number(month), day: Number(day) };
}

type Reader = (found: RegExpExecArray) => readonly WrittenDate[];

const byWord = (word: string, day: string, year: string | undefined): readonly WrittenDate[] => {
  const month = monthOf(word);
  return month === undefined ? [] : [date(year, month, day)];
};

const FORMS: readonly (readonly [RegExp, Reader])[] = [
  [YEAR_FIRST, ([, year, , month = "", day = ""]) => [date(year, month, day)]],
  [YEAR_LAST, ([, a = "", , b = "", year]) => [date(year, a, b), date(year, b, a)]],
  [EAST_ASIAN, ([, year, month = "", day = ""]) => [date(year, month, day)]],
  [NO_YEAR, ([, day = "", month = ""]) => [date(undefined, month, day)]],
  [DAY_WORD, ([, day = "", word = "", year]) => byWord(word, day, year)],
  [WORD_DAY, ([, word = "", day = "", year]) => byWord(word, day, year)],
];

/** The dates in a text, in any format and language, without overlaps. */
export function findDates(text: string): readonly FoundDate[] {
  if (!/\d/.test(text)) return [];
  const found: FoundDate[] = [];
  for (const [form, read] of FORMS)
    for (const match of text.matchAll(form)) {
      const readings = read(match as RegExpExecArray).filter(isDate);
      const [from, to] = [match.index, match.index + match[0].length];
      if (readings.length > 0 && !found.some((one) => one.from < to && from < one.to))
        found.push({ from, to, readings });
    }
  return found;
}

/** Days between two dates. If the year of one is unknown, it is taken to be the year that brings them closest. */
export function daysApart(a: WrittenDate, b: WrittenDate): number {
  const day = (one: WrittenDate, year: number): number => Date.UTC(year, one.month - 1, one.day) / 86_400_000;
  if (a.year !== null && b.year !== null) return Math.abs(day(a, a.year) - day(b, b.year));
  const apart = Math.abs(day(a, 2024) - day(b, 2024));
  return Math.min(apart, 366 - apart);
}
