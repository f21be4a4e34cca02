import { Context, Liquid, type Template as LiquidNode } from "liquidjs";
import { printed } from "./prompt-scope.ts";
import { type Template, TemplateFailure, UndefinedInTemplate } from "./template.ts";

let engine: Liquid | undefined;

/** Tags that would read files. */
const FILE_TAGS = ["include", "render", "layout", "block"];

/** Characters and list entries that one rendering may make. */
const MOST_MADE = 20_000_000;

/** The one Liquid engine: strict, own properties only, no file system. */
export function liquidEngine(): Liquid {
  engine ??= createEngine();
  return engine;
}

function createEngine(): Liquid {
  const liquid = new Liquid({
    strictVariables: true,
    strictFilters: true,
    ownPropertyOnly: true,
    // A template that reads files would define behaviour that no fingerprint covers.
    templates: {},
    // A loop over more than anybody reads would hold the whole program, and no signal could end it.
    memoryLimit: MOST_MADE,
    outputEscape: printed,
    // The same text on every machine.
    timezoneOffset: 0,
    locale: "en-US",
  });
  for (const tag of FILE_TAGS) delete liquid.tags[tag];
  return liquid;
}

/** The variables that a source asks for from outside. @throws {TemplateFailure} for source that is not Liquid */
export function liquidVariables(source: string): { root: string; line: number; column: number }[] {
  const liquid = liquidEngine();
  try {
    const { globals } = liquid.analyzeSync(liquid.parse(source), { partials: false });
    return Object.entries(globals).flatMap(([root, places]) =>
      places.map(({ location }) => ({ root, line: location.row, column: location.col })),
    );
  } catch (error) {
    throw failure(error);
  }
}

/** Whole paths of the variables that a source asks for, `input.items[0].name`. @throws {TemplateFailure} */
export function liquidPaths(source: string): string[] {
  try {
    return liquidEngine().globalFullVariablesSync(source);
  } catch (error) {
    throw failure(error);
  }
}

/** Any Liquid source as a function. @throws {TemplateFailure} for source that is not Liquid */
export function compileLiquid(source: string): Template {
  const liquid = liquidEngine();
  let nodes: LiquidNode[];
  try {
    nodes = liquid.parse(source);
  } catch (error) {
    throw failure(error);
  }
  // A condition and `default` may ask for what is not there; `assign`, which looks at the engine's own options, may not.
  const options = { ...liquid.options, lenientIf: true };
  // A tag at an edge leaves a line feed behind; the message's edges are to be blank-free all the same.
  const cutStart = source.startsWith("{%");
  const cutEnd = source.endsWith("%}");
  return (scope) => {
    let text: string;
    try {
      text = String(liquid.renderSync(nodes, new Context(scope, options, { sync: true }, { liquid })));
    } catch (error) {
      throw failure(error);
    }
    if (cutStart) text = text.trimStart();
    return cutEnd ? text.trimEnd() : text;
  };
}

/** What this file reads of liquidjs's errors; every one of them has the token it fell over. */
interface LiquidTrouble {
  readonly name: string;
  readonly message: string;
  readonly originalError?: LiquidTrouble;
  readonly token?: { getPosition(): [number, number] };
}

function failure(error: unknown): UndefinedInTemplate | TemplateFailure {
  const trouble = error as LiquidTrouble;
  const undefinedAt = findUndefined(trouble);
  const [line, column] = (undefinedAt ?? trouble).token?.getPosition() ?? [1, 1];
  const words = (undefinedAt ?? trouble).message.replace(/, line:\d+.*$/s, "");
  const options = { cause: error };
  if (undefinedAt === undefined) return new TemplateFailure(words, line, column, options);
  return new UndefinedInTemplate(words.replace(/^undefined variable: /, ""), line, column, options);
}

function findUndefined(error: LiquidTrouble | undefined): LiquidTrouble | undefined {
  if (error === undefined || error.name === "UndefinedVariableError") return error;
  return findUndefined(error.originalError);
}
