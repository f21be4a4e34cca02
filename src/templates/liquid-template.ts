import type { Liquid, Template as LiquidNode } from "liquidjs";
import { asksForClock, clockAsked, createLiquid, liquidWords, renderLiquid } from "./liquid-engine.ts";
import { printed } from "./printed.ts";
import { ClockFailure, type Template, TemplateFailure, UndefinedInTemplate } from "./template.ts";

let engine: Liquid | undefined;

/** The engine of texts that are shown to a model. */
function liquidEngine(): Liquid {
  engine ??= createLiquid({ print: printed });
  return engine;
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
  const clock = clockAsked(source);
  if (clock !== undefined) throw new ClockFailure("it asks for the time", clock.line, clock.column);
  let nodes: LiquidNode[];
  try {
    nodes = liquid.parse(source);
  } catch (error) {
    throw failure(error);
  }
  // A tag at an edge leaves a line feed behind; the message's edges are to be blank-free all the same.
  const cutStart = source.startsWith("{%");
  const cutEnd = source.endsWith("%}");
  return (scope) => {
    let text: string;
    try {
      text = renderLiquid(liquid, nodes, scope);
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
  const words = liquidWords(undefinedAt ?? trouble);
  const options = { cause: error };
  if (asksForClock(error)) return new ClockFailure(words, line, column, options);
  if (undefinedAt === undefined) return new TemplateFailure(words, line, column, options);
  return new UndefinedInTemplate(words.replace(/^undefined variable: /, ""), line, column, options);
}

function findUndefined(error: LiquidTrouble | undefined): LiquidTrouble | undefined {
  if (error === undefined || error.name === "UndefinedVariableError") return error;
  return findUndefined(error.originalError);
}
