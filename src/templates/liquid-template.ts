import type { Liquid, Template as LiquidNode } from "liquidjs";
import {
  asksForClock,
  changedNumber,
  changedNumberWords,
  clockAsked,
  createLiquid,
  liquidWords,
  missingVariable,
  renderLiquid,
} from "./liquid-engine.ts";
import { printed } from "./printed.ts";
import { ClockFailure, type Template, TemplateFailure, UndefinedInTemplate } from "./template.ts";

let engine: Liquid | undefined;

/** The engine for texts shown to a model. */
function liquidEngine(): Liquid {
  engine ??= createLiquid({ print: printed });
  return engine;
}

/** The variables that a source uses and does not assign itself. @throws {TemplateFailure} for invalid Liquid */
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

/** Full paths of the variables in a source, `input.items[0].name`. @throws {TemplateFailure} */
export function liquidPaths(source: string): string[] {
  try {
    return liquidEngine().globalFullVariablesSync(source);
  } catch (error) {
    throw failure(error);
  }
}

/** Compiles any Liquid source to a function. @throws {TemplateFailure} for invalid Liquid */
export function compileLiquid(source: string): Template {
  const liquid = liquidEngine();
  const clock = clockAsked(source);
  if (clock !== undefined) throw new ClockFailure("it asks for the time", clock.line, clock.column);
  const changed = changedNumber(source);
  if (changed !== undefined)
    throw new TemplateFailure(changedNumberWords(changed.number), changed.line, changed.column);
  let nodes: LiquidNode[];
  try {
    nodes = liquid.parse(source);
  } catch (error) {
    throw failure(error);
  }
  // A tag at the start or end of the source leaves an empty line in the rendered text, which is trimmed.
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

/** The parts of liquidjs's errors that are used here. `token` is the part of the template at which the error occurred. */
interface LiquidTrouble {
  readonly name: string;
  readonly message: string;
  readonly originalError?: LiquidTrouble;
  readonly token?: { getPosition(): [number, number] };
}

function failure(error: unknown): UndefinedInTemplate | TemplateFailure {
  const trouble = error as LiquidTrouble;
  const [line, column] = (findUndefined(trouble) ?? trouble).token?.getPosition() ?? [1, 1];
  const options = { cause: error };
  const variable = missingVariable(error);
  if (variable !== undefined) return new UndefinedInTemplate(variable, line, column, options);
  const Failure = asksForClock(error) ? ClockFailure : TemplateFailure;
  return new Failure(liquidWords(trouble), line, column, options);
}

function findUndefined(error: LiquidTrouble | undefined): LiquidTrouble | undefined {
  if (error === undefined || error.name === "UndefinedVariableError") return error;
  return findUndefined(error.originalError);
}
