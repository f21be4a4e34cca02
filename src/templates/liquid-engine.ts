import { Context, Liquid, type Template as LiquidNode, toValue } from "liquidjs";

export type { Liquid };

/** Tags that read files. */
const FILE_TAGS = ["include", "render", "layout", "block"];
/** Filters with random results. */
const RANDOM_FILTERS = ["sample"];
const DATE_FILTERS = ["date", "date_to_xmlschema", "date_to_rfc822", "date_to_string", "date_to_long_string"];

/** Maximum characters and list entries that one rendering may create. */
const MAX_MADE = 20_000_000;
/** Maximum characters of one template. */
const LONGEST_SOURCE = 2_000_000;
/** Time limit of one rendering in milliseconds, for templates that create little but run long. */
const LONGEST_RENDERING = 10_000;

/** Thrown when a template uses the current time: every rendering would be a different request. */
export class ClockInTemplate extends Error {
  constructor() {
    super('"now" is a different time at each rendering');
    this.name = "ClockInTemplate";
  }
}

/** How an engine prints values. In everything else, all engines are the same. */
export interface EngineOptions {
  /** Prints the value of `{{ … }}`; default: as Liquid does. */
  readonly print?: (value: unknown) => string;
  /** Filters whose results are printed unchanged: `print` does not apply when one of them comes last. */
  readonly printed?: readonly string[];
}

type Filter = (this: unknown, value: unknown, ...rest: unknown[]) => unknown;

/**
 * Creates the engine for all templates: strict, own properties only, no file system, clock or randomness, and limited
 * output.
 */
export function createLiquid({ print, printed = [] }: EngineOptions = {}): Liquid {
  const liquid = new Liquid({
    strictVariables: true,
    strictFilters: true,
    ownPropertyOnly: true,
    // A template that reads files would depend on content outside of the fingerprint.
    templates: {},
    // A huge loop would block the whole program, and no signal could interrupt it.
    memoryLimit: MAX_MADE,
    parseLimit: LONGEST_SOURCE,
    renderLimit: LONGEST_RENDERING,
    ...(print === undefined ? {} : { outputEscape: print }),
    // Dates are printed in UTC, so the text is the same on every machine.
    timezoneOffset: 0,
    locale: "en-US",
  });
  for (const tag of FILE_TAGS) delete liquid.tags[tag];
  for (const filter of RANDOM_FILTERS) delete liquid.filters[filter];
  for (const name of printed) {
    const filter = liquid.filters[name] as Filter;
    liquid.registerFilter(name, { raw: true, handler: filter });
  }
  for (const name of DATE_FILTERS) {
    const filter = liquid.filters[name] as Filter;
    liquid.registerFilter(name, function (this: unknown, value: unknown, ...rest: unknown[]) {
      return filter.call(this, readDate(value), ...rest);
    });
  }
  boundOutput(liquid);
  return liquid;
}

/** A date without a time zone must mean the same time on every machine. @throws {ClockInTemplate} */
function readDate(value: unknown): unknown {
  if (typeof value !== "string") return value;
  if (value === "now" || value === "today") throw new ClockInTemplate();
  // Plain dates and seconds since 1970 are read as UTC already.
  if (/^\s*\d+(-\d\d(-\d\d)?)?\s*$/.test(value)) return value;
  if (/(?:[+-]\d\d:?\d\d|\d\s*Z|\b(?!AM|PM)[A-Z]{2,5})\)?\s*$/.test(value)) return value;
  const universal = /T[\d:.]+\s*$/.test(value) ? `${value.trim()}Z` : `${value} Z`;
  return Number.isNaN(Date.parse(universal)) ? value : new Date(universal);
}

/**
 * Limits the output of a rendering. The engine itself counts only what filters create, so a loop around a long text
 * could fill the memory.
 */
function boundOutput(liquid: Liquid): void {
  const { renderer } = liquid;
  const render = renderer.renderTemplates.bind(renderer);
  renderer.renderTemplates = (nodes, context, emitter) =>
    render(nodes, context, emitter ?? counting(context));
}

function counting(context: Context) {
  return {
    buffer: "",
    write(html: unknown): void {
      const text = printedByLiquid(html);
      context.memoryLimit.use(text.length + 1);
      this.buffer += text;
    },
  };
}

