import { FunctionExpressionType, JSONPathEnvironment, JSONPathError, type JSONValue } from "json-p3";
import { changedNumbers, withNumbersAsText } from "./exact-json.ts";
import { linearPattern, type TextPattern } from "./linear-pattern.ts";
import { withinTimeLimit } from "./time-limit.ts";

// Import this module lazily: most paths are chains of names, which need no library.

/** A compiled RFC 9535 JSONPath. */
export interface JsonQuery {
  /** Whether the query finds at most one value. */
  readonly singular: boolean;
  /** All values that the query finds, in order. @throws {TookTooLong} */
  values(value: unknown): readonly unknown[];
  /** The paths of the values that the query finds: names and list indices, from the top. @throws {TookTooLong} */
  places(value: unknown): readonly (readonly (string | number)[])[];
}

/** An invalid JSONPath. */
export class JsonQueryMistake extends Error {
  /** From 1. */
  readonly position: number;

  constructor(message: string, position: number, cause: unknown) {
    super(message, { cause });
    this.name = "JsonQueryMistake";
    this.position = position;
  }
}

/** Maximum nesting that a query follows. No accepted value is nested deeper. */
const DEEPEST = 10_000;
const environment = new JSONPathEnvironment({ maxRecursionDepth: DEEPEST });
environment.functionRegister.set(
  "match",
  patternFunction((pattern) => `^(?:${pattern})$`),
);
environment.functionRegister.set(
  "search",
  patternFunction((pattern) => pattern),
);

/** @throws {JsonQueryMistake} */
export function compileJsonQuery(path: string): JsonQuery {
  refuseChangedNumber(path);
  try {
    const query = environment.compile(path);
    return {
      singular: query.singularQuery(),
      places: (value) =>
        withinTimeLimit(`the JSONPath ${path}`, () =>
          query.query(withNumbersAsText(value) as JSONValue).nodes.map(({ location }) => location),
        ),
      // Time-limited, because nested filters and `..` visit the same values again and again.
      values: (value) =>
        withinTimeLimit(`the JSONPath ${path}`, () => {
          const found = query.query(withNumbersAsText(value) as JSONValue);
          return found.nodes.map(({ location }) => location.reduce(step, value));
        }),
    };
  } catch (error) {
    if (!(error instanceof JSONPathError)) throw error;
    const message = error.message.replace(/ \('.*$/s, "");
    throw new JsonQueryMistake(message, error.token.index + 1, error);
  }
}

function step(value: unknown, key: string | number): unknown {
  return (value as Readonly<Record<string | number, unknown>>)[key];
}

/** Rejects a number that a double would change, because the comparison would use another number. */
function refuseChangedNumber(path: string): void {
  const bare = path.replace(/'(?:[^'\\]|\\.)*'/g, (text) => `"${"x".repeat(text.length - 2)}"`);
  for (const { text, index } of changedNumbers(bare)) {
    throw new JsonQueryMistake(
      `${text} cannot be represented exactly: compare it as text`,
      index + 1,
      undefined,
    );
  }
}

/**
 * `match()` and `search()` of RFC 9535, sections 2.4.6 and 2.4.7, in linear time. An invalid text or pattern matches
 * nothing.
 */
function patternFunction(whole: (pattern: string) => string) {
  const KEPT = 64;
  const kept = new Map<string, TextPattern | undefined>();
  const compiled = (pattern: string): TextPattern | undefined => {
    if (kept.has(pattern)) return kept.get(pattern);
    let made: TextPattern | undefined;
    try {
      made = linearPattern(whole(pattern));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
    // Limits the cache, because a pattern may come from the answer itself.
    if (kept.size >= KEPT) kept.clear();
    kept.set(pattern, made);
    return made;
  };
  return {
    argTypes: [FunctionExpressionType.ValueType, FunctionExpressionType.ValueType],
    returnType: FunctionExpressionType.LogicalType,
    call: (text: unknown, pattern: unknown) =>
      typeof text === "string" && typeof pattern === "string" && (compiled(pattern)?.test(text) ?? false),
  };
}
