import { plural } from "../format-numbers.ts";

/** A run that went to another program: where it is now, and how much of it. */
export function exportedRunText(
  place: string,
  { rows, run, suite }: { readonly rows: number; readonly run: string; readonly suite: string },
): string {
  return `${place}\n  ${plural(rows, "trial")} of run ${run} (${suite})\n`;
}

/** Corrections in a file: how many, and of which class of failure. */
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