/** Prints a value as Liquid does by default: lists without separators, empty text for null. */
function printedByLiquid(printed: unknown): string {
  const value: unknown = toValue(printed);
  if (typeof value === "string") return value;
  if (value === null || value === undefined) return "";
  return Array.isArray(value) ? value.map(printedByLiquid).join("") : String(value);
}

/** The error of each template that ran out of time. The next case would only take as long again. */
const tooSlow = new WeakMap<LiquidNode[], Error>();

/** Renders a template. @param scope the variables; only conditions and `default` may use a missing variable */
export function renderLiquid(liquid: Liquid, nodes: LiquidNode[], scope: object): string {
  // `lenientIf` lets conditions use a missing variable. It is set for this rendering and not for the engine, because
  // `assign` reads the engine's options and must stay strict.
  const options = { ...liquid.options, lenientIf: true };
  const before = tooSlow.get(nodes);
  if (before !== undefined) throw before;
  try {
    return String(liquid.renderSync(nodes, new Context(scope, options, { sync: true }, { liquid })));
  } catch (error) {
    if (error instanceof Error && ranOutOfTime(error.message)) tooSlow.set(nodes, error);
    throw error;
  }
}

/** Whether the error or one of its causes is about the current time. */
export function asksForClock(error: unknown): boolean {
  for (let one = error; one instanceof Error; one = (one as { originalError?: unknown }).originalError) {
    if (one instanceof ClockInTemplate) return true;
  }
  return false;
}

/** The variable that a template uses and its scope does not have; undefined for another error. */
export function missingVariable(error: unknown): string | undefined {
  for (let one = error; one instanceof Error; one = (one as { originalError?: unknown }).originalError) {
    const { variableName } = one as { variableName?: unknown };
    if (typeof variableName === "string") return variableName;
  }
  return undefined;
}

/** The engine's error message as one line. */
export function liquidWords(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const words = message.replace(/, line:\d+.*$/s, "").split("\n")[0] ?? "";
  if (words.startsWith("memory alloc")) return "it makes more than 20 million characters and list entries";
  if (ranOutOfTime(words)) return "it takes more than 10 s to render";
  if (words.startsWith("parse length")) return "it has more than 2 million characters";
  return words;
}

const ranOutOfTime = (words: string): boolean => words.startsWith("template render");

/** The beginning or the end of a tag, or a word that a date filter would take for the current time. */
const MARK_OR_CLOCK = /\{[{%]|[}%]\}|(["'])(?:now|today)\1\s*\|\s*date/g;

/** Finds, without rendering, where a date filter obviously reads the current time; undefined when no filter does. */
export function clockAsked(source: string): { readonly line: number; readonly column: number } | undefined {
  // In one pass: a regular expression for whole tags would search the rest of the source for each unclosed tag.
  let inTag = false;
  let index = -1;
  for (const { 0: found, 1: quote, index: at } of source.matchAll(MARK_OR_CLOCK)) {
    if (quote === undefined) inTag = found.startsWith("{");
    else if (inTag) {
      index = at;
      break;
    }
  }
  if (index === -1) return undefined;
  const before = source.slice(0, index);
  return { line: before.split("\n").length, column: index - before.lastIndexOf("\n") };
}

const MARK_QUOTE_OR_NUMBER = /\{[{%]|[}%]\}|"[^"\n]*"|'[^'\n]*'|(?<![\w.])\d{16,}(?![\w.])/g;

/** Finds a whole number in a tag that a double would change; undefined when there is none. */
export function changedNumber(
  source: string,
): { readonly number: string; readonly line: number; readonly column: number } | undefined {
  const pattern = new RegExp(MARK_QUOTE_OR_NUMBER);
  let inTag = false;
  for (let match = pattern.exec(source); match !== null; match = pattern.exec(source)) {
    const [found] = match;
    if (found.startsWith("{")) inTag = true;
    else if (found.endsWith("}")) inTag = false;
    // Outside of a tag a quote is a letter like any other.
    else if (!inTag) pattern.lastIndex = match.index + 1;
    else if (/^\d/.test(found) && BigInt(Number(found)) !== BigInt(found)) {
      const before = source.slice(0, match.index);
      return {
        number: found,
        line: before.split("\n").length,
        column: match.index - before.lastIndexOf("\n"),
      };
    }
  }
  return undefined;
}

/** What is wrong with a number that `changedNumber` found. */
export function changedNumberWords(number: string): string {
  return `the number ${number.slice(0, 40)} cannot be represented exactly; write it in quotes: "${number.slice(0, 40)}"`;
}
