import { parseDuration } from "./duration.ts";

/** A bound on a metric: `>= 0.9`, `<= 4s`. */
export interface Bound {
  readonly op: ">=" | ">" | "<=" | "<";
  /** In the metric's own unit: a share in [0, 1], milliseconds, US dollars, tokens. */
  readonly value: number;
  /** The bound as the user wrote it, for instance `<= 4s`. */
  readonly text: string;
}

/** Parses a bound; a time (`4s`) is converted to milliseconds. Undefined for an invalid bound. */
export function parseBound(text: string): Bound | undefined {
  const match = /^\s*(>=|<=|>|<)\s*(\S+)\s*$/.exec(text);
  const [, op, number = ""] = match ?? [];
  if (op === undefined) return undefined;
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(number) ? Number(number) : parseDuration(number);
  return value === undefined ? undefined : { op: op as Bound["op"], value, text: text.trim() };
}

/** Rounding errors must not decide a gate: a mean of 0.8999999999999999 counts as 0.9. */
export const ROUNDING = 1e-9;

export function holds({ op, value: bound }: Bound, value: number): boolean {
  switch (op) {
    case ">=":
      return value >= bound - ROUNDING;
    case "<=":
      return value <= bound + ROUNDING;
    case ">":
      return value > bound + ROUNDING;
    case "<":
      return value < bound - ROUNDING;
    default:
      return op satisfies never;
  }
}
