import type { Json } from "./json.ts";

const ofCells = new WeakSet<object>();

/** Remembers that an object's members are cells of a CSV file, which are always text. */
export function rememberCells(value: object): void {
  ofCells.add(value);
}

/** Whether a value is an object whose members are cells of a CSV file. */
export function isOfCells(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && ofCells.has(value);
}

/**
 * Remembers the same of a changed copy.
 *
 * @returns `copy`
 */
export function copyCells<T>(original: unknown, copy: T): T {
  if (typeof original !== "object" || original === null || typeof copy !== "object" || copy === null)
    return copy;
  if (!ofCells.has(original)) return copy;
  rememberCells(copy);
  for (const [key, value] of Object.entries(original))
    copyCells(value, (copy as Record<string, unknown>)[key]);
  return copy;
}
