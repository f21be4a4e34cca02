import { join, relative, resolve, sep } from "node:path";
import { EXIT } from "../../domain/exit-code.ts";
import { EvalsError, type Problem } from "../../domain/problem.ts";
import type { ReportedRun, RunReport } from "../../domain/report.ts";
import { locate } from "../../operations/project/open-project.ts";
import { appendSummary, summaryPath } from "../../operations/reporting/github-summary.ts";
import {
  needsFile,
  REPORTER_NAMES,
  REPORTERS,
  type ReportInput,
  renderReport,
} from "../../operations/reporting/registry.ts";
import { tryReportFile, writeReport } from "../../operations/reporting/report-file.ts";
import { isMatrix } from "../../operations/running/target-matrix.ts";
import { formatProblem } from "../../project/format-problems.ts";
import { runsJson } from "../../reports/json/runs-text.ts";
import type { MatrixOptions } from "../../reports/terminal/matrix.ts";
import { isOnlyNumbers } from "../../reports/terminal/runs-text.ts";
import type { Io } from "../io.ts";
import type { RunOptions } from "../run-options.ts";
import { hasUnicode } from "./has-unicode.ts";
import { wantsColor } from "./wants-color.ts";

export interface Reporters {
  /** Called when a run has ended. */
  run(report: RunReport): void;
  /**
   * Called when all runs have ended, while the store with their cases is still open.
   *
   * @returns the exit code: a passed run whose report could not be written is undecided, because the report was
   * requested
   */
  end(runs: readonly ReportedRun[], exit: number): Promise<number>;
}

interface Wanted {
  readonly name: string;
  /** Absolute path of the file; null for stdout, or for the default file of a page. */
  readonly file: string | null;
  /** Whether the file is named `-`, which means stdout. Then even an HTML page is printed to stdout. */
  readonly stdout: boolean;
}

/**
 * Parses the requested reporters and tries every file, so that mistakes are reported before a run is paid for.
 *
 * @throws {EvalsError} EVALS_REPORTER_UNKNOWN, EVALS_REPORT_FILE, EVALS_REPORT_UNWRITABLE
 */
export async function openReporters(options: RunOptions, io: Io): Promise<Reporters> {
  const wanted = await readReporters(options, io);
  const terminal =
    !options.json && showsTerminal(wanted) ? await import("../../reports/terminal/whole-runs.ts") : null;
  const color = wantsColor(io, options.color);
  let first = true;
  return {
    run: (report) => {
      if (terminal === null || (isMatrix(options) && isOnlyNumbers(report))) return;
      io.stdout(`${first ? "" : "\n"}${terminal.runReport(report, { width: io.width, color })}`);
      first = false;
    },
    end: async (runs, exit) => {
      const place = wanted.length === 0 ? NOWHERE : placeOf(io, options.directory);
      let missing = false;
      if (terminal !== null) {
        const reports = runs.map(({ report }) => report);
        await printMatrices(runs, { width: io.width, color, unicode: hasUnicode(io) }, (text) => {
          io.stdout(`${first ? "" : "\n"}${text}`);
          first = false;
        });
        const summary = terminal.runSummary(reports, { width: io.width, color });
        if (summary !== "") io.stdout(`\n${summary}`);
      }
      for (const one of wanted) {
        if (one.name === "terminal" && one.file === null) continue;
        try {
          const input = { runs, exit, folder: place.folder };
          await report(one, input, { io, root: place.root, json: options.json });
        } catch (error) {
          if (!(error instanceof EvalsError)) throw error;
          missing = true;
          for (const problem of error.problems)
            io.stderr(formatProblem(problem, "error", io.stderrIsTerminal ? io.width : undefined));
        }
      }
      const code = missing && exit === EXIT.ok ? EXIT.undecided : exit;
      if (options.json) io.stdout(await runsJson(code, runs));
      return code;
    },
  };
}

async function printMatrices(
  runs: readonly ReportedRun[],
  options: MatrixOptions,
  print: (text: string) => void,
): Promise<void> {
  const suites = runs.map(({ report }) => report.header.suite);
  if (new Set(suites).size === suites.length) return;
  const { matricesOf } = await import("../../metrics/compare-targets.ts");
  const { matrixReport } = await import("../../reports/terminal/matrix.ts");
  for (const matrix of await matricesOf(runs)) print(matrixReport(matrix, options));
}

