import { EXIT } from "../../domain/exit-code.ts";
import { exportRun } from "../../operations/export-run.ts";
import type { ExporterEntry } from "../../operations/exporting/exporters.ts";
import { plural } from "../../reports/format-numbers.ts";
import { documentText } from "../../reports/json/documents.ts";
import type { Io } from "../io.ts";

interface Options {
  readonly directory?: string | undefined;
  readonly out?: string | undefined;
  readonly url?: string | undefined;
  readonly json?: boolean | undefined;
}

/** `evals export <format> [run]`: a run for other programs, as a file or over their API. */
export async function exportRunCommand(
  format: ExporterEntry,
  { directory, out, url, json = false }: Options,
  run: string | undefined,
  io: Io,
): Promise<number> {
  const exported = await exportRun(io, {
    directory,
    run: run ?? "latest",
    format,
    out,
    url,
    print: json ? undefined : io.stdout,
  });
  const place = exported.url ?? exported.file;
  if (json) io.stdout(documentText({ schema: "evals.export/1", exit: EXIT.ok, ...exported }));
  else if (place !== null)
    io.stdout(`${place}\n  ${plural(exported.rows, "trial")} of run ${exported.run} (${exported.suite})\n`);
  return EXIT.ok;
}
