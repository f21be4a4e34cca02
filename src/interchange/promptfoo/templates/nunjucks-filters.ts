type Value = unknown;
type Work = (value: Value, ...rest: Value[]) => Value;

/** A value as printed by Nunjucks: empty for null and undefined, a list with commas. */
export function printed(value: Value): string {
  return value === null || value === undefined ? "" : String(value);
}

const text = printed;
const capitalized = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();

/** The built-in filters of Nunjucks that an import can render. */
export const FILTERS: Readonly<Record<string, Work>> = {
  upper: (value) => text(value).toUpperCase(),
  lower: (value) => text(value).toLowerCase(),
  trim: (value) => text(value).trim(),
  capitalize: (value) => capitalized(text(value)),
  title: (value) => text(value).split(" ").map(capitalized).join(" "),
  replace: (value, from, to) => text(value).split(text(from)).join(text(to)),
  join: (value, separator = "", attribute) => items(value, attribute).map(text).join(text(separator)),
  length: lengthOf,
  default: (value, instead, falsy) => (falsy ? value || instead : value === undefined ? instead : value),
  d: (value, instead, falsy) => (falsy ? value || instead : value === undefined ? instead : value),
  first: (value) => (value as Value[] | undefined)?.[0],
  last: (value) => (value as Value[] | undefined)?.[((value as Value[]).length ?? 0) - 1],
  reverse: (value) =>
    typeof value === "string" ? [...value].reverse().join("") : [...list(value)].reverse(),
  sort: (value) =>
    [...list(value)].sort((a, b) =>
      (a as string) < (b as string) ? -1 : (a as string) > (b as string) ? 1 : 0,
    ),
  abs: (value) => Math.abs(Number(value)),
  round: (value, digits = 0) => Math.round(Number(value) * 10 ** Number(digits)) / 10 ** Number(digits),
  int: (value, instead = 0) => whole(Number.parseInt(String(value), 10), instead),
  float: (value, instead = 0) => whole(Number.parseFloat(String(value)), instead),
  string: text,
  dump: (value, spaces) => JSON.stringify(value, null, spaces as number),
  safe: (value) => value,
  sum: (value, attribute) => items(value, attribute).reduce((sum: number, one) => sum + Number(one), 0),
  nl2br: (value) => text(value).replace(/\r\n|\n/g, "<br />\n"),
  urlencode: (value) => encodeURIComponent(text(value)),
  wordcount: (value) => text(value).match(/\w+/g)?.length ?? null,
  /** promptfoo's own filter, which parses JSON. */
  load: (value) => JSON.parse(text(value)),
};

/** Methods of texts and lists that templates call as in JavaScript. */
export const METHODS: Readonly<Record<string, Work>> = {
  toUpperCase: (value) => text(value).toUpperCase(),
  toLowerCase: (value) => text(value).toLowerCase(),
  trim: (value) => text(value).trim(),
  join: (value, separator = ",") => list(value).map(text).join(text(separator)),
  split: (value, separator) => text(value).split(text(separator)),
  includes: (value, part) => (Array.isArray(value) ? value.includes(part) : text(value).includes(text(part))),
  startsWith: (value, part) => text(value).startsWith(text(part)),
  endsWith: (value, part) => text(value).endsWith(text(part)),
};

function lengthOf(value: Value): number {
  if (typeof value === "string" || Array.isArray(value)) return value.length;
  return value !== null && typeof value === "object" ? Object.keys(value).length : 0;
}

const list = (value: Value): readonly Value[] => (Array.isArray(value) ? value : []);

function items(value: Value, attribute: Value): readonly Value[] {
  if (attribute === undefined) return list(value);
  return list(value).map((one) => (one as Record<string, Value> | null)?.[String(attribute)]);
}

const whole = (value: number, instead: Value): Value => (Number.isNaN(value) ? instead : value);
