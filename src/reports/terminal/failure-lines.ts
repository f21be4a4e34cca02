import type { FailureCount } from "../../domain/failure.ts";
import type { RunReport } from "../../domain/report.ts";
import { count } from "../format-numbers.ts";
import { plainLine } from "../plain-text.ts";
import { cut } from "./cut.ts";
import { columns } from "./style.ts";

/** Why trials failed: each class with its most typical trial. Empty when no class is known. */
export function failureLines({ failures }: RunReport, width: number): string[] {
  const classes = Object.entries(failures ?? {}) as [string, FailureCount][];
  if (classes.every(([name]) => name === "unknown")) return [];
  const rows = columns(
    classes.map(([name, { trials, clusters }]) => {
      const [typical] = clusters;
      const shown =
        typical === undefined
          ? ""
          : `${plainLine(typical.case)}/${typical.trial}: ${plainLine(typical.evidence)}`;
      return [`   ${name}`, count(trials), shown];
    }),
  );
  return ["  why trials failed", ...rows.map((row) => cut(`  ${row}`, width))];
}
