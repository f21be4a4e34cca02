import type { FailureCount } from "../../domain/failure.ts";
import type { RunReport } from "../../domain/report.ts";
import { count } from "../format-numbers.ts";
import { inlineCode, inlineText } from "./markdown-text.ts";

/** Why trials failed, a line a class with its most typical trial; empty where no rule knows any. */
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
