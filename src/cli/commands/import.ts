import { EXIT } from "../../domain/exit-code.ts";
import { type ImportResult, importFiles } from "../../operations/importing/import-files.ts";
import type { ImporterEntry } from "../../operations/importing/importers.ts";
import { formatProblems } from "../../project/format-problems.ts";
import { documentText, problemJson } from "../../reports/json/documents.ts";
import { leftOutLines } from "../../reports/terminal/left-out.ts";
import type { Io } from "../io.ts";

/** What `evals import <tool>` was asked, with options that the tool has of its own. */
export interface ImportOptions {
  readonly [option: string]: unknown;
  readonly directory?: string | undefined;
  readonly out?: string | undefined;
  readonly name?: string | undefined;
  readonly dryRun?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** `evals import <tool>`: another tool's files become suites, datasets, prompts and scorers of this project. */
export async function importCommand(
  entry: ImporterEntry,
  given: ImportOptions,
  sources: readonly string[],
  io: Io,
): Promise<number> {
  const { directory, out, name, dryRun = false, json = false, ...options } = given;
  const result = await importFiles(entry, { directory, sources, out, name, dryRun, options }, io);
  const exit = result.problems.length > 0 ? EXIT.mistake : EXIT.ok;
  if (json) io.stdout(documentOf(result, exit, dryRun));
  else if (exit === EXIT.ok) io.stdout(listing(result, dryRun));
  else
    io.stderr(
      `${leftOutLines(result.left).join("\n")}\n\n${formatProblems(result.problems, "nothing was written")}`,
    );
  return exit;
}

function documentOf(
  { problems, written, unchanged, added, taken, left, kept, more }: ImportResult,
  exit: number,
  dryRun: boolean,
): string {
  return documentText({
    schema: "evals.import/1",
    exit,
    ...(dryRun ? { dry_run: true } : {}),
    written,
    ...(unchanged.length === 0 ? {} : { unchanged }),
    ...(added.length === 0 ? {} : { added }),
    taken,
    left,
    kept,
    ...more,
    ...(problems.length === 0 ? {} : { problems: problems.map(problemJson) }),
  });
}

function listing(result: ImportResult, dryRun: boolean): string {
  const { written, unchanged, added, taken, root } = result;
  const counts = Object.entries(taken)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => (count === 1 ? `1 ${kind.replace(/s$/, "")}` : `${count} ${kind}`));
  const inFolder = root === "." ? "" : ` -C ${root}`;
  return [
    ...written
      .filter((path) => added.length === 0 || !path.endsWith("evalconfig.yaml"))
      .map((path) => `  ${dryRun ? "would write" : "created"}  ${path}`),
    ...unchanged.map((path) => `  ${dryRun ? "is there   " : "kept   "}  ${path}`),
    ...(added.length === 0 ? [] : [`  added to evalconfig.yaml: ${added.join(", ")}`]),
    "",
    `Taken: ${counts.join(", ")}`,
    ...leftOutLines(result.left),
    "",
    ...(dryRun
      ? ["Nothing was written: this was a dry run.", ""]
      : [
          "Next:",
          `  npx evals check${inFolder}     validates every file`,
          `  npx evals run${inFolder}       asks, scores and keeps the answers`,
          "",
        ]),
  ].join("\n");
}
