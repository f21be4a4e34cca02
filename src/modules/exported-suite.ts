import type { UserFunction } from "./user-function.ts";

type Given = { readonly [key: string]: unknown };

/**
 * A function without arguments that returns a module's suite. The suite is the default export, in which every
 * function among the scorers is replaced by an entry that refers to the function. Undefined when the module has
 * no suite.
 *
 * @param file of the module, relative to the project root
 */
export function exportedSuite(
  loaded: { readonly default?: unknown },
  file: string,
): UserFunction | undefined {
  const suite = loaded.default;
  return isMap(suite) ? () => described(suite, [], file) : undefined;
}

/**
 * The value at a path: first a named export, else a place in the default export such as `scorers.0`. Undefined when
 * nothing is there.
 */
export function functionAt(exports: Given, path: string): unknown {
  const steps = path.split(".");
  const walk = (from: unknown): unknown =>
    steps.reduce<unknown>(
      (at, step) =>
        at !== null && typeof at === "object" && Object.hasOwn(at, step) ? (at as Given)[step] : undefined,
      from,
    );
  const named = walk({ ...exports });
  return typeof named === "function" ? named : walk(exports.default);
}

function described(value: unknown, path: readonly string[], file: string): unknown {
  const isScorer = path[0] === "scorers";
  if (typeof value === "function") {
    if (!isScorer) throw new Error(`"${path.join(".")}" is a function, and only scorers can be functions`);
    const { name } = value;
    return { ...entryAt(path, file), ...(name === "" || name === "of" ? {} : { name }) };
  }
  if (Array.isArray(value))
    return value.map((one: unknown, at) => described(one, [...path, String(at)], file));
  if (!isMap(value)) return value;
  const { score, ...rest } = value;
  if (isScorer && typeof score === "function")
    return { ...entryAt([...path, "score"], file), ...(described(rest, path, file) as Given) };
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, described(one, [...path, key], file)]),
  );
}

const entryAt = (path: readonly string[], file: string): Given => ({
  type: "module",
  file,
  export: path.join("."),
});

function isMap(value: unknown): value is Given {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}
