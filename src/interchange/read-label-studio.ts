import * as z from "zod";
import { didYouMean } from "../domain/did-you-mean.ts";
import { elementLines } from "../domain/element-lines.ts";
import { readJsonFile } from "../domain/json-file.ts";
import { type Label, labelSchema } from "../domain/label.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import { answerHash } from "../labels/label-file.ts";
import {
  otherAnswer,
  otherCase,
  otherSuite,
  type Place,
  problemAt,
  unknownRaters,
} from "./label-problems.ts";
import { readSample } from "./label-studio-tasks.ts";
import { CRITERION, type ReadLabels, type ReadLabelsOptions } from "./label-task.ts";
import { latestOfEach } from "./merge-labels.ts";

const Result = z.object({
  from_name: z.string().optional(),
  value: z
    .object({
      choices: z.array(z.string()).optional(),
      text: z.union([z.string(), z.array(z.string())]).optional(),
    })
    .optional(),
});

const Annotation = z.object({
  id: z.union([z.number(), z.string()]).optional(),
  completed_by: z
    .union([z.number(), z.string(), z.object({ id: z.number().optional(), email: z.string().optional() })])
    .nullish(),
  was_cancelled: z.boolean().nullish(),
  created_at: z.string().optional(),
  updated_at: z.string().optional(),
  result: z.array(Result),
});
type Annotation = z.output<typeof Annotation>;

const Task = z.object({
  id: z.union([z.number(), z.string()]).optional(),
  data: z.object({
    suite: z.string().optional(),
    case: z.string(),
    answer: z.string(),
    answer_hash: z.string(),
    sample: z.unknown(),
    of: z.string().optional(),
  }),
  annotations: z.array(Annotation),
});
type Task = z.output<typeof Task>;

const VERDICTS = ["pass", "fail", "unsure"] as const;

/**
 * Reads labels from Label Studio's JSON export. Several annotations of a task are from several raters; a cancelled
 * one is a skipped answer; predictions are ignored.
 *
 * @throws {EvalsError} with every mistake, each with the line of its task
 */
export function readLabelStudio(text: string, options: ReadLabelsOptions): ReadLabels {
  const { path } = options;
  const lines = elementLines(text);
  const problems: Problem[] = [];
  const labels: Label[] = [];
  const skipped = new Map<string, number>();
  const ids = new Set<string>();
  let open = 0;
  for (const [index, value] of readTasks(text, path).entries()) {
    const at = { path, line: lines[index] ?? 1, column: 1 };
    const task = Task.safeParse(value);
    if (!task.success) {
      problems.push(notATask(at, index, value, task.error));
      continue;
    }
    const where = `task ${task.data.id ?? index + 1}`;
    for (const { completed_by } of task.data.annotations) {
      const id = raterId(completed_by);
      if (id !== undefined) ids.add(String(id));
    }
    const mistakes = taskProblems(task.data, where, at, options);
    problems.push(...mistakes);
    if (mistakes.length > 0) continue;
    const found = task.data.annotations.map((one) => readAnnotation(one, task.data, options));
    for (const one of found) {
      if (one.kind === "mistake")
        problems.push(problemAt(at, `${where}, annotation ${one.id}: ${one.what}`, one));
      if (one.kind === "label") labels.push(one.label);
    }
    const judged = new Set(found.flatMap((one) => (one.kind === "label" ? [one.label.rater] : [])));
    const passedOver = found.flatMap((one) =>
      one.kind === "skipped" && !judged.has(one.rater) ? [one.rater] : [],
    );
    for (const rater of new Set(passedOver)) skipped.set(rater, (skipped.get(rater) ?? 0) + 1);
    if (found.length === 0) open++;
  }
  problems.push(...unknownRaters(options.raters.keys(), ids, { path, line: 1, column: 1 }));
  if (problems.length > 0) throw new EvalsError(problems);
  const latest = latestOfEach(labels);
  return { labels: latest, skipped, open, repeated: labels.length - latest.length };
}

function readTasks(text: string, path: string): readonly unknown[] {
  const value = readJsonFile(text, { path, ...EXPORT });
  if (!Array.isArray(value)) throw new EvalsError(notAnExport(path, "This JSON is not a list of tasks."));
  return value;
}

function notAnExport(path: string, what: string): Problem {
  return problemAt({ path, line: 1, column: 1 }, what, EXPORT);
}

const EXPORT = {
  code: "EVALS_IMPORT_FORMAT",
  why: "Label Studio's JSON export is a list of tasks, each with its annotations.",
  fix: "Export the project again in the format JSON, not JSON-MIN or CSV.",
};

function notATask(at: Place, index: number, value: unknown, error: z.ZodError): Problem {
  const issue = error.issues[0];
  const key = issue?.path.join(".") ?? "";
  const isMin = value !== null && typeof value === "object" && "annotator" in value;
  return problemAt(
    at,
    `Task ${index + 1}: ${key === "" ? "" : `${key}: `}${issue?.message ?? "cannot be read"}.`,
    {
      code: "EVALS_IMPORT_FORMAT",
      why: isMin
        ? "This is the format JSON-MIN, which does not show who skipped an answer, or that several raters judged one answer."
        : "Without case, answer and answer_hash it is unknown to which answer the task's annotations belong.",
      fix: isMin
        ? "Export the project again in the format JSON."
        : "Export the tasks with `evals export labels`, and keep the data of each task.",
    },
  );
}

