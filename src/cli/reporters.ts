import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { didYouMean } from "../domain/did-you-mean.ts";
import { EvalsError } from "../domain/problem.ts";
import type { RunReport } from "../domain/report.ts";
import { runReport } from "../reports/terminal/run-report.ts";
import type { Io } from "./io.ts";
import type { RunOptions } from "./run-options.ts";

type Document = (exit: number, reports: readonly RunReport[]) => string;

/** Makes all text of some reports. One line a reporter; a new one is one module and one line. */
type Render = (reports: readonly RunReport[], exit: number, document: Document) => string;

const renderers: Readonly<Record<string, Render>> = {
  terminal: (reports) => reports.map((report) => runReport(report, { width: 80, color: false })).join("\n"),
  json: (reports, exit, document) => document(exit, reports),
};

export interface Reporters {
  /** A run has ended. */
  run(report: RunReport): void;
  /** All runs have. */
  end(reports: readonly RunReport[], exit: number, document: Document): void;
}

/** @throws {EvalsError} EVALS_REPORTER_UNKNOWN */
export function openReporters(options: RunOptions, io: Io): Reporters {
  const wanted = options.reporter.map(readReporter);
  const live =
    !options.json &&
    (wanted.length === 0 || wanted.some((one) => one.name === "terminal" && one.file === null));
  const color = options.color && io.stdoutIsTerminal && !io.env.NO_COLOR;
  let first = true;
  return {
    run: (report) => {
      if (!live) return;
      io.stdout(`${first ? "" : "\n"}${runReport(report, { width: io.width, color })}`);
      first = false;
    },
    end: (reports, exit, document) => {
      if (options.json) io.stdout(document(exit, reports));
      for (const { name, file } of wanted) {
        if (name === "terminal" && file === null) continue;
        const text = renderers[name]?.(reports, exit, document) ?? "";
        if (file !== null) writeReport(resolve(io.cwd, options.directory ?? ".", file), text);
        else if (!options.json) io.stdout(text);
      }
    },
  };
}

function readReporter(text: string): { readonly name: string; readonly file: string | null } {
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

function writeReport(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
