import { EXIT } from "../../domain/exit-code.ts";
import { type ImportedTraces, importTraces } from "../../operations/import-traces.ts";
import { formatProblems } from "../../project/format-problems.ts";
import { plural } from "../../reports/format-numbers.ts";
import { documentText, problemJson } from "../../reports/json/documents.ts";
import { plainLine } from "../../reports/plain-text.ts";
import type { Io } from "../io.ts";

/** What `evals import traces` was asked. */
export interface ImportTracesOptions {
  readonly directory?: string | undefined;
  readonly dryRun?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** `evals import traces`: what production was asked and answered becomes traffic of the store. */
export async function importTracesCommand(
  { directory, dryRun = false, json = false }: ImportTracesOptions,
  sources: readonly string[],
  io: Io,
): Promise<number> {
  const result = await importTraces(io, { directory, sources, dryRun });
  const exit = result.problems.length > 0 ? EXIT.mistake : EXIT.ok;
  if (json) io.stdout(documentOf(result, exit, dryRun));
  else if (exit === EXIT.ok) io.stdout(listing(result, dryRun));
  else
    io.stderr(`${leftLines(result).join("\n")}\n\n${formatProblems(result.problems, "nothing was taken")}`);
  return exit;
}

function documentOf(
  { traces, duplicates, completed, conventions, left, problems }: ImportedTraces,
  exit: number,
  dryRun: boolean,
): string {
  return documentText({
    schema: "evals.import/1",
    exit,
    ...(dryRun ? { dry_run: true } : {}),
    written: [],
    taken: { traces, duplicates, completed },
    conventions,
    left,
    kept: [],
    ...(problems.length === 0 ? {} : { problems: problems.map(problemJson) }),
  });
}

function listing(result: ImportedTraces, dryRun: boolean): string {
  const { traces, duplicates, completed, conventions, redacted } = result;
  return [
    `${dryRun ? "Would take" : "Taken"}: ${plural(traces, "trace")}${completed > 0 ? `, ${completed} of them more complete than before` : ""}`,
    ...(duplicates > 0 ? [`There already: ${plural(duplicates, "trace")}`] : []),
    `Read as: ${conventions.map(({ name, traces: count }) => `${plainLine(name)} (${count})`).join(", ")}`,
    ...leftLines(result),
    ...(redacted ? [] : ["Texts were kept as they are: evalconfig.yaml has no redact:."]),
    "",
    ...(dryRun
      ? ["Nothing was kept: this was a dry run.", ""]
      : ["Next:", "  npx evals traffic     lists and counts what is there", ""]),
  ].join("\n");
}

function leftLines({ left }: ImportedTraces): string[] {
  if (left.length === 0) return ["Nothing was left."];
  return [
    `Left (${plural(left.length, "thing")}):`,
    ...left.flatMap(({ path, line, what, why }) => [
      `  ${plainLine(path)}:${line}  ${plainLine(what)}`,
      `      ${plainLine(why)}`,
    ]),
  ];
}
