import type { Json } from "../../domain/json.ts";

/** A member's name, or a list index from 0. */
export type PathStep = string | number;

const STEP = /\.?([^.[\]"'\s]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|\['((?:[^'\\]|\\.)*)'\]/y;

/**
 * Parses `expected.items[0]["my key"]` into steps.
 *
 * @returns undefined when the text is not such a path
 */
export function parsePath(text: string): readonly PathStep[] | undefined {
  const steps: PathStep[] = [];
  STEP.lastIndex = 0;
  for (let at = 0; at < text.length; at = STEP.lastIndex) {
    const match = STEP.exec(text);
    // A name is first or follows a dot, and a dot is never first.
    if (match === null || (match[1] !== undefined && (at === 0) === match[0].startsWith(".")))
      return undefined;
    steps.push(
      match[2] === undefined
        ? (match[1] ?? (match[3] ?? match[4] ?? "").replace(/\\(.)/g, "$1"))
        : Number(match[2]),
    );
  }
  return steps.length === 0 ? undefined : steps;
}

/** The value at the end of the steps; undefined when a step does not exist. Inherited members do not count. */
export function walk(start: unknown, steps: readonly PathStep[]): Json | undefined {
  let value = start;
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i] as PathStep;
    if (typeof value !== "object" || value === null) return undefined;
    if (Array.isArray(value) ? typeof step !== "number" : typeof step === "number") return undefined;
    if (!Object.hasOwn(value, step)) return undefined;
    value = (value as Record<PathStep, unknown>)[step];
  }
  return value as Json | undefined;
}
