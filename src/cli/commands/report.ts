import { extname, resolve } from "node:path";
import { didYouMean } from "../../domain/did-you-mean.ts";
import { EvalsError } from "../../domain/problem.ts";
import { reportOf } from "../../operations/report-of.ts";
import { EXIT } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { writeReport } from "../reporting/report-file.ts";
import { renderReport, writeDefault } from "../reporting/reporters.ts";
import { keepHeapSmall } from "../small-heap.ts";

const FORMATS = ["html", "markdown", "junit", "json"] as const;

/** `evals report <run>`: a past run as a document. */
export async function reportCommand(options: Record<string, unknown>, word: string, io: Io): Promise<number> {
  keepHeapSmall();
  const output = options.output as string | undefined;
  const format = readFormat((options.format as string | undefined) ?? formatOfName(output));
  const directory = options.directory as string | undefined;
  return reportOf(io, { directory, run: word }, async ({ run, exit, root }) => {
    const told = { runs: [run], exit, folder: "" };
    const text = await renderReport(format, told);
    if (output !== undefined) writeReport(io, resolve(io.cwd, directory ?? ".", output), text);
    else if (format === "html") writeDefault(io, root, told, text);
    else io.stdout(text);
    // The document says how that run ended; writing it has gone well all the same.
    return EXIT.ok;
  });
}

const ENDINGS: Readonly<Record<string, (typeof FORMATS)[number]>> = {
  ".md": "markdown",
  ".xml": "junit",
  ".json": "json",
};

/** What a file of this name holds; a page, which a person opens, where nothing is said. */
const formatOfName = (file: string | undefined): string => ENDINGS[extname(file ?? "")] ?? "html";

function readFormat(word: string): string {
  if (FORMATS.some((one) => one === word)) return word;
  throw new EvalsError({
    code: "EVALS_REPORTER_UNKNOWN",
    what: `Unknown format "${word}".${didYouMean(word, FORMATS)}`,
    why: "A report that is not written would be missed only when it is needed.",
    fix: `One of: ${FORMATS.join(", ")}`,
  });
}
