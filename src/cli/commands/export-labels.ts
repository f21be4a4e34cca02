import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { EvalsError } from "../../domain/problem.ts";
import { type LabelTable, labelCsv } from "../../interchange/label-csv.ts";
import { labelStudioConfig } from "../../interchange/label-studio-config.ts";
import { labelStudioTasks } from "../../interchange/label-studio-tasks.ts";
import type { AskedCriterion } from "../../interchange/label-task.ts";
import { readLabels } from "../../labels/label-file.ts";
import { runToLabel } from "../../operations/labelling/answers-of-run.ts";
import { judgeCriteria } from "../../operations/labelling/judge-criteria.ts";
import { judgeOfLabels, labelsBeside, measuredInRun } from "../../operations/labelling/judge-of-labels.ts";
import { exchangeFormat } from "../../operations/labelling/label-exchange-format.ts";
import { pickedQuestions } from "../../operations/labelling/label-questions.ts";
import { locate } from "../../operations/project/open-project.ts";
import { plural } from "../../reports/format-numbers.ts";
import { openStore } from "../../store/open-store.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import { EXIT } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { readLabelOptions } from "../label-options.ts";

/** `evals export labels`: the answers that a person would be asked, for another tool; with CSV the labels too. */
export async function exportLabelsCommand(
  raw: Record<string, unknown>,
  word: string,
  io: Io,
): Promise<number> {
  const format = exchangeFormat(raw.format);
  const options = readLabelOptions(raw);
  const place = locate(io, options.directory);
  const named =
    raw.output === undefined ? null : resolve(io.cwd, options.directory ?? ".", String(raw.output));
  // A table holds answers as they are, and what a model wrote must not steer a terminal.
  const output = (suite: string) =>
    named ?? (io.stdoutIsTerminal ? resolve(place.root, ".evals/exports", `${suite}.csv`) : null);
  const store = await openStore(place.root);
  try {
    if (format === "csv" && store.runs({ limit: 1 }).length === 0) {
      const labels = readLabels(place.root, word);
      if (labels.length > 0)
        return table({ suite: word, tasks: [], labels, contentOf: () => null }, [], output(word), io);
    }
    const run = runToLabel(store, word);
    const { suite } = run.header;
    const scorers = measuredInRun(run.header);
    const of = judgeOfLabels(suite, options.judge, scorers);
    const labels = labelsBeside(readLabels(place.root, suite), of, scorers);
    const tasks = pickedQuestions({ store, run, rater: "", labels }, options);
    const criteria = await judgeCriteria(place, run.header, of);
    io.stderr(
      `${plural(tasks.length, "answer")} of run ${run.header.id}; no judge's verdict is among them\n`,
    );
    if (format === "csv")
      return table(
        { suite, tasks, labels, contentOf: contents(store, run), of },
        criteria,
        output(suite),
        io,
      );
    const file = named ?? resolve(place.root, ".evals/exports", `${suite}.label-studio.json`);
    const config = `${file.replace(/\.json$/, "")}.config.xml`;
    write(io, file, labelStudioTasks(suite, tasks, of));
    write(io, config, labelStudioConfig(criteria));
    io.stderr(studioSteps(shown(io, config), shown(io, file), suite));
    return EXIT.ok;
  } finally {
    store.close();
  }
}

function table(
  labels: LabelTable,
  criteria: readonly AskedCriterion[],
  output: string | null,
  io: Io,
): number {
  const text = labelCsv(labels, criteria);
  if (output === null) io.stdout(text);
  else write(io, output, text);
  return EXIT.ok;
}

/** What was asked in the cases of a run. */
function contents(store: Store, run: StoredRun): LabelTable["contentOf"] {
  const numbers = new Map(store.cases(run.no).map((one) => [one.id, one.case_no]));
  return (id) => {
    const case_no = numbers.get(id);
    return case_no === undefined ? null : store.content(run.no, case_no);
  };
}

const shown = (io: Io, path: string): string => relative(io.cwd, path);

/** @throws {EvalsError} EVALS_EXPORT_UNWRITABLE */
function write(io: Io, path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  } catch (error) {
    throw new EvalsError(
      {
        code: "EVALS_EXPORT_UNWRITABLE",
        path: shown(io, path),
        what: `This file cannot be written (${(error as NodeJS.ErrnoException).code ?? "unknown error"}).`,
        why: "Whoever waits for it would miss it.",
        fix: "Name one in a folder that may be written: --output <file>",
      },
      { cause: error },
    );
  }
  io.stderr(`wrote ${shown(io, path)}\n`);
}

function studioSteps(config: string, tasks: string, suite: string): string {
  return [
    "In Label Studio:",
    `  1. a new project, Labeling Setup, Custom template: paste ${config}`,
    `  2. Import: ${tasks}`,
    "  3. when it is judged, Export, JSON, and here",
    `     evals import labels ${suite} <file> --format label-studio`,
    "",
  ].join("\n");
}
