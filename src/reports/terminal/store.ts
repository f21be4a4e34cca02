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
  return `${path} is damaged:\n${lines.join("\n")}\nMove it away (mv ${path} .evals/history.broken); evals then creates a new history. Baselines are in git and are not touched.\n`;
}

/** The report of `evals store prune`: what was deleted, and what was kept and why. */
export function storePruneText({ dry_run, removed, emptied, kept, erased }: PrunedHistory): string {
  const would = dry_run ? "Would delete" : "Deleted";
  const lines = [
    removed.runs + emptied + removed.traces === 0
      ? "Nothing is old enough to be deleted."
      : [
          ...(removed.runs > 0 ? [`${would} ${counted(removed.runs, "run")}.`] : []),
          ...(removed.traces > 0 ? [`${would} ${counted(removed.traces, "trace")}.`] : []),
          ...(emptied > 0 ? [`${would} the answers of ${counted(emptied, "run")}, which stay listed.`] : []),
        ].join(" "),
    ...(kept.length > 0
      ? [
          `Kept ${counted(kept.length, "run")} of that age: a baseline or tag needs ${kept.length === 1 ? "it" : "them"}.`,
        ]
      : []),
    ...removed.files.map(
      (path) => `${dry_run ? "Would delete" : "Deleted"} ${path}, a copy of an earlier version.`,
    ),
    ...(erased === false
      ? [
          "Another process still reads the history, so the deleted data stays in the file. Repeat this command when that process has ended.",
        ]
      : []),
  ];
  return `${lines.join("\n")}\n`;
}
