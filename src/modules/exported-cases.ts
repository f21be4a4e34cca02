import type { UserFunction } from "./user-function.ts";

/**
 * What a module gives that makes cases, as a function without arguments: its default export, or else its export `cases`. That is a
 * list, a function that gives one, or a generator. Undefined where it exports none of these.
 */
export function exportedCases(loaded: {
  readonly default?: unknown;
  readonly cases?: unknown;
}): UserFunction | undefined {
  const exported = loaded.default ?? loaded.cases;
  if (typeof exported === "function") return async () => gathered(await (exported as UserFunction)());
  return isMany(exported) ? () => gathered(exported) : undefined;
}

type Many = Iterable<unknown> | AsyncIterable<unknown>;

function isMany(value: unknown): value is Many {
  if (value === null || typeof value !== "object") return false;
  return Symbol.asyncIterator in value || Symbol.iterator in value;
}

/** @throws {Error} for what is no list */
async function gathered(value: unknown): Promise<unknown[]> {
  if (!isMany(value)) throw new Error("it gives no list of cases");
  const all: unknown[] = [];
  for await (const one of value) all.push(one);
  return all;
}
