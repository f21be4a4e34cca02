import { extname, resolve } from "node:path";
import { didYouMean } from "../../domain/did-you-mean.ts";
import { EXIT } from "../../domain/exit-code.ts";
import { EvalsError } from "../../domain/problem.ts";
import { reportOf } from "../../operations/report-of.ts";
import type { ReportCall } from "../declarations/report.ts";
import { DOCUMENT_NAMES, needsFile, REPORTERS } from "../reporting/registry.ts";
import { writeReport } from "../reporting/report-file.ts";
import { renderReport, writeDefault } from "../reporting/reporters.ts";
import { keepHeapSmall } from "../small-heap.ts";

/** `evals report <run> [other]`: a past run as a document, or a comparison of two runs. */
export async function reportCommand({ io, options, args: [word, candidate] }: ReportCall): Promise<number> {
  keepHeapSmall();
  const { directory, output } = options;
  const format = readFormat(options.format ?? formatOfName(output));
  return reportOf(io, { directory, run: word, candidate }, async ({ run, exit, root }) => {
    const input = { runs: [run], exit, folder: "" };
    const text = await renderReport(format, input);
    if (output !== undefined) writeReport(io, resolve(io.cwd, directory ?? ".", output), text);
    else if (needsFile(format) && (options.format === undefined || io.stdoutIsTerminal))
      // Users open a page from a file; with an explicit format and redirected output it goes to stdout.
      writeDefault(io, root, input, text);
    else io.stdout(text);
    // The document contains the run's result; writing it has succeeded in any case.
    return EXIT.ok;
  });
}

/** The format for a file name; the default is a page. */
function formatOfName(file: string | undefined): string {
  const ending = extname(file ?? "");
  return REPORTERS.find(({ document }) => document?.ending === ending)?.name ?? "html";
}

function readFormat(word: string): string {
  if (DOCUMENT_NAMES.includes(word)) return word;
  throw new EvalsError({
    code: "EVALS_REPORTER_UNKNOWN",
    what: `Unknown format "${word}".${didYouMean(word, DOCUMENT_NAMES)}`,
    why: "A report that is never written would be noticed only when somebody needs it.",
    fix: `One of: ${DOCUMENT_NAMES.join(", ")}`,
  });
}
