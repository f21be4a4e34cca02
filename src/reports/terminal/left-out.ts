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
  if (left.length === 0) return ["Nothing was left out."];
  return [
    `Left out (${plural(left.length, "thing")}):`,
    ...alike(left).flatMap(([{ path, line, what, why }, ...more]) => [
      `  ${plainLine(path)}:${line}  ${plainLine(what)}`,
      `      ${plainLine(why)}`,
      ...(more.length === 0 ? [] : [`      ${moreLines(more)}`]),
    ]),
  ];
}

type Alike = readonly [LeftOut, ...LeftOut[]];

/** Groups entries that differ only in their line number. The groups are in the order of their first entries. */
function alike(left: readonly LeftOut[]): Alike[] {
  const groups = new Map<string, [LeftOut, ...LeftOut[]]>();
  for (const one of left) {
    const key = JSON.stringify([one.path, one.what, one.why]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()];
}

const SHOWN = 5;

function moreLines(more: readonly LeftOut[]): string {
  const lines = more.slice(0, SHOWN).map(({ line }) => line);
  return `The same in ${plural(more.length, "more line")}: ${lines.join(", ")}${more.length > SHOWN ? ", …" : ""}`;
}
