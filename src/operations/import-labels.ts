import { resolve } from "node:path";
import { decodeText } from "../domain/file-text.ts";
import type { ImportedLabels } from "../domain/imported-labels.ts";
import type { Project } from "../domain/project.ts";
import type { ReadLabels, ReadLabelsOptions } from "../interchange/label-task.ts";
import { mergeLabels } from "../interchange/merge-labels.ts";
import { readLabelCsv } from "../interchange/read-label-csv.ts";
import { readLabelStudio } from "../interchange/read-label-studio.ts";
import { readLabels, whileNobodyWrites, writeLabels } from "../labels/label-file.ts";
import { labelsPath } from "../labels/labels-path.ts";
import { measuredScorers } from "../labels/measured-scorers.ts";
import { readNamedFile } from "../project/named-file.ts";
import type { Environment } from "./environment.ts";
import { labelOwnerWarnings, refuseUnknown } from "./labelling/judge-of-labels.ts";
import type { ExchangeFormat } from "./labelling/label-exchange-format.ts";
import { openProject } from "./project/open-project.ts";

export interface ImportLabelsInput {
  readonly directory?: string | undefined;
  readonly suite: string;
  /** Path of the file, as typed by the user. */
  readonly file: string;
  readonly format: ExchangeFormat;
  /** The rater of labels that name no rater. */
  readonly rater?: string | undefined;
  /** Names of raters by their id in the other tool. */
  readonly raters: ReadonlyMap<string, string>;
  /** The judge or scorer of labels that name no judge. */
  readonly judge?: string | undefined;
}

/**
 * Adds another tool's labels to the suite's labels. A second import of the same file changes nothing.
 *
 * @throws {EvalsError} for an unknown suite or judge, and for mistakes in the project or in the file
 */
export async function importLabels(io: Environment, input: ImportLabelsInput): Promise<ImportedLabels> {
  const { directory, suite, file, format, rater, raters, judge } = input;
  const project = await openProject(io, { directory, suites: [suite] });
  const options: ReadLabelsOptions = {
    ...{ path: file, suite, cases: await casesOf(project, suite), rater, raters },
    now: io.date().toISOString(),
    of: judge,
  };
  if (judge !== undefined) refuseUnknown(suite, judge, measuredOf(project, suite));
  const text = readText(resolve(io.cwd, directory ?? ".", file), file);
  const read = format === "csv" ? readLabelCsv(text, options) : readLabelStudio(text, options);
  const { labels: _, ...counts } = whileNobodyWrites(project.root, suite, () => {
    const all = mergeLabels(readLabels(project.root, suite), read.labels);
    if (all.added + all.updated > 0) writeLabels(project.root, suite, all.labels);
    return all;
  });
  const { open, repeated } = read;
  const path = labelsPath(suite);
  const owners = labelOwnerWarnings(read.labels, { suite, path, scorers: measuredOf(project, suite) });
  const notes = owners.map(({ what, why, fix }) => `${what} ${why} ${fix}`);
  return { suite, path, ...counts, open, repeated, notes, raters: ratersOf(read) };
}

const measuredOf = (project: Project, suite: string) =>
  measuredScorers(project.suites.find((one) => one.name === suite)?.scorers ?? []);

/** Ids of the suite's cases. @throws {EvalsError} with the mistakes of the dataset */
async function casesOf(project: Project, suite: string): Promise<ReadonlySet<string>> {
  const cases = await project.suites.find((one) => one.name === suite)?.openCases();
  if (cases === undefined) return new Set();
  try {
    return new Set(Array.from({ length: cases.count }, (_, index) => cases.id(index)));
  } finally {
    cases.close();
  }
}

function readText(place: string, path: string): string {
  return decodeText(readNamedFile(place, path), path);
}

function ratersOf({ labels, skipped }: ReadLabels) {
  const names = [...new Set([...labels.map((one) => one.rater), ...skipped.keys()])].sort();
  return names.map((rater) => ({
    rater,
    labels: labels.filter((one) => one.rater === rater).length,
    skipped: skipped.get(rater) ?? 0,
  }));
}
