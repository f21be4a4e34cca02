import { EXIT } from "../../domain/exit-code.ts";
import { exportCorrections } from "../../operations/export-corrections.ts";
import { plural } from "../../reports/format-numbers.ts";
import { documentText } from "../../reports/json/documents.ts";
import type { Io } from "../io.ts";

interface Options {
  readonly directory?: string | undefined;
  readonly out?: string | undefined;
  readonly json?: boolean | undefined;
}

/** `evals export corrections`: tuning data out of what people corrected. */
export async function exportCorrectionsCommand(
  { directory, out, json = false }: Options,
  datasets: readonly string[],
  io: Io,
): Promise<number> {
  const print = json ? undefined : io.stdout;
  const exported = await exportCorrections(io, { directory, datasets, out, print });
  const { corrections, failures, file } = exported;
  if (json)
    io.stdout(documentText({ schema: "evals.export/1", exit: EXIT.ok, format: "corrections", ...exported }));
  else if (file !== null) {
    const counted = Object.entries(failures).map(([why, count]) => `  ${why.padEnd(16)} ${count}\n`);
    io.stdout(`${file}\n  ${plural(corrections, "correction")}\n${counted.join("")}`);
  }
  return EXIT.ok;
}
