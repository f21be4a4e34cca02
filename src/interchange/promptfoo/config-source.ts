import {
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  type YAMLMap,
} from "yaml";
import { notTooDeep, readingYaml } from "../../domain/deep-yaml.ts";
import type { Json } from "../../domain/json.ts";
import { EvalsError } from "../../domain/problem.ts";
import { yamlWords } from "../../domain/yaml-words.ts";
import type { SourcePlace } from "../imported.ts";
import { repeatedYamlKey } from "../reading/repeated-yaml-keys.ts";

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

/** Parses a YAML or JSON file. @throws {EvalsError} EVALS_IMPORT_SYNTAX at the first mistake */
export function readSource(text: string, path: string): ConfigSource {
  const lines = new LineCounter();
  const document = readingYaml(text, path, () =>
    parseDocument(text, { lineCounter: lines, merge: true, prettyErrors: false, uniqueKeys: false }),
  );
  const [error] = document.errors;
  if (error !== undefined) throw syntax(path, lines.linePos(error.pos[0]), yamlWords(error));
  const repeated = readingYaml(text, path, () => repeatedYamlKey(document));
  if (repeated !== undefined)
    throw syntax(path, lines.linePos(repeated), "A key appears a second time in the same map.");
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
  const pairOf = pairFinder();
  const child = (parent: Node | null, step: Step): Node | null => {
    const found = isMap(parent)
      ? pairOf(parent, step)?.value
      : isSeq(parent)
        ? parent.get(step, true)
        : undefined;
    return isNode(found) ? found : null;
  };
  const at = (steps: readonly Step[]): SourcePlace => {
    let node: Node | null = document.contents;
    for (const step of steps) {
      const next = child(node, step);
      if (next === null) break;
      node = next;
    }
    return place(node);
  };
  return {
    path,
    value,
    at,
    keyAt: (steps) => {
      const parent = steps.slice(0, -1).reduce<Node | null>(child, document.contents);
      const key = isMap(parent) ? pairOf(parent, steps.at(-1) ?? "")?.key : undefined;
      return isScalar(key) ? place(key) : at(steps);
    },
  };
}

/**
 * Finds the pairs of maps by key. `YAMLMap.get` looks at each pair, which takes too long when a file with thousands of
 * keys has a mistake at each.
 */
function pairFinder(): (map: YAMLMap, key: Step) => Pair | undefined {
  const indexes = new Map<YAMLMap, ReadonlyMap<string, Pair>>();
  return (map, key) => {
    let index = indexes.get(map);
    if (index === undefined) {
      const pairs = map.items.filter((pair) => isScalar(pair.key));
      // Of several equal keys, the first in the file wins.
      index = new Map(pairs.toReversed().map((pair) => [String((pair.key as Scalar).value), pair]));
      indexes.set(map, index);
    }
    return index.get(String(key));
  };
}

function syntax(path: string, { line, col }: { line: number; col: number }, message: string): EvalsError {
  return new EvalsError({
    code: "EVALS_IMPORT_SYNTAX",
    path,
    line,
    column: col,
    what: `This file cannot be read: ${message.split("\n")[0]}`,
    why: "No part of the file could be imported with certainty.",
    fix: "Correct the mistake in the file; a YAML checker shows the place.",
  });
}

export const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  value !== null && typeof value === "object" && !Array.isArray(value);

export const asList = (value: Json | undefined): readonly Json[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
