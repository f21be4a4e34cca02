import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { decodeText } from "../../domain/file-text.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { Project } from "../../domain/project.ts";
import type { ReadLabels, ReadLabelsOptions } from "../../interchange/label-task.ts";
import { type MergedLabels, mergeLabels } from "../../interchange/merge-labels.ts";
import { readLabelCsv } from "../../interchange/read-label-csv.ts";
import { readLabelStudio } from "../../interchange/read-label-studio.ts";
import { labelsPath, readLabels, whileNobodyWrites, writeLabels } from "../../labels/label-file.ts";
import { measuredScorers } from "../../labels/label-of.ts";
import { refuseUnknown } from "../../operations/labelling/judge-of-labels.ts";
import { exchangeFormat } from "../../operations/labelling/label-exchange-format.ts";
import { openProject } from "../../operations/project/open-project.ts";
import { fileProblem } from "../../project/file-problems.ts";
import { plural } from "../../reports/format-numbers.ts";
import { documentText } from "../../reports/json/documents.ts";
import { plainLine } from "../../reports/plain-text.ts";
import { EXIT } from "../exit-code.ts";
import type { Io } from "../io.ts";

/** `evals import labels`: other people's judgements become lines of the suite's labels; twice changes nothing. */
export async function importLabelsCommand(
  raw: Record<string, unknown>,
  suite: string,
  file: string,
  io: Io,
): Promise<number> {
  const format = exchangeFormat(raw.format);
  const directory = raw.directory as string | undefined;
  const project = await openProject(io, { directory, suites: [suite] });
  const raters = readRaters((raw.rater as readonly string[] | undefined) ?? []);
  const options: ReadLabelsOptions = {
    ...{ path: file, suite, cases: await casesOf(project, suite), ...raters },
    now: io.date().toISOString(),
    of: raw.judge as string | undefined,
  };
  if (options.of !== undefined) refuseUnknown(suite, options.of, measuredOf(project, suite));
  const text = readText(resolve(io.cwd, directory ?? ".", file), file);
  const read = format === "csv" ? readLabelCsv(text, options) : readLabelStudio(text, options);
  const merged = whileNobodyWrites(project.root, suite, () => {
    const all = mergeLabels(readLabels(project.root, suite), read.labels);
    if (all.added + all.updated > 0) writeLabels(project.root, suite, all.labels);
    return all;
  });
  io.stdout(raw.json === true ? document(suite, read, merged) : listing(suite, read, merged));
  return EXIT.ok;
}

const measuredOf = (project: Project, suite: string) =>
  measuredScorers(project.suites.find((one) => one.name === suite)?.suite.scorers ?? []);

/** @throws {EvalsError} with the mistakes of the dataset */
async function casesOf(project: Project, suite: string): Promise<ReadonlySet<string>> {
  const cases = await project.suites.find((one) => one.name === suite)?.openCases();
  if (cases === undefined) return new Set();
  try {
    return new Set(Array.from({ length: cases.count }, (_, index) => cases.id(index)));
  } finally {
    cases.close();
  }
}

/** `--rater NAME` names who made labels that name nobody; `--rater 10=NAME` names user 10 of the other tool. */
function readRaters(given: readonly string[]): Pick<ReadLabelsOptions, "rater" | "raters"> {
  const raters = new Map<string, string>();
  let rater: string | undefined;
  for (const word of given) {
    const [, id, name] = /^([^=]+)=(.+)$/.exec(word) ?? [];
    if (id !== undefined && name !== undefined) raters.set(id.trim(), name.trim());
    else rater = word.trim() || undefined;
  }
  return { raters, rater };
}

function readText(place: string, path: string): string {
  try {
    return decodeText(readFileSync(place), path);
  } catch (error) {
    if (error instanceof EvalsError) throw error;
    throw new EvalsError(fileProblem(path, error), { cause: error });
  }
}

function ratersOf({ labels, skipped }: ReadLabels) {
  const names = [...new Set([...labels.map((one) => one.rater), ...skipped.keys()])].sort();
  return names.map((rater) => ({
    rater,
    labels: labels.filter((one) => one.rater === rater).length,
    skipped: skipped.get(rater) ?? 0,
  }));
}

function document(suite: string, read: ReadLabels, { labels: _, ...counts }: MergedLabels): string {
  const raters = ratersOf(read);
  return documentText({
    schema: "evals.import/1",
    exit: EXIT.ok,
    suite,
    ...counts,
    open: read.open,
    repeated: read.repeated,
    raters,
  });
}

function listing(suite: string, read: ReadLabels, merged: MergedLabels): string {
  const { added, updated, unchanged, older } = merged;
  const raters = ratersOf(read);
  const counts = [
    `${added} added`,
    ...(updated > 0 ? [`${updated} changed since`] : []),
    ...(unchanged > 0 ? [`${unchanged} there already`] : []),
    ...(older > 0 ? [`${older} older than what is there`] : []),
    ...(read.repeated > 0 ? [`${read.repeated} said again later by the same rater`] : []),
    ...(read.open > 0 ? [`${plural(read.open, "answer")} not judged by anybody`] : []),
  ];
  return [
    `${labelsPath(suite)}: ${counts.join(", ")}`,
    ...raters.map(
      ({ rater, labels, skipped }) =>
        `  ${plainLine(rater)}: ${plural(labels, "label")}${skipped > 0 ? `, ${skipped} skipped` : ""}`,
    ),
    ...(raters.some(({ rater }) => rater.startsWith("label-studio:"))
      ? ["  To give a Label Studio user a name: --rater <id>=<name>"]
      : []),
    ...(added + updated > 0 ? ["Commit the file."] : []),
    "",
  ].join("\n");
}
