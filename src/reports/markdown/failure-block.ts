import type { FailureCount } from "../../domain/failure.ts";
import type { RunReport } from "../../domain/report.ts";
import { count, percent, points } from "../format-numbers.ts";
import { inlineCode, inlineText } from "./markdown-text.ts";

/** Why trials failed: one line per failure class with its most typical trial; empty when no class is known. */
export function failureBlock({ failures }: RunReport): string {
  const classes = Object.entries(failures ?? {}) as [string, FailureCount][];
  if (classes.every(([name]) => name === "unknown")) return "";
  const rows = classes.map(([name, { trials, clusters }]) => {
    const [typical] = clusters;
    const shown =
      typical === undefined
        ? ""
        : `${inlineCode(`${typical.case}/${typical.trial}`, 80)} ${inlineText(typical.evidence, 200)}`;
    return `| ${name} | ${count(trials)} | ${shown} |`;
  });
  return ["| why trials failed | trials | most typical |", "| --- | ---: | --- |", ...rows].join("\n");
}

/**
 * Failure classes with more failed trials than in the baseline; empty when there are none, or when run or baseline
 * has no classes.
 */
export function growthBlock({ comparison }: RunReport): string {
  const grown = comparison?.failures ?? [];
  if (grown.length === 0) return "";
  const rows = grown.map(
    ({ class: name, baseline, candidate, delta, low, high, significant }) =>
      `| ${name} | ${percent(baseline)} | ${percent(candidate)} | ${points(delta)} (${points(low)} to ${points(high)})${significant ? " **grew**" : ""} |`,
  );
  return ["| failures that grew | was | is | points (90 %) |", "| --- | ---: | ---: | ---: |", ...rows].join(
    "\n",
  );
}
