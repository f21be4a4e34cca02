import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { everyItem } from "../domain/pages.ts";
import { EvalsError } from "../domain/problem.ts";
import { type LabelTable, labelCsv } from "../interchange/label-csv.ts";
import { labelStudioConfig } from "../interchange/label-studio-config.ts";
import { labelStudioTasks } from "../interchange/label-studio-tasks.ts";
import type { AskedCriterion } from "../interchange/label-task.ts";
import { readLabels } from "../labels/label-file.ts";
import { plural } from "../reports/format-numbers.ts";
import type { Store, StoredRun } from "../store/store.ts";
import type { Environment } from "./environment.ts";
import { runToLabel } from "./labelling/answers-of-run.ts";
import { judgeCriteria } from "./labelling/judge-criteria.ts";
import { judgeOfLabels, labelsBeside, measuredInRun } from "./labelling/judge-of-labels.ts";
import type { ExchangeFormat } from "./labelling/label-exchange-format.ts";
import { type AnswerChoice, pickedQuestions } from "./labelling/label-questions.ts";
import { locate } from "./project/open-project.ts";
import { restrictedRuns } from "./project/restricted-runs.ts";
import { openStoredHistory } from "./project/stored-history.ts";

export interface ExportLabelsInput extends AnswerChoice {
  readonly directory?: string | undefined;
  /** The run whose answers are exported: a run id, or the name of a suite, which means its newest run. */
  readonly word: string;
  readonly format: ExchangeFormat;
  /** Path of the file to write; by default in .evals/exports, except for a table with `tableAsText`. */
  readonly output?: string | undefined;
  /** Whether a table is returned as text when `output` is not given. */
  readonly tableAsText: boolean;
  /** The judge or scorer that the labels are to measure; needed only if the suite has several. */
  readonly judge?: string | undefined;
}

/** What was written for another tool. */
export type LabelExport =
  /** The table; null when it was written to a file. */
  | { readonly format: "csv"; readonly text: string | null }
  /** Paths relative to the working directory. */
  | {
      readonly format: "label-studio";
      readonly suite: string;
      readonly config: string;
      readonly tasks: string;
    };

/**
 * Exports a run's answers, to be labelled in another tool. A table also contains the labels that exist already.
 *
 * @throws {EvalsError} for an unknown run or judge, a restricted dataset, or a file that cannot be written
 */
export async function exportLabels(io: Environment, input: ExportLabelsInput): Promise<LabelExport> {
  const { word, format, directory } = input;
  const place = locate(io, directory);
  const named = input.output === undefined ? null : resolve(io.cwd, directory ?? ".", input.output);
  const table = (labels: LabelTable, criteria: readonly AskedCriterion[]): LabelExport => {
    const text = labelCsv(labels, criteria);
    if (named === null && input.tableAsText) return { format: "csv", text };
    write(io, named ?? resolve(place.root, ".evals/exports", `${labels.suite}.csv`), text);
    return { format: "csv", text: null };
  };
  const store = await openStoredHistory(place.root, io);
  try {
    if (format === "csv" && (await store.read.runs({}, { limit: 1 })).items.length === 0) {
      const labels = readLabels(place.root, word);
      if (labels.length > 0) return table({ suite: word, tasks: [], labels, contentOf: () => null }, []);
    }
    const run = await runToLabel(store, word);
    const { suite } = run.header;
    if (restrictedRuns(place.root)(run.header)) throw restricted(run.header);
    const scorers = measuredInRun(run.header);
    const of = judgeOfLabels(suite, input.judge, scorers);
    const labels = labelsBeside(readLabels(place.root, suite), of, scorers);
    const tasks = await pickedQuestions({ store, run, rater: "", labels, of }, input);
    const criteria = await judgeCriteria(place, run.header, of);
    io.notice(`${plural(tasks.length, "answer")} of run ${run.header.id}; judges' verdicts are left out`);
    if (format === "csv") {
      const asked = [...tasks, ...labels].map((one) => one.case);
      return table({ suite, tasks, labels, contentOf: await contents(store, run, asked), of }, criteria);
    }
    const file = named ?? resolve(place.root, ".evals/exports", `${suite}.label-studio.json`);
    const config = `${file.replace(/\.json$/, "")}.config.xml`;
    write(io, file, labelStudioTasks(suite, tasks, of));
    write(io, config, labelStudioConfig(criteria));
    return { format, suite, config: shown(io, config), tasks: shown(io, file) };
  } finally {
    store.close();
  }
}

function restricted({ suite, parts }: StoredRun["header"]): EvalsError {
  return new EvalsError({
    code: "EVALS_RESTRICTED",
    what: `The dataset of suite ${suite} (${parts?.dataset ?? "unknown"}) is restricted.`,
    why: "The texts of a restricted dataset, and the answers to it, must not leave the store. Without texts, another tool has nothing to show.",
    fix: `Label the answers on this machine: evals label ${suite}`,
  });
}

/**
 * Reads the content that the given cases had in a run. The returned function gives the content by case id, and null
 * for any other case.
 */
async function contents(
  { read }: Store,
  { no }: StoredRun,
  cases: readonly string[],
): Promise<LabelTable["contentOf"]> {
  const wanted = new Set(cases);
  const known = new Map<string, ReturnType<LabelTable["contentOf"]>>();
  for await (const { id, case_no } of everyItem((page) => read.cases(no, page)))
    if (wanted.has(id)) known.set(id, await read.content(no, case_no));
  return (id) => known.get(id) ?? null;
}

const shown = (io: Environment, path: string): string => relative(io.cwd, path);

/** Writes a file and its folder. @throws {EvalsError} EVALS_EXPORT_UNWRITABLE */
function write(io: Environment, path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  } catch (error) {
    throw new EvalsError(
      {
        code: "EVALS_EXPORT_UNWRITABLE",
        path: shown(io, path),
        what: `This file cannot be written (${(error as NodeJS.ErrnoException).code ?? "unknown error"}).`,
        why: "The labelling tool for which the labels are exported would have no file to import.",
        fix: "Name a file in a folder that can be written: --output <file>",
      },
      { cause: error },
    );
  }
  io.notice(`wrote ${shown(io, path)}`);
}
