import type { UserFunction } from "./user-function.ts";

/**
 * A module's cases as a function without arguments. The default export, or else the export `cases`, is a list,
 * a function that returns a list, or a generator. Undefined when there is none of these.
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

/** @throws {Error} for a value that is not a list */
async function gathered(value: unknown): Promise<unknown[]> {
  if (!isMany(value)) throw new Error("it does not give a list of cases");
  const all: unknown[] = [];
  for await (const one of value) all.push(one);
  return all;
}
