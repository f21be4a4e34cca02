import type { CaseColumns } from "./case-columns.ts";

/** One condition of a search. */
export type Term = { readonly not: boolean } & (
  | { readonly kind: "status"; readonly status: Status }
  | { readonly kind: "tag"; readonly tag: string }
  | { readonly kind: "class"; readonly name: string }
  | { readonly kind: "case"; readonly pattern: RegExp }
  | { readonly kind: "number"; readonly field: string; readonly op: Operator; readonly value: number }
  | { readonly kind: "text"; readonly text: string }
);

type Operator = "<" | "<=" | ">" | ">=" | "=" | "!=";

/** Words of a search that stand for a status of a case, with their descriptions. In quotes they are plain text. */
export const STATUSES = {
  fell: "passes fewer of its trials than before; the word broke finds the same cases",
  rose: "passes more of its trials than before; the word fixed finds the same cases",
  sure: "fell or rose by more than chance explains",
  same: "passes as many of its trials as before",
  flaky: "passes some trials and fails others",
  failing: "does not pass every trial",
  never: "passes no trial",
  passing: "passes every trial",
  errored: "has a trial without an answer",
  new: "is not in the baseline",
  changed: "has another input or expected value than in the baseline",
  missing: "has no answer on one side of the comparison",
} as const;
export type Status = keyof typeof STATUSES;

const SPELLINGS: Readonly<Record<string, Status>> = {
  broke: "fell",
  broken: "fell",
  fixed: "rose",
  failed: "failing",
  passed: "passing",
  errors: "errored",
  error: "errored",
};

/** Values that can be compared with a number, besides `score.<name>`. */
export const NUMBERS = {
  pass: "share of passed trials",
  was: "share of passed trials on the other side of the comparison",
  delta: "pass minus was",
  latency: "mean time of an answer, in ms or with a unit: 2s",
  errors: "trials without an answer",
} as const;

/**
 * Parses a search: `tag:billing broke score.tone<0.5 -flaky "late parcel"`. All conditions must hold; `-` negates a
 * condition. Any other word is a text to search for in id, tags, input and answers.
 */
export function parseQuery(query: string): Term[] {
  return wordsOf(query).map(readTerm);
}

interface Word {
  readonly text: string;
  /** Whether the whole word was in quotes. */
  readonly quoted: boolean;
  readonly not: boolean;
}

/** Splits a search at its spaces. Spaces in quotes do not split, even if the quotes begin inside a word. */
function wordsOf(query: string): Word[] {
  const found = query.match(/-?(?:"[^"]*"?|[^\s"])+/g) ?? [];
  return found.flatMap((written) => {
    const not = written.startsWith("-") && written.length > 1;
    const word = not ? written.slice(1) : written;
    const quoted = /^"[^"]*"?$/.test(word);
    const text = word.replaceAll('"', "");
    return text === "" ? [] : [{ text, quoted, not }];
  });
}

const COMPARISON = /^(score\.[^<>=!]+|[a-z]+)(<=|>=|!=|<|>|=)(-?[\d.]+)(%|ms|s)?$/;

function readTerm({ text, quoted, not }: Word): Term {
  if (quoted) return { not, kind: "text", text: text.toLowerCase() };
  const status = SPELLINGS[text] ?? text;
  if (Object.hasOwn(STATUSES, status)) return { not, kind: "status", status: status as Status };
  const [, prefix, rest = ""] = /^(tag|class|case|is):(.+)$/.exec(text) ?? [];
  if (prefix === "tag") return { not, kind: "tag", tag: rest.toLowerCase() };
  if (prefix === "class") return { not, kind: "class", name: rest.toLowerCase() };
  if (prefix === "case") return { not, kind: "case", pattern: globPattern(rest) };
  if (prefix === "is") return readTerm({ text: rest, quoted: false, not });
  const [, field = "", op = "", digits = "", unit] = COMPARISON.exec(text) ?? [];
  const value = Number(digits);
  if (op !== "" && Number.isFinite(value) && (field.startsWith("score.") || Object.hasOwn(NUMBERS, field)))
    return { not, kind: "number", field, op: op as Operator, value: value * unitFactor(unit) };
  return { not, kind: "text", text: text.toLowerCase() };
}

/**
 * The words of a search that look like a condition and are looked for as texts, because they are none: of an unknown
 * name (`staus:failing`), or about a scorer that the run does not have.
 *
 * @param scorers names of the run's scorers
 */
