import { plural } from "../format-numbers.ts";
import { plainLine } from "../plain-text.ts";

interface ExportedRun {
  readonly rows: number;
  readonly run: string;
  readonly suite: string;
  readonly page?: string | undefined;
}

/** The report of an exported run: where it was written, its number of trials, and the page that shows it. */
export function exportedRunText(place: string, { rows, run, suite, page }: ExportedRun): string {
  const shown = page === undefined ? "" : `  ${plainLine(page)}\n`;
  return `${place}\n  ${plural(rows, "trial")} of run ${run} (${suite})\n${shown}`;
}

/** The report of exported corrections: their number by failure class. */
export function exportedCorrectionsText(
  file: string,
  {
    corrections,
    failures,
  }: { readonly corrections: number; readonly failures: Readonly<Partial<Record<string, number>>> },
): string {
  const counted = Object.entries(failures).map(([why, count]) => `  ${why.padEnd(16)} ${count}\n`);
  return `${file}\n  ${plural(corrections, "correction")}\n${counted.join("")}`;
}
