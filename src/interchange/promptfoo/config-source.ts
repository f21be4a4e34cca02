import { isMap, isNode, isScalar, LineCounter, type Node, parseDocument } from "yaml";
import { notTooDeep, readingYaml } from "../../domain/deep-yaml.ts";
import type { Json } from "../../domain/json.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { SourcePlace } from "../imported.ts";

/** A step into a value: a key or an index. */
export type Step = string | number;

/** A parsed YAML or JSON file with the locations of its parts. */
export interface ConfigSource {
  readonly path: string;
  readonly value: Json;
  /** Location of a part, or of the closest enclosing part that is in the file. */
  at(steps: readonly Step[]): SourcePlace;
  /** Location of a part's key. */
  keyAt(steps: readonly Step[]): SourcePlace;
}

/** Limit on expanding YAML anchors, because a small file could otherwise fill the memory. */
const MAX_ALIASES = 1000;

/** @throws {EvalsError} EVALS_IMPORT_SYNTAX */
export function readSource(text: string, path: string): ConfigSource {
  const lines = new LineCounter();
  const document = readingYaml(text, path, () =>
    parseDocument(text, { lineCounter: lines, merge: true, prettyErrors: false }),
  );
  const [error] = document.errors;
  if (error !== undefined) throw syntax(path, lines.linePos(error.pos[0]), error.message);
  let value: Json;
  try {
    value = (document.toJS({ maxAliasCount: MAX_ALIASES }) ?? null) as Json;
  } catch (thrown) {
    throw syntax(path, { line: 1, col: 1 }, (thrown as Error).message);
  }
  notTooDeep(value, text, path);
  const place = (node: Node | null | undefined): SourcePlace => ({
    path,
    line: lines.linePos(node?.range?.[0] ?? 0).line,
  });
  const find = (steps: readonly Step[]): Node | undefined => {
    const node: unknown = steps.length === 0 ? document.contents : document.getIn(steps, true);
    return isNode(node) ? node : undefined;
  };
  const at = (steps: readonly Step[]): SourcePlace => {
    for (let length = steps.length; length >= 0; length--) {
      const node = find(steps.slice(0, length));
      if (node !== undefined) return place(node);
    }
    return { path, line: 1 };
  };
  return {
    path,
    value,
    at,
    keyAt: (steps) => {
      const parent = find(steps.slice(0, -1));
      const pair = isMap(parent)
        ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(steps.at(-1)))
        : undefined;
      return pair !== undefined && isScalar(pair.key) ? place(pair.key) : at(steps);
    },
  };
}

function syntax(path: string, { line, col }: { line: number; col: number }, message: string): EvalsError {
  return new EvalsError({
    code: "EVALS_IMPORT_SYNTAX",
    path,
    line,
    column: col,
    what: `This file cannot be read: ${message.split("\n")[0]}`,
    why: "Nothing of it could be imported with certainty.",
    fix: "Correct it there; a YAML checker shows the place.",
  });
}

export const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  value !== null && typeof value === "object" && !Array.isArray(value);

export const asList = (value: Json | undefined): readonly Json[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
