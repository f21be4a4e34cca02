import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { didYouMean } from "../domain/did-you-mean.ts";
import { EvalsError } from "../domain/problem.ts";
import type { ReportedRun, RunReport } from "../domain/report.ts";
import { runReport } from "../reports/terminal/run-report.ts";
import { appendSummary } from "./github-summary.ts";
import type { Io } from "./io.ts";
import { locate } from "./open-project.ts";
import type { RunOptions } from "./run-options.ts";

type Document = (exit: number, reports: readonly RunReport[]) => string;

/** All that a reporter may tell. */
export interface Told {
  readonly runs: readonly ReportedRun[];
  readonly exit: number;
  readonly document: Document;
  /** The project's folder in its repository, with `/`; empty at its root. */
  readonly folder: string;
}

/** Makes all text of some runs. One line a reporter; a new one is one module and one line. */
type Render = (told: Told) => string | Promise<string>;

const renderers: Readonly<Record<string, Render>> = {
  terminal: ({ runs }) => runs.map(({ report }) => runReport(report, { width: 80, color: false })).join("\n"),
  json: ({ runs, exit, document }) =>
    document(
      exit,
      runs.map(({ report }) => report),
    ),
  junit: async ({ runs }) => (await import("../reports/junit/junit.ts")).junitReport(runs),
  markdown: async ({ runs }) => (await import("../reports/markdown/markdown.ts")).markdownReport(runs),
  github: async ({ runs, folder }) =>
    (await import("../reports/github/annotations.ts")).annotations(runs, folder),
  html: async ({ runs }) => (await import("../reports/html/page.ts")).htmlReport(runs),
};

/** Too large or too rich for a terminal: without a file's name it gets one. */
const NEEDS_FILE = "html";

export interface Reporters {
  /** A run has ended. */
  run(report: RunReport): void;
  /** All runs have; the store that their cases are read from is still open. */
  end(runs: readonly ReportedRun[], exit: number, document: Document): Promise<void>;
}

interface Wanted {
  readonly name: string;
  readonly file: string | null;
}

/** @throws {EvalsError} EVALS_REPORTER_UNKNOWN */
export function openReporters(options: RunOptions, io: Io): Reporters {
  const wanted = options.reporter.map(readReporter);
  const live = !options.json && showsTerminal(wanted);
  const color = options.color && io.stdoutIsTerminal && !io.env.NO_COLOR;
  let first = true;
  return {
    run: (report) => {
      if (!live) return;
      io.stdout(`${first ? "" : "\n"}${runReport(report, { width: io.width, color })}`);
      first = false;
    },
    end: async (runs, exit, document) => {
      if (options.json)
        io.stdout(
          document(
            exit,
            runs.map(({ report }) => report),
          ),
        );
      if (wanted.length === 0) return;
      const place = placeOf(io, options.directory);
      for (const one of wanted) {
        if (one.name === "terminal" && one.file === null) continue;
        const told = { runs, exit, document, folder: place.folder };
        await report(one, told, { io, root: place.root, cwd: place.cwd, json: options.json });
      }
    },
  };
}

/** GitHub's reporter only adds to what a person reads in the log. */
function showsTerminal(wanted: readonly Wanted[]): boolean {
  const onStdout = wanted.filter(({ name, file }) => file === null && name !== NEEDS_FILE);
  return (
    wanted.length === 0 ||
    onStdout.some(({ name }) => name === "terminal") ||
    (onStdout.length > 0 && onStdout.every(({ name }) => name === "github"))
  );
}

function placeOf(io: Io, directory: string | undefined) {
  const { root, gitRoot } = locate(io, directory);
  const folder = gitRoot === null ? "" : relative(gitRoot, root).split(sep).join("/");
  return { root, folder, cwd: resolve(io.cwd, directory ?? ".") };
}

interface Place {
  readonly io: Io;
  readonly root: string;
  readonly cwd: string;
  readonly json: boolean;
}

async function report({ name, file }: Wanted, told: Told, { io, root, cwd, json }: Place): Promise<void> {
  if (name === "github") appendSummary(io, await renderReport("markdown", told));
  const text = await renderReport(name, told);
  if (file !== null) writeReport(io, resolve(cwd, file), text);
  else if (name === NEEDS_FILE) writeDefault(io, root, told, text);
  // GitHub reads both streams for its commands; under --json stdout is one document.
  else if (name === "github" && json) io.stderr(text);
  else if (!json) io.stdout(text);
}

/** The whole text of one reporter. */
export async function renderReport(name: string, told: Told): Promise<string> {
  return (await renderers[name]?.(told)) ?? "";
}

/** `.evals/reports/3f9c.html`, and where that is. */
export function writeDefault(io: Io, root: string, { runs }: Told, text: string): void {
  const [first] = runs;
  if (first === undefined) return;
  const path = join(root, ".evals", "reports", `${first.report.header.id}.html`);
  writeReport(io, path, text);
  io.stderr(`report: ${relative(io.cwd, path).split(sep).join("/")}\n`);
}

function readReporter(text: string): Wanted {
  const at = text.indexOf("=");
  const name = at === -1 ? text : text.slice(0, at);
  if (!Object.hasOwn(renderers, name)) {
    throw new EvalsError({
      code: "EVALS_REPORTER_UNKNOWN",
      what: `Unknown reporter "${name}".${didYouMean(name, Object.keys(renderers))}`,
      why: "A report that is not written would be missed only when it is needed.",
      fix: `One of: ${Object.keys(renderers).join(", ")}, with =file to write a file`,
    });
  }
  return { name, file: at === -1 ? null : text.slice(at + 1) };
}

/** @throws {EvalsError} EVALS_REPORT_UNWRITABLE */
export function writeReport(io: Io, path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    throw new EvalsError(
      {
        code: "EVALS_REPORT_UNWRITABLE",
        what: `The report cannot be written to ${relative(io.cwd, path)} (${code}).`,
        why: "The run is stored, but whoever waits for this file would miss it.",
        fix: "Name a file that can be written; evals report latest --format … writes it without running again",
      },
      { cause: error },
    );
  }
}
