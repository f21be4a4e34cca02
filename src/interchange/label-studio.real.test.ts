import { beforeAll, describe, expect, it } from "vitest";
import type { Label } from "../domain/label.ts";
import { answerHash } from "../labels/label-file.ts";
import { labelStudioConfig } from "./label-studio-config.ts";
import { labelStudioTasks } from "./label-studio-tasks.ts";
import type { LabelTask, ReadLabelsOptions } from "./label-task.ts";
import { mergeLabels } from "./merge-labels.ts";
import { readLabelStudio } from "./read-label-studio.ts";
import { logIn, type Rater, signUp } from "./testing/label-studio-server.ts";

/** Address and login of a running Label Studio; CONTRIBUTING.md says how to start one. */
const URL = process.env.EVALS_REAL_LABEL_STUDIO_URL;
const EMAIL = process.env.EVALS_REAL_LABEL_STUDIO_EMAIL ?? "";
const PASSWORD = process.env.EVALS_REAL_LABEL_STUDIO_PASSWORD ?? "";

if (URL === undefined)
  process.stderr.write("No Label Studio: EVALS_REAL_LABEL_STUDIO_URL, _EMAIL and _PASSWORD name one.\n");

const CRITERIA = [
  { name: 'tone & "style" <é>', about: "Friendly, no $answer over $5\nand short." },
  { name: "facts", about: "" },
];
const ANSWERS = [
  "We are sorry.",
  '<script>alert(1)</script> & "quotes" $answer',
  "",
  "Zeile 1\nZeile 2\r\n\ttab \u{1F600} \u202Eright to left",
  `{"queue":"billing","reply":"${"long ".repeat(4000)}"}`,
  "same text",
];
const TASKS: LabelTask[] = ANSWERS.map((answer, at) => ({
  ...{ case: `case ${at} ü/#`, answer, answer_hash: answerHash(answer) },
  input: { message: `question ${at}`, lines: [1, 2] },
  ...(at % 2 === 0 ? { expected: { queue: "billing" } } : {}),
  picked: at % 2 === 0 ? "random" : "stratified",
  weight: at + 0.5,
}));

const choice = (from_name: string, value: string): object => ({
  ...{ from_name, to_name: "answer", type: "choices" },
  value: { choices: [value] },
});
const comment = (text: string): object => ({
  ...{ from_name: "comment", to_name: "answer", type: "textarea" },
  value: { text: [text] },
});

describe.skipIf(URL === undefined)("a real Label Studio", () => {
  const url = URL ?? "";
  let ana: Rater;
  let ben: Rater;
  let project = 0;
  let tasks: number[] = [];
  beforeAll(async () => {
    ana = await logIn(url, EMAIL, PASSWORD);
    ben = await signUp(url, ana, `ben-${Date.now()}@example.com`, PASSWORD);
    const made = await ana.api("/api/projects/", {
      title: "triage",
      label_config: labelStudioConfig(CRITERIA),
    });
    project = (made as { id: number }).id;
    const sent = JSON.parse(labelStudioTasks("triage", TASKS));
    const got = await ana.api(`/api/projects/${project}/import?return_task_ids=true`, sent);
    tasks = (got as { task_ids: number[] }).task_ids;
  }, 120_000);

  const annotate = (who: Rater, at: number, result: readonly object[], more: object = {}): Promise<unknown> =>
    who.api(`/api/tasks/${tasks[at]}/annotations/`, { result, lead_time: 2.5, ...more });
  const options = (): ReadLabelsOptions => ({
    ...{ path: "export.json", suite: "triage", cases: new Set(TASKS.map((one) => one.case)) },
    ...{ raters: new Map([[String(ana.id), "ana"]]), rater: undefined, now: "2025-03-01T12:00:00.000Z" },
  });
  const exported = async (): Promise<string> =>
    JSON.stringify(
      await ana.api(`/api/projects/${project}/export?exportType=JSON&download_all_tasks=true`),
      null,
      2,
    );

  it("accepts the configuration and every task, and shows no prediction", async () => {
    expect(tasks).toHaveLength(ANSWERS.length);
    const stored = (await ana.api(`/api/tasks/${tasks[0]}/`)) as { predictions: unknown[]; data: object };
    expect(stored.predictions).toEqual([]);
    expect(JSON.stringify(stored.data)).not.toMatch(/weight|random|judge/);
  });

  it("exports every id, rater, skip, comment, criterion and unsure verdict, and a second import changes nothing", async () => {
    await annotate(ana, 0, [choice("verdict", "pass")]);
    await annotate(ana, 1, [
      choice("verdict", "fail"),
      choice('criteria.tone & "style" <é>', "fail"),
      choice("criteria.facts", "unsure"),
      comment('rude\nand "wrong" <b>é</b> 😀'),
    ]);
    await annotate(ana, 2, [choice("verdict", "unsure")]);
    await annotate(ana, 3, [], { was_cancelled: true });
    await annotate(ana, 4, [choice("verdict", "pass")]);
    await annotate(ben, 1, [choice("verdict", "pass"), comment("fine by me")]);
    await annotate(ben, 3, [choice("verdict", "fail")]);
    await annotate(ben, 4, [], { was_cancelled: true });

    const read = readLabelStudio(await exported(), options());
    const benName = `label-studio:${ben.id}`;
    const given = (at: number, rater: string, verdict: Label["verdict"], more: object = {}): object => {
      const { case: id, answer, answer_hash, picked, weight } = TASKS[at] as LabelTask;
      const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      return { case: id, answer, answer_hash, picked, weight, rater, verdict, at: time, ...more };
    };
    expect(read.labels).toHaveLength(6);
    expect(read.labels).toEqual(
      expect.arrayContaining([
        given(0, "ana", "pass"),
        given(1, "ana", "fail", {
          criteria: { 'tone & "style" <é>': "fail", facts: "unsure" },
          comment: 'rude\nand "wrong" <b>é</b> 😀',
        }),
        given(2, "ana", "unsure"),
        given(4, "ana", "pass"),
        given(1, benName, "pass", { comment: "fine by me" }),
        given(3, benName, "fail"),
      ]),
    );
    expect([...read.skipped].sort()).toEqual([
      ["ana", 1],
      [benName, 1],
    ]);
    expect(read.open).toBe(1);
    const merged = mergeLabels([], read.labels);
    expect(mergeLabels(merged.labels, readLabelStudio(await exported(), options()).labels)).toMatchObject({
      ...{ added: 0, updated: 0, unchanged: 6 },
      labels: merged.labels,
    });
  });

  it("exports a judgement that was changed in Label Studio, which replaces the first", async () => {
    const before = mergeLabels([], readLabelStudio(await exported(), options()).labels).labels;
    const { annotations } = (await ana.api(`/api/tasks/${tasks[0]}/`)) as { annotations: { id: number }[] };
    await ana.api(`/api/tasks/${tasks[0]}/annotations/`, { result: [choice("verdict", "fail")] });
    expect(annotations).toHaveLength(1);
    const merged = mergeLabels(before, readLabelStudio(await exported(), options()).labels);
    expect(merged).toMatchObject({ added: 0, updated: 1, unchanged: 5 });
    expect(merged.labels.find((one) => one.case === TASKS[0]?.case)).toMatchObject({
      verdict: "fail",
      weight: 0.5,
    });
  });
});
