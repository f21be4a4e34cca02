import { extname, resolve } from "node:path";
import { didYouMean } from "../../domain/did-you-mean.ts";
import { EXIT } from "../../domain/exit-code.ts";
import { EvalsError } from "../../domain/problem.ts";
import { reportOf } from "../../operations/report-of.ts";
import { DOCUMENT_NAMES, needsFile, REPORTERS, renderReport } from "../../operations/reporting/registry.ts";
import { writeReport } from "../../operations/reporting/report-file.ts";
import type { ReportCall } from "../declarations/report.ts";
import { writeDefault } from "../reporting/reporters.ts";
import { keepHeapSmall } from "../v8-flags.ts";

/** `evals report <run> [other]`: writes a document about a past run, or about a run compared with another. */
export async function reportCommand({ io, options, args: [word, candidate] }: ReportCall): Promise<number> {
  keepHeapSmall();
  const { directory, output } = options;
  const format = readFormat(options.format ?? formatOfName(output));
  return reportOf(io, { directory, run: word, candidate }, async ({ run, exit, root }) => {
    const input = { runs: [run], exit, folder: "" };
    const text = await renderReport(format, input);
    if (output === "-") io.stdout(text);
    else if (output !== undefined) writeReport(io, resolve(io.cwd, directory ?? ".", output), text);
    else if (needsFile(format) && io.stdoutIsTerminal)
      // On a terminal an HTML page would be unreadable, so it goes to a file; a pipe or a redirection gets the HTML.
      writeDefault(io, root, input, text);
    else io.stdout(text);
    // The exit code only says that the document was written. The run's result is in the document.
    return EXIT.ok;
  });
}

/** The format that belongs to a file's extension; `html` for any other extension, and when no file is named. */
function formatOfName(file: string | undefined): string {
  const ending = extname(file ?? "");
  return REPORTERS.find(({ document }) => document?.ending === ending)?.name ?? "html";
}

function readFormat(word: string): string {
  if (DOCUMENT_NAMES.includes(word)) return word;
  throw new EvalsError({
    code: "EVALS_REPORTER_UNKNOWN",
    what: `Unknown format "${word}".${didYouMean(word, DOCUMENT_NAMES)}`,
    why: "A missing report would only be noticed when it is needed.",
    fix: `One of: ${DOCUMENT_NAMES.join(", ")}`,
  });
}
