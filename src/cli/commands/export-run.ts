import { EXIT } from "../../domain/exit-code.ts";
import { exportRun, type RunFormat } from "../../operations/export-run.ts";
import { plural } from "../../reports/format-numbers.ts";
import { documentText } from "../../reports/json/documents.ts";
import type { Io } from "../io.ts";

interface Options {
  readonly directory?: string | undefined;
  readonly out?: string | undefined;
  readonly json?: boolean | undefined;
}

/** `evals export csv | json | parquet [run]`: a row or an object a trial, for other programs. */
export async function exportRunCommand(
  format: RunFormat,
  { directory, out, json = false }: Options,
  run: string | undefined,
  io: Io,
): Promise<number> {
  const exported = await exportRun(io, {
    directory,
    run: run ?? "latest",
    format,
    out,
    print: json ? undefined : io.stdout,
  });
  if (json) io.stdout(documentText({ schema: "evals.export/1", exit: EXIT.ok, ...exported }));
  else if (exported.file !== null)
    io.stdout(
      `${exported.file}\n  ${plural(exported.rows, "trial")} of run ${exported.run} (${exported.suite})\n`,
    );
  return EXIT.ok;
}
