import type { Label } from "../domain/label.ts";
import { answerKey } from "../labels/label-file.ts";
import { csvText } from "./csv-cell.ts";
import { type AskedCriterion, CRITERION, type LabelTask, readableText } from "./label-task.ts";

/** The columns before and after those of a judge's criteria. */
const BEFORE = ["suite", "case", "answer_hash", "input", "expected", "answer", "rater", "verdict"] as const;
const AFTER = ["comment", "at", "picked", "weight"] as const;

type CaseContent = Pick<LabelTask, "input" | "expected">;

export interface LabelTable {
  readonly suite: string;
  readonly tasks: readonly LabelTask[];
  readonly labels: readonly Label[];
  /** The content of a case; null when the store does not contain it. */
  readonly contentOf: (caseId: string) => CaseContent | null;
  /** The judge that the labels are to measure; absent when the suite has only one judge, or none. */
  readonly of?: string | undefined;
}

/**
 * Labels as a table: a row for each label, and a row without a verdict for each answer without labels. The importer
 * reads the same columns.
 */
export function labelCsv(
  { suite, tasks, labels, contentOf, of }: LabelTable,
  asked: readonly AskedCriterion[],
): string {
  const named = [
    ...asked.map((one) => one.name),
    ...labels.flatMap(({ criteria = {} }) => Object.keys(criteria)),
  ];
  const criteria = [...new Set(named)];
  const judged = new Set(labels.map(answerKey));
  const hasOf = of !== undefined || labels.some((label) => label.of !== undefined);
  const ofCell = (value: string | undefined): string[] => (hasOf ? [value ?? ""] : []);
  const rows = [
    ...labels.map((label) => [...labelRow(label, contentOf(label.case), criteria), ...ofCell(label.of)]),
    ...tasks
      .filter((task) => !judged.has(answerKey(task)))
      .map((task) => [...taskRow(task, criteria), ...ofCell(of)]),
  ];
  const header = [...BEFORE, ...criteria.map((name) => CRITERION + name), ...AFTER, ...(hasOf ? ["of"] : [])];
  return [header, ...rows.map((row) => [suite, ...row])]
    .map((row) => `${row.map(csvText).join(",")}\n`)
    .join("");
}

function labelRow(label: Label, content: CaseContent | null, criteria: readonly string[]): string[] {
  const { input, expected } = content ?? {};
  return [
    ...[
      label.case,
      label.answer_hash,
      readableText(input),
      readableText(expected),
      label.answer,
      label.rater,
    ],
    label.verdict,
    ...criteria.map((name) => label.criteria?.[name] ?? ""),
    ...[label.comment ?? "", label.at, label.picked, String(label.weight)],
  ];
}

function taskRow(task: LabelTask, criteria: readonly string[]): string[] {
  const { case: id, answer_hash, input, expected, answer, picked, weight } = task;
  return [
    ...[id, answer_hash, readableText(input), readableText(expected), answer, "", ""],
    ...criteria.map(() => ""),
    ...["", "", picked, String(weight)],
  ];
}
