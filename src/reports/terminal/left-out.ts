import { plural } from "../format-numbers.ts";
import { plainLine } from "../plain-text.ts";

/** A part of a file that was not imported. */
export interface LeftOut {
  readonly path: string;
  readonly line: number;
  readonly what: string;
  readonly why: string;
}

/** What was not imported, with location and reason. */
export function leftOutLines(left: readonly LeftOut[]): string[] {
  if (left.length === 0) return ["Nothing was left."];
  return [
    `Left (${plural(left.length, "thing")}):`,
    ...left.flatMap(({ path, line, what, why }) => [
      `  ${plainLine(path)}:${line}  ${plainLine(what)}`,
      `      ${plainLine(why)}`,
    ]),
  ];
}
