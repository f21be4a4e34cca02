import { printed } from "./printed.ts";
import { type Template, TemplateFailure, UndefinedInTemplate } from "./template.ts";

/**
 * Compiles Liquid source to a function. Sources that only print variables do not load the Liquid engine, which would
 * take longer than everything else in a small project. The results are the same as the engine's (checked by a property
 * test).
 *
 * @throws {TemplateFailure} for invalid Liquid
 */
export async function compileTemplate(source: string): Promise<Template> {
  const simple = compileSimple(source);
  if (simple !== undefined) return simple;
  const { compileLiquid } = await import("./liquid-template.ts");
  return compileLiquid(source);
}

/**
 * Matches a placeholder that is only a path, such as `{{ input.a.b }}`: one of the variables in this pattern, then names
 * of members.
 */
const VARIABLE =
  /^\s*((?:input|case|clock|output|material|background|question|expected|reference|context|sources|conversation|first|second|criterion|instructions|scale|fence)(?:\.[A-Za-z_][A-Za-z0-9_-]*)*)\s*$/;
/** Members with a special meaning in Liquid. A template that uses one is rendered by the engine. */
const SPECIAL = new Set(["size", "first", "last"]);

/** Maximum characters of one rendering; the Liquid engine has the same limit. */
const MAX_CHARACTERS = 20_000_000;

interface Variable {
  readonly name: string;
  readonly path: readonly string[];
  readonly offset: number;
}

/** A variable used by a template: its root name, and its location in the source, from 1. */
export interface AskedVariable {
  readonly root: string;
  readonly line: number;
  readonly column: number;
}

/** The variables that a template uses and does not assign itself. @throws {TemplateFailure} for invalid Liquid */
export async function variablesOf(source: string): Promise<readonly AskedVariable[]> {
  const simple = simpleVariables(source);
  if (simple !== undefined) return simple;
  const { liquidVariables } = await import("./liquid-template.ts");
  return liquidVariables(source);
}

/** The locations of a source's variables; undefined when it contains anything but plain text and variables. */
function simpleVariables(source: string): readonly AskedVariable[] | undefined {
  const parts = splitSimple(source);
  return parts?.variables.map(({ name, path: [root = name], offset }) => ({
    root,
    ...placeIn(source, offset),
  }));
}

/**
 * Compiles a source without the Liquid engine; undefined when it contains anything but plain text and
 * variables.
 */
export function compileSimple(source: string): Template | undefined {
  const parts = splitSimple(source);
  return parts && ((scope) => renderSimple(source, parts.texts, parts.variables, scope));
}

function splitSimple(
  source: string,
): { readonly texts: readonly string[]; readonly variables: readonly Variable[] } | undefined {
  if (source.includes("{%")) return undefined;
  const texts: string[] = [];
  const variables: Variable[] = [];
  let position = 0;
  for (let open = source.indexOf("{{"); open !== -1; open = source.indexOf("{{", position)) {
    const close = source.indexOf("}}", open);
    const name = close === -1 ? undefined : VARIABLE.exec(source.slice(open + 2, close))?.[1];
    if (name === undefined) return undefined;
    const path = name.split(".");
    if (path.some((step) => SPECIAL.has(step))) return undefined;
    texts.push(source.slice(position, open));
    variables.push({ name, path, offset: source.indexOf(name, open) });
    position = close + 2;
  }
  texts.push(source.slice(position));
  return { texts, variables };
}

function renderSimple(
  source: string,
  texts: readonly string[],
  variables: readonly Variable[],
  scope: object,
): string {
  let text = texts[0] ?? "";
  for (let index = 0; index < variables.length; index++) {
    const variable = variables[index] as Variable;
    const value = lookUp(scope, variable.path);
    if (value === undefined) throw undefinedAt(source, variable);
    text += printed(value) + texts[index + 1];
    if (text.length > MAX_CHARACTERS) throw tooLong(source, variable);
  }
  return text;
}

/**
 * The value at a path in the scope. As in the engine, only own properties are read, and nothing from a
 * prototype.
 */
export function lookUp(scope: unknown, path: readonly string[]): unknown {
  let here: unknown = scope;
  for (const step of path) {
    // As in Liquid, a member of null is null rather than undefined.
    if (here === null) return null;
    if (here === undefined || !Object.hasOwn(Object(here), step)) return undefined;
    here = (here as Record<string, unknown>)[step];
  }
  return here;
}

function undefinedAt(source: string, { name, offset }: Variable): UndefinedInTemplate {
  const { line, column } = placeIn(source, offset);
  return new UndefinedInTemplate(name, line, column);
}

function tooLong(source: string, { offset }: Variable): TemplateFailure {
  const { line, column } = placeIn(source, offset);
  return new TemplateFailure("it makes more than 20 million characters", line, column);
}

/** Line and column of an offset in the source, both counted from 1. */
function placeIn(source: string, offset: number): { readonly line: number; readonly column: number } {
  const before = source.slice(0, offset);
  return { line: before.split("\n").length, column: offset - before.lastIndexOf("\n") };
}