/**
 * Whether the terminal report is printed. It is printed when it was requested, or when no other report goes to stdout.
 * GitHub's workflow commands do not count as such a report: with `--reporter github`, stdout has both.
 */
function showsTerminal(wanted: readonly Wanted[]): boolean {
  const onStdout = wanted.filter(({ name, file, stdout }) => stdout || (file === null && !needsFile(name)));
  return onStdout.some(({ name }) => name === "terminal") || onStdout.every(({ name }) => name === "github");
}

const NOWHERE = { root: "", folder: "" };

function placeOf(io: Io, directory: string | undefined) {
  const { root, gitRoot } = locate(io, directory);
  const folder = gitRoot === null ? "" : relative(gitRoot, root).split(sep).join("/");
  return { root, folder };
}

interface Place {
  readonly io: Io;
  readonly root: string;
  readonly json: boolean;
}

async function report(
  { name, file, stdout }: Wanted,
  input: ReportInput,
  { io, root, json }: Place,
): Promise<void> {
  if (name === "github" && summaryPath(io) !== null) appendSummary(io, await renderReport("markdown", input));
  const text = await renderReport(name, input);
  if (file !== null) writeReport(io, file, text);
  else if (needsFile(name) && !stdout) writeDefault(io, root, input, text);
  // With --json, stdout has only the document. GitHub also reads commands from stderr.
  else if (name === "github" && json) io.stderr(text);
  else if (!json) io.stdout(text);
}

/** Writes a page to its default file, for instance `.evals/reports/3f9c.html`, and prints the path. */
export function writeDefault(io: Io, root: string, { runs }: ReportInput, text: string): void {
  const [first] = runs;
  if (first === undefined) return;
  const path = join(root, ".evals", "reports", `${first.report.header.id}.html`);
  writeReport(io, path, text);
  io.stderr(`report: ${relative(io.cwd, path).split(sep).join("/")}\n`);
}

/** Whether a report is a document on stdout, which can have only one. */
function isPrinted({ name, file, stdout }: Wanted): boolean {
  const isDocument = REPORTERS.some((one) => one.name === name && one.document !== undefined);
  return isDocument && (stdout || (file === null && !needsFile(name)));
}

async function readReporters({ reporter, directory, json }: RunOptions, io: Io): Promise<Wanted[]> {
  const cwd = resolve(io.cwd, directory ?? ".");
  const mistakes: ((
    builders: typeof import("../../operations/reporting/reporter-problems.ts"),
  ) => Problem)[] = [];
  const files = new Map<string, string>();
  const wanted = reporter.map((text): Wanted => {
    const at = text.indexOf("=");
    const name = at === -1 ? text : text.slice(0, at);
    const path = at === -1 ? null : text.slice(at + 1);
    const stdout = path === "-";
    const file = path === null || path === "" || stdout ? null : resolve(cwd, path);
    if (!REPORTER_NAMES.includes(name)) mistakes.push((one) => one.unknownReporter(name));
    else if (path === "") mistakes.push((one) => one.unnamedFile(name));
    else if (file !== null && files.has(file)) {
      const other = files.get(file) ?? "";
      mistakes.push((one) => one.fileTwice(text, other));
    }
    if (file !== null) files.set(file, text);
    return { name, file, stdout };
  });
  const printed = [
    ...(json ? ["--json"] : []),
    ...wanted.filter(isPrinted).map(({ name }) => `--reporter ${name}`),
  ];
  // `--reporter json` beside `--json` is the same document.
  const texts = printed.filter((one) => !(json && one === "--reporter json"));
  if (texts.length > 1) mistakes.push((one) => one.stdoutTwice(texts));
  if (mistakes.length > 0) {
    const builders = await import("../../operations/reporting/reporter-problems.ts");
    throw new EvalsError(mistakes.map((mistake) => mistake(builders)));
  }
  const problems = [...files.keys()].flatMap((file) => tryReportFile(io, file));
  if (problems.length > 0) throw new EvalsError(problems);
  return wanted;
}
