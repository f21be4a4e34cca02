import { anySeen, type LiquidValue, piped } from "./liquid-values.ts";

/** The functions that the conversion of a filter may use. */
export interface FilterHelp {
  /** A literal or name for use as an argument. */
  readonly simple: (value: LiquidValue) => string;
  /** Adds statements in front of the current text, and returns the name of their result. */
  readonly made: (statements: (name: string) => string) => LiquidValue;
  /** Reports that Liquid cannot express something. @throws {Untranslatable} always */
  readonly refuse: (why: string) => never;
}

type Translate = (value: LiquidValue, args: readonly LiquidValue[], help: FilterHelp) => LiquidValue;

const plain =
  (filter: string, kind: LiquidValue["kind"] = "text"): Translate =>
  (value) =>
    piped(value, filter, kind);

const isText = (one: unknown): boolean => typeof one === "string";
const isObject = (one: unknown): boolean => one !== null && typeof one === "object" && !Array.isArray(one);

/** Nunjucks filters with a Liquid equivalent. */
export const LIQUID_FILTERS: Readonly<Record<string, Translate>> = {
  upper: plain("upcase"),
  lower: plain("downcase"),
  trim: plain("strip"),
  capitalize: plain("capitalize"),
  nl2br: plain("newline_to_br"),
  string: plain('append: ""'),
  abs: plain("abs", "number"),
  sum: plain("sum", "number"),
  sort: plain("sort", undefined),
  safe: (value) => value,
  float: plain("plus: 0", "number"),
  int: (value) => piped(piped(value, "plus: 0"), "floor", "number"),
  urlencode: (value) => piped(piped(value, "url_encode"), 'replace: "+", "%20"', "text"),
  round: (value, [digits], { simple }) =>
    piped(value, digits === undefined ? "round" : `round: ${simple(digits)}`, "number"),
  dump: (value, [spaces], { simple }) =>
    piped(value, spaces === undefined ? "json" : `json: ${simple(spaces)}`, "text"),
  length: (value, _, { refuse }) =>
    anySeen(value, isObject) ? refuse("the length of an object") : piped(value, "size", "number"),
  reverse: (value, _, { refuse }) =>
    anySeen(value, isText) ? refuse("a text backwards") : piped(value, "reverse"),
  first: (value, _, { refuse }) =>
    anySeen(value, isText) ? refuse("the first letter of a text") : piped(value, "first"),
  last: (value, _, { refuse }) =>
    anySeen(value, isText) ? refuse("the last letter of a text") : piped(value, "last"),
  replace: (value, [from, to, more], { simple, refuse }) => {
    if (from === undefined || to === undefined || more !== undefined)
      return refuse("the filter replace with other than two arguments");
    return piped(value, `replace: ${simple(from)}, ${simple(to)}`, "text");
  },
  join: (value, [separator, member], { simple }) => {
    const list = member === undefined ? value : piped(value, `map: ${simple(member)}`);
    return piped(list, `join: ${separator === undefined ? '""' : simple(separator)}`, "text");
  },
  title: (value, _, { made, simple }) => {
    const text = simple(value);
    return made(
      (name) =>
        `{% assign ${name}_words = ${text} | split: " " %}{% capture ${name} %}{% for ${name}_word in ${name}_words %}{{ ${name}_word | capitalize }}{% unless forloop.last %} {% endunless %}{% endfor %}{% endcapture %}`,
    );
  },
};

/** JavaScript methods that templates call. */
export const LIQUID_METHODS: Readonly<Record<string, Translate>> = {
  toUpperCase: plain("upcase"),
  toLowerCase: plain("downcase"),
  trim: plain("strip"),
  join: (value, [separator], { simple }) =>
    piped(value, `join: ${separator === undefined ? '","' : simple(separator)}`, "text"),
  split: (value, [separator], { simple, refuse }) =>
    separator === undefined
      ? refuse("a split without a separator")
      : piped(value, `split: ${simple(separator)}`),
};
