import type { UserFunction } from "./user-function.ts";

/**
 * A function without arguments that returns a module's cases. They are the default export, or else the export
 * `cases`: a list, a function that returns a list, or a generator. Undefined when the module exports none of
 * these.
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

/** Collects the items of a list or a generator. @throws {Error} for any other value */
async function gathered(value: unknown): Promise<unknown[]> {
  if (!isMany(value)) throw new Error("the module does not give a list of cases");
  const all: unknown[] = [];
  for await (const one of value) all.push(one);
  return all;
}
