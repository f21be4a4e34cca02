import type { HistoryCheck, HistorySize, PrunedHistory } from "../../domain/store-care.ts";
import { plainText } from "../plain-text.ts";
import { columns } from "./style.ts";

const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;

function size(bytes: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB"];
  let value = bytes;
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

export function storeInfoText({
  path,
  bytes,
  runs,
  answers,
  judgements,
  traces,
  oldest,
  newest,
  earlier,
}: HistorySize): string {
  const day = (at: string | null): string => at?.slice(0, 10) ?? "";
  const rows = [
    ["file", `${path}   ${size(bytes)}`],
    ["runs", runs === 0 ? "none" : `${runs}   ${day(oldest)} to ${day(newest)}`],
    ["answers", `${answers}`],
    ...(judgements > 0 ? [["judges' replies", `${judgements}`]] : []),
    ...(traces > 0 ? [["traces", `${traces}`]] : []),
    ...earlier.map((one) => ["earlier version", `${one.path}   ${size(one.bytes)}`]),
  ];
  return `${columns(rows).join("\n")}\n`;
}

export function storeVerifyText({ path, faults }: HistoryCheck): string {
  if (faults.length === 0) return `${path} is sound.\n`;
  const lines = faults.map((one) => `  ${plainText(one)}`);
  return `${path} is damaged:\n${lines.join("\n")}\nMove it away (mv ${path} .evals/history.broken); a new one is made. Baselines are in git and are not touched.\n`;
}

/** What was deleted, what was kept and why, in sentences. */
export function storePruneText({ dry_run, removed, emptied, kept, erased }: PrunedHistory): string {
  const would = dry_run ? "Would take" : "Took";
  const lines = [
    removed.runs + emptied + removed.traces === 0
      ? "Nothing is old enough to be taken."
      : [
          ...(removed.runs > 0 ? [`${would} ${counted(removed.runs, "run")} out.`] : []),
          ...(removed.traces > 0 ? [`${would} ${counted(removed.traces, "trace")} out.`] : []),
          ...(emptied > 0 ? [`${would} the answers of ${counted(emptied, "run")}, which stay listed.`] : []),
        ].join(" "),
    ...(kept.length > 0
      ? [
          `Kept ${counted(kept.length, "run")} as old: a baseline or tag rests on ${kept.length === 1 ? "it" : "them"}.`,
        ]
      : []),
    ...removed.files.map(
      (path) => `${dry_run ? "Would delete" : "Deleted"} ${path}, a copy of an earlier version.`,
    ),
    ...(erased === false
      ? [
          "Another process still reads the history: what was taken leaves the file once that has ended and this command is repeated.",
        ]
      : []),
  ];
  return `${lines.join("\n")}\n`;
}