function taskProblems(
  { data }: Task,
  where: string,
  at: Place,
  { suite, cases }: ReadLabelsOptions,
): Problem[] {
  if (data.suite !== undefined && data.suite !== suite) return [otherSuite(at, where, data.suite, suite)];
  return [
    ...(cases.has(data.case) ? [] : [otherCase(at, where, data.case, didYouMean(data.case, [...cases]))]),
    ...(answerHash(data.answer) === data.answer_hash ? [] : [otherAnswer(at, where)]),
  ];
}

type Read =
  | { readonly kind: "label"; readonly label: Label }
  | { readonly kind: "skipped"; readonly rater: string }
  | {
      readonly kind: "mistake";
      readonly id: string;
      readonly what: string;
      readonly code: string;
      readonly why: string;
      readonly fix: string;
    };

function readAnnotation(annotation: Annotation, { data }: Task, options: ReadLabelsOptions): Read {
  const rater = raterOf(annotation, options);
  const id = String(annotation.id ?? "?");
  if (rater === null) return { kind: "mistake", id, ...NO_RATER };
  if (annotation.was_cancelled === true) return { kind: "skipped", rater };
  const choices = new Map(
    annotation.result.flatMap(({ from_name, value }) =>
      from_name === undefined || value?.choices === undefined ? [] : [[from_name, value.choices] as const],
    ),
  );
  const verdict = oneOf(choices.get("verdict"));
  if (verdict === null) return { kind: "mistake", id, ...noVerdict(choices.get("verdict")) };
  const criteria = [...choices]
    .filter(([name]) => name.startsWith(CRITERION))
    .map(([name, choices]) => [name.slice(CRITERION.length), oneOf(choices)] as const);
  const unread = criteria.find(([, verdict]) => verdict === null);
  if (unread !== undefined)
    return { kind: "mistake", id, ...noVerdict(choices.get(CRITERION + unread[0]), unread[0]) };
  const comment = annotation.result.flatMap(({ from_name, value }) =>
    from_name === "comment" ? (value?.text ?? []) : [],
  );
  const of = data.of?.trim() || options.of;
  const sample = readSample(data.sample) ?? { picked: "stratified" as const, weight: 1 };
  return {
    kind: "label",
    label: {
      ...{ case: data.case, answer_hash: data.answer_hash, answer: data.answer, rater, verdict },
      ...(criteria.length === 0 ? {} : { criteria: Object.fromEntries(criteria) as Label["criteria"] }),
      ...(comment.join("").trim() === "" ? {} : { comment: comment.join("\n") }),
      at: timeOf(annotation, options.now),
      ...sample,
      ...(of === undefined ? {} : { of }),
    },
  };
}

const NO_RATER = {
  what: "The annotation does not say who made it.",
  code: "EVALS_IMPORT_RATER",
  why: "Each label names its rater, so that two people's judgements can be compared.",
  fix: "Add --rater NAME for annotations that name no rater.",
};

/**
 * The name from `--rater id=name`, else the e-mail address, else the id, else the name from `--rater` for labels
 * without a rater. Null when there is none of these.
 */
function raterOf({ completed_by }: Annotation, { raters, rater }: ReadLabelsOptions): string | null {
  if (completed_by === undefined || completed_by === null) return rater ?? null;
  const id = raterId(completed_by);
  const email = typeof completed_by === "object" ? completed_by.email : undefined;
  const named = id === undefined ? undefined : raters.get(String(id));
  // An empty name or address does not count, so `||` and not `??`.
  const own = typeof id === "number" ? `label-studio:${id}` : id;
  return named || email?.trim() || own?.trim() || (rater ?? null);
}

function raterId(by: Annotation["completed_by"]): number | string | undefined {
  return typeof by === "object" ? by?.id : by;
}

function oneOf(choices: readonly string[] | undefined): Label["verdict"] | null {
  const chosen = choices?.length === 1 ? VERDICTS.find((one) => one === choices[0]) : undefined;
  return chosen ?? null;
}

function noVerdict(choices: readonly string[] | undefined, criterion?: string) {
  const of = criterion === undefined ? "verdict" : `verdict of "${criterion}"`;
  return {
    what: choices === undefined ? `It has no ${of}.` : `Its ${of} is ${JSON.stringify(choices.join(", "))}.`,
    code: "EVALS_IMPORT_VERDICT",
    why: "A label is pass, fail or unsure; anything else would have to be guessed.",
    fix: "Correct the label in Label Studio, or skip the task there, and export again.",
  };
}

function timeOf({ updated_at, created_at }: Annotation, now: string): string {
  const time = Date.parse(updated_at ?? created_at ?? "");
  const text = Number.isNaN(time) ? now : new Date(time).toISOString();
  // The schema rejects years with five digits.
  return labelSchema().shape.at.safeParse(text).success ? text : now;
}
