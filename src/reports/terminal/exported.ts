import { plural } from "../format-numbers.ts";

/** The report of an exported run: where it was written, and its number of trials. */
export function exportedRunText(
  place: string,
  { rows, run, suite }: { readonly rows: number; readonly run: string; readonly suite: string },
): string {
  return `${place}\n  ${plural(rows, "trial")} of run ${run} (${suite})\n`;
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
