import { extname, resolve } from "node:path";
import { didYouMean } from "../../domain/did-you-mean.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { ReportedRun, RunReport } from "../../domain/report.ts";
import { findRun } from "../../operations/project/find-run.ts";
import { locate } from "../../operations/project/open-project.ts";
import { storedSide } from "../../operations/sides/stored-side.ts";
import { runDocument } from "../../reports/json/documents.ts";
import { readRunJson } from "../../reports/json/read-run-json.ts";
import { measuredReport } from "../../run/measured-report.ts";
import { openStore } from "../../store/open-store.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import { EXIT, exitCodeFor } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { writeReport } from "../reporting/report-file.ts";
import { reportedRun } from "../reporting/reported-run.ts";
import { renderReport, writeDefault } from "../reporting/reporters.ts";
import { keepHeapSmall } from "../small-heap.ts";

const FORMATS = ["html", "markdown", "junit", "json"] as const;

/** `evals report <run>`: a past run as a document; nothing is run and nothing is judged again. */
export async function reportCommand(options: Record<string, unknown>, word: string, io: Io): Promise<number> {
  keepHeapSmall();
  const output = options.output as string | undefined;
  const format = readFormat((options.format as string | undefined) ?? formatOfName(output));
  const directory = options.directory as string | undefined;
  const { root } = locate(io, directory);
  const store = await openStore(root);
  try {
    const run = pastRun(store, findRun(store, word));
    // The document says how that run ended; writing it has gone well all the same.
    const exit = exitCodeFor([run.report.gate.outcome]);
    const told = { runs: [run], exit, document: runDocument, folder: "" };
    const text = await renderReport(format, told);
    if (output !== undefined) writeReport(io, resolve(io.cwd, directory ?? ".", output), text);
    else if (format === "html") writeDefault(io, root, told, text);
    else io.stdout(text);
    return EXIT.ok;
  } finally {
    store.close();
  }
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

/** The report as it was, with the cases of the run and of the run that it was compared with. */
function pastRun(store: Store, run: StoredRun): ReportedRun {
  const report: RunReport = readRunJson(run.header, run.status, run.report) ?? measuredReport(run, store);
  const id = report.comparison?.baseline.run ?? null;
  const base = id === null ? null : (store.runsByPrefix(id).find((one) => one.header.id === id) ?? null);
  const lines = new Map(report.worst.map((one) => [one.id, one.line]));
  return reportedRun(report, {
    store,
    no: run.no,
    baseline: { side: base === null ? null : storedSide(store, base), run: base },
    lineOf: ({ id }) => lines.get(id) ?? null,
  });
}
