import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  type YAMLMap,
} from "yaml";
import { notTooDeep, readingYaml } from "../../domain/deep-yaml.ts";
import type { Json } from "../../domain/json.ts";
import { EvalsError } from "../../domain/problem.ts";
import { yamlWords } from "../../domain/yaml-words.ts";

/** A parsed YAML file of another tool with line numbers. */
export interface YamlSource {
  readonly value: Json;
  /** Line of the value at a path, or of its key for a member; from 1. */
  lineOf(path: readonly (string | number)[]): number;
}

/** Parses a YAML file. @throws {EvalsError} EVALS_IMPORT_SYNTAX at the first mistake */
export function yamlSource(text: string, path: string): YamlSource {
  return readingYaml(text, path, () => read(text, path));
}

function read(text: string, path: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    merge: true,
    uniqueKeys: false,
    logLevel: "error",
  });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw new EvalsError({
      code: "EVALS_IMPORT_SYNTAX",
      path,
      line,
      column: col,
      what: `This file is not YAML: ${yamlWords(error)}`,
      why: "Nothing in the file can be imported before the file can be read.",
      fix: "Correct the line, or copy the file again.",
    });
  }
  const known = new Map<YAMLMap, ReadonlyMap<string, Pair>>();
  const pairsOf = (map: YAMLMap): ReadonlyMap<string, Pair> => {
    const pairs = known.get(map) ?? pairsByKey(map);
    known.set(map, pairs);
    return pairs;
  };
  const lineOf = (steps: readonly (string | number)[]): number => {
    let node: unknown = document.contents;
    let offset = 0;
    for (const step of steps) {
      const pair = isMap(node) ? pairsOf(node).get(String(step)) : undefined;
      const next = pair === undefined ? (isSeq(node) ? node.items[Number(step)] : undefined) : pair.value;
      const start = isNode(pair?.key) ? pair.key.range?.[0] : isNode(next) ? next.range?.[0] : undefined;
      if (start === undefined) break;
      offset = start;
      node = next;
    }
    return Math.max(1, lines.linePos(offset).line);
  };
  return { value: notTooDeep(resolved(document, path), text, path), lineOf };
}

/** @throws {EvalsError} EVALS_IMPORT_SYNTAX for aliases that would expand to too many copies, or name no anchor */
function resolved(document: Document, path: string): Json {
  try {
    return document.toJS() as Json;
  } catch (error) {
    // yaml throws a ReferenceError both for too many copies and for a missing anchor.
    if (!(error instanceof ReferenceError)) throw error;
    throw new EvalsError(
      {
        code: "EVALS_IMPORT_SYNTAX",
        path,
        line: 1,
        column: 1,
        what: `The aliases (*name) of this file cannot be replaced by their values: ${error.message}.`,
        why: "An alias without its anchor has no value; and aliases of aliases could make a small file fill the memory.",
        fix: "Write the values where they are used.",
      },
      { cause: error },
    );
  }
}

/** The pairs of a map by key. Of several pairs with the same key, the first counts. */
function pairsByKey({ items }: YAMLMap): ReadonlyMap<string, Pair> {
  const pairs = new Map<string, Pair>();
  for (const pair of items)
    if (isScalar(pair.key) && !pairs.has(String(pair.key.value))) pairs.set(String(pair.key.value), pair);
  return pairs;
}