export function notConditions(query: string, scorers: readonly string[]): readonly string[] {
  return wordsOf(query).flatMap((word) => {
    if (word.quoted || !/^[a-z][\w.-]*(?:[:<>=]|!=)./i.test(word.text)) return [];
    const term = readTerm(word);
    if (term.kind === "text") return [word.text];
    const scorer = term.kind === "number" ? /^score\.(.+)$/.exec(term.field)?.[1] : undefined;
    return scorer === undefined || scorers.includes(scorer) ? [] : [word.text];
  });
}

function unitFactor(unit: string | undefined): number {
  if (unit === "%") return 0.01;
  return unit === "s" ? 1000 : 1;
}

/** The regular expression of a pattern such as `refund-*`, in which a star matches any characters. */
function globPattern(glob: string): RegExp {
  const pattern = glob
    .split("*")
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
    .join(".*");
  return new RegExp(`^${pattern}$`, "i");
}

/** The texts that a search looks for. */
export function textsOf(terms: readonly Term[]): string[] {
  return terms.flatMap((term) => (term.kind === "text" ? [term.text] : []));
}

/**
 * The indices that a search finds, in the given order.
 *
 * @param found returns the indices, found so far, of the cases whose input or answers contain a text
 */
export function findPlaces(
  columns: CaseColumns,
  places: Iterable<number>,
  terms: readonly Term[],
  found: (text: string) => ReadonlySet<number> | undefined,
): number[] {
  const tests = terms.map((term) => {
    const test = testOf(term, columns, found);
    return term.not ? (index: number) => !test(index) : test;
  });
  const hits: number[] = [];
  for (const index of places) if (tests.every((test) => test(index))) hits.push(index);
  return hits;
}

type Test = (index: number) => boolean;

function testOf(
  term: Term,
  columns: CaseColumns,
  found: (text: string) => ReadonlySet<number> | undefined,
): Test {
  switch (term.kind) {
    case "status":
      return (index) => hasStatus(columns, index, term.status);
    case "tag":
      return (index) => columns.tagsOf(index).some((tag) => tag.toLowerCase() === term.tag);
    case "class":
      return (index) => columns.failsBy(term.name, index);
    case "case":
      return (index) => term.pattern.test(columns.idOf(index));
    case "number":
      return (index) => holds(numberOf(columns, index, term.field), term.op, term.value);
    case "text": {
      const more = found(term.text);
      return (index) => more?.has(index) === true || shows(columns, index, term.text);
    }
    default:
      return term satisfies never;
  }
}

function shows(columns: CaseColumns, index: number, text: string): boolean {
  return (
    columns.idOf(index).toLowerCase().includes(text) ||
    columns.inputOf(index).toLowerCase().includes(text) ||
    columns.tagsOf(index).some((tag) => tag.toLowerCase().includes(text))
  );
}

export function hasStatus(columns: CaseColumns, index: number, status: Status): boolean {
  const [passed = 0, answered = 0] = [columns.passed[index], columns.answered[index]];
  const errored = columns.errored[index] ?? 0;
  switch (status) {
    case "fell":
      return columns.changeOf(index) === "broken";
    case "rose":
      return columns.changeOf(index) === "fixed";
    case "sure":
      return columns.isSure(index);
    case "flaky":
      return passed > 0 && passed < answered;
    case "failing":
      return passed < answered || errored > 0;
    case "never":
      return passed === 0 && answered > 0;
    case "passing":
      return passed === answered && answered > 0 && errored === 0;
    case "errored":
      return errored > 0;
    case "same":
    case "new":
    case "changed":
    case "missing":
      return columns.changeOf(index) === status;
    default:
      return status satisfies never;
  }
}

function numberOf(columns: CaseColumns, index: number, field: string): number | null {
  if (field.startsWith("score."))
    return columns.scoreOf(columns.scorers.indexOf(field.slice("score.".length)), index);
  const [now, was] = [columns.shareOf(index), columns.shareBefore(index)];
  switch (field) {
    case "pass":
      return now;
    case "was":
      return was;
    case "delta":
      return now === null || was === null ? null : now - was;
    case "latency":
      return columns.latencyOf(index);
    case "errors":
      return columns.errored[index] ?? 0;
    default:
      return null;
  }
}

/** Compares a value with a bound; an unknown value satisfies no condition. */
function holds(value: number | null, op: Operator, bound: number): boolean {
  if (value === null) return false;
  switch (op) {
    case "<":
      return value < bound;
    case "<=":
      return value <= bound;
    case ">":
      return value > bound;
    case ">=":
      return value >= bound;
    case "=":
      return value === bound;
    case "!=":
      return value !== bound;
    default:
      return op satisfies never;
  }
}
