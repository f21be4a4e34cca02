import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { elementLines } from "../domain/element-lines.ts";
import { type Label, labelSchema } from "../domain/label.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import { answerHash } from "../labels/label-file.ts";
import { labelCsv } from "./label-csv.ts";
import { labelStudioConfig } from "./label-studio-config.ts";
import { labelStudioTasks } from "./label-studio-tasks.ts";
import type { LabelTask, ReadLabelsOptions } from "./label-task.ts";
import { mergeLabels } from "./merge-labels.ts";
import { readLabelCsv } from "./read-label-csv.ts";
import { readLabelStudio } from "./read-label-studio.ts";

const NOW = "2025-03-01T12:00:00.000Z";

function label(changes: Partial<Label> = {}): Label {
  const answer = changes.answer ?? "We are sorry.";
  return {
    ...{ case: "late", answer, answer_hash: answerHash(answer), rater: "ana", verdict: "pass" },
    ...{ at: NOW, picked: "random", weight: 2 },
    ...changes,
  };
}

const options = (changes: Partial<ReadLabelsOptions> = {}): ReadLabelsOptions => ({
  ...{ path: "in.csv", suite: "triage", cases: new Set(["late", "lost"]) },
  ...{ raters: new Map(), rater: undefined, now: NOW },
  ...changes,
});

const task = ({ case: id, answer, answer_hash, picked, weight }: Label): LabelTask => ({
  ...{ case: id, answer, answer_hash, picked, weight },
  input: { message: "where?" },
});

function problems(work: () => unknown): readonly Problem[] {
  try {
    work();
  } catch (error) {
    if (error instanceof EvalsError) return error.problems;
    throw error;
  }
  throw new Error("nothing was refused");
}

const places = (found: readonly Problem[]): string[] =>
  found.map(({ path, line, code }) => `${path}:${line} ${code}`);

describe("labels as a table", () => {
  it("are read unchanged, whatever text they contain", () => {
    const verdict = fc.constantFrom("pass" as const, "fail" as const, "unsure" as const);
    const text = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.constantFrom("=1+1", "'", "'=x", ' \r\n"a",b\n', "-", "@x", "007", "\t=x"),
    );
    const made = fc.record({
      answer: text,
      rater: fc.constantFrom("ana", "ben@example.com", "=cmd"),
      verdict,
      comment: fc.option(
        text.filter((one) => one !== ""),
        { nil: undefined },
      ),
      criteria: fc.option(fc.dictionary(fc.constantFrom("tone", 'a, "b"', "fact"), verdict, { minKeys: 1 }), {
        nil: undefined,
      }),
      weight: fc.double({ min: 0.001, max: 1e6, noNaN: true }),
      picked: fc.constantFrom("random" as const, "stratified" as const),
    });
    fc.assert(
      fc.property(fc.array(made, { maxLength: 8 }), (changes) => {
        const labels = mergeLabels(
          [],
          changes.map(({ comment, criteria, ...one }) =>
            label({
              ...one,
              ...(comment === undefined ? {} : { comment }),
              ...(criteria === undefined ? {} : { criteria }),
            }),
          ),
        ).labels;
        const open = task(label({ case: "lost", answer: "nobody has judged this" }));
        const csv = labelCsv(
          { suite: "triage", tasks: [open, ...labels.map(task)], labels, contentOf: () => null },
          [],
        );
        const back = readLabelCsv(csv, options());
        expect(back).toEqual({ labels, skipped: new Map(), open: 1, repeated: 0 });
      }),
    );
  });

  it("contain no formula for a spreadsheet", () => {
    const csv = labelCsv(
      {
        suite: "triage",
        tasks: [],
        labels: [label({ answer: "=HYPERLINK(1)", comment: "@x", rater: "-y" })],
        contentOf: () => ({ input: "=2" }),
      },
      [],
    );
    expect(csv).toContain(",'=2,,'=HYPERLINK(1),'-y,pass,'@x,");
  });

  it("of another suite are refused, though it has the same cases", () => {
    const csv = labelCsv({ suite: "other", tasks: [], labels: [label()], contentOf: () => null }, []);
    expect(places(problems(() => readLabelCsv(csv, options())))).toEqual([
      "in.csv:2 EVALS_IMPORT_OTHER_SUITE",
    ]);
  });

  it("may come from another tool with three columns, and with the rater from the command line", () => {
    const csv = "case,answer,verdict\nlate,We are sorry.,PASS\nlost,=x,fail\nlate,Nope,\nlate,Hm,skipped\n";
    const { labels, skipped, open } = readLabelCsv(csv, options({ rater: "cleo" }));
    expect(
      labels.map((one) => [one.case, one.answer, one.verdict, one.rater, one.weight, one.picked]),
    ).toEqual([
      ["late", "We are sorry.", "pass", "cleo", 1, "stratified"],
      ["lost", "=x", "fail", "cleo", 1, "stratified"],
    ]);
    expect([...skipped, open]).toEqual([["cleo", 1], 1]);
  });

  it("are refused with every mistake and its line", () => {
    const hash = answerHash("other");
    const csv = [
      "case,answer_hash,answer,rater,verdict,criteria.tone,weight,at,picked",
      'late,,"two\nlines",ana,pass,,,,',
      "lte,,x,ana,pass,,,,",
      `late,${hash},x,ana,pass,,,,`,
      "late,,x,,pass,,,,",
      "late,,x,ana,good,maybe,,,",
      "late,,x,ana,pass,,-1,yesterday,often",
      "late,,x,ana,pass",
      "late,,y,ana,pass,,1e308,+123456-01-01,",
      'late,,"never closed,ana,pass,,,,',
    ].join("\n");
    expect(places(problems(() => readLabelCsv(csv, options())))).toEqual([
      "in.csv:4 EVALS_IMPORT_OTHER_CASE",
      "in.csv:5 EVALS_IMPORT_OTHER_ANSWER",
      "in.csv:6 EVALS_IMPORT_RATER",
      "in.csv:7 EVALS_IMPORT_VERDICT",
      "in.csv:7 EVALS_IMPORT_VERDICT",
      "in.csv:8 EVALS_IMPORT_FORMAT",
      "in.csv:8 EVALS_IMPORT_FORMAT",
      "in.csv:8 EVALS_IMPORT_FORMAT",
      "in.csv:9 EVALS_IMPORT_FORMAT",
      "in.csv:10 EVALS_IMPORT_FORMAT",
      "in.csv:10 EVALS_IMPORT_FORMAT",
      "in.csv:11 EVALS_IMPORT_FORMAT",
    ]);
    expect(problems(() => readLabelCsv(csv, options()))[0]?.what).toContain('Did you mean "late"?');
  });

  it.each([
    ["a required column missing", "case,verdict\nlate,pass\n", 1],
    ["an unknown column", "case,answer,verdict,ratr\nlate,x,pass,ana\n", 1],
    ["a column twice", "case,answer,verdict,case\nlate,x,pass,late\n", 1],
    ["a quote that is not closed", 'case,answer,verdict\nlate,"x,pass\n', undefined],
  ])("are refused with %s", (_, csv, line) => {
    const [first] = problems(() => readLabelCsv(csv, options()));
    expect(first).toMatchObject({ code: "EVALS_IMPORT_FORMAT", ...(line === undefined ? {} : { line }) });
  });
});

/** A task as Label Studio 1.23 exports it, with the members that are read. */
function exported(of: Label, annotations: readonly object[]): object {
  const [{ data }] = JSON.parse(labelStudioTasks("triage", [task(of)])) as [{ data: object }];
  return { id: 7, data, predictions: [{ result: [choice("verdict", "fail")] }], annotations };
}

const choice = (from_name: string, ...choices: string[]): object => ({
  ...{ from_name, to_name: "answer", type: "choices" },
  value: { choices },
});
const comment = (...text: string[]): object => ({
  ...{ from_name: "comment", to_name: "answer", type: "textarea" },
  value: { text },
});
const annotation = (id: number, by: unknown, result: readonly object[], more: object = {}): object => ({
  ...{ id, completed_by: by, was_cancelled: false, result },
  ...{ created_at: "2025-01-21T14:35:42.190379Z", updated_at: "2025-01-21T14:36:42.190379Z", ...more },
});

describe("labels out of Label Studio", () => {
  it("keep raters, skips, comments, criteria, unsure verdicts, and how each answer was picked", () => {
    const one = label({ answer: "<b>hostile & long</b>\n", weight: 2.5 });
    const text = JSON.stringify([
      exported(one, [
        annotation(1, 10, [
          choice("verdict", "fail"),
          comment("wrong city\nand rude"),
          choice('criteria.tone & "style"', "pass"),
        ]),
        annotation(2, { id: 11, email: "ben@example.com" }, [choice("verdict", "unsure")]),
        annotation(3, 12, [], { was_cancelled: true }),
        annotation(4, 13, [choice("verdict", "pass")]),
      ]),
      exported(label({ case: "lost" }), []),
    ]);
    const read = readLabelStudio(text, options({ raters: new Map([["10", "ana"]]) }));
    const at = "2025-01-21T14:36:42.190Z";
    expect(read.labels).toEqual([
      {
        ...one,
        verdict: "fail",
        comment: "wrong city\nand rude",
        criteria: { 'tone & "style"': "pass" },
        at,
      },
      { ...one, rater: "ben@example.com", verdict: "unsure", at },
      { ...one, rater: "label-studio:13", verdict: "pass", at },
    ]);
    expect([...read.skipped]).toEqual([["label-studio:12", 1]]);
    expect(read.open).toBe(1);
  });

  it("count an answer as skipped only for a rater who has not judged it, and keep the later of two verdicts", () => {
    const early = { updated_at: "2025-01-01T00:00:00Z" };
    const text = JSON.stringify([
      exported(label(), [
        annotation(1, 10, [choice("verdict", "fail")]),
        annotation(2, 10, [choice("verdict", "pass")], early),
        annotation(3, 10, [], { was_cancelled: true }),
      ]),
    ]);
    const { labels, skipped, repeated } = readLabelStudio(text, options());
    expect(labels.map((one) => one.verdict)).toEqual(["fail"]);
    expect(repeated).toBe(1);
    expect(skipped.size).toBe(0);
  });

  it("are valid even when the export has strange raters, times and weights", () => {
    const strange = [
      annotation(1, { id: 5, email: " " }, [choice("verdict", "pass")], {
        updated_at: "+123456-01-01T00:00:00Z",
      }),
      annotation(2, "", [choice("verdict", "fail")]),
    ];
    const { labels } = readLabelStudio(
      JSON.stringify([exported(label({ weight: 1e308 }), strange)]),
      options({ rater: "cleo" }),
    );
    expect(
      labels.map((one) => [one.rater, one.verdict, one.weight, labelSchema().safeParse(one).success]),
    ).toEqual([
      ["label-studio:5", "pass", 1, true],
      ["cleo", "fail", 1, true],
    ]);
    expect(labels[0]?.at).toBe(NOW);
  });

  it("are refused for another suite, another case, a changed answer, no verdict, no rater, each with its place", () => {
    const changed = exported(label(), [annotation(1, 10, [choice("verdict", "pass")])]) as {
      data: Record<string, string>;
    };
    const tasks = [
      { ...changed, data: { ...changed.data, suite: "other" } },
      { ...changed, data: { ...changed.data, case: "gone" } },
      { ...changed, data: { ...changed.data, answer: "cut" } },
      exported(label(), [annotation(1, 10, []), annotation(2, null, [choice("verdict", "pass")])]),
      exported(label(), [
        annotation(3, 10, [choice("verdict", "good"), choice("criteria.tone", "pass", "fail")]),
      ]),
      { data: { text: "somebody else's" }, annotations: [] },
    ];
    const found = problems(() =>
      readLabelStudio(JSON.stringify(tasks, null, 1), options({ path: "in.json" })),
    );
    expect(found.map((one) => one.code)).toEqual([
      "EVALS_IMPORT_OTHER_SUITE",
      "EVALS_IMPORT_OTHER_CASE",
      "EVALS_IMPORT_OTHER_ANSWER",
      "EVALS_IMPORT_VERDICT",
      "EVALS_IMPORT_RATER",
      "EVALS_IMPORT_VERDICT",
      "EVALS_IMPORT_FORMAT",
    ]);
    const lines = found.map((one) => one.line ?? 0);
    expect(lines[0]).toBe(2);
    expect(lines).toEqual([...lines].sort((a, b) => a - b));
    expect(found[3]?.what).toBe("Task 7, annotation 1: It has no verdict.");
  });

  it.each(["{}", "not json", "[1]", '[{"annotator": 1, "case": "late"}]'])(
    "are refused when they are %s",
    (text) => {
      expect(problems(() => readLabelStudio(text, options()))[0]?.code).toBe("EVALS_IMPORT_FORMAT");
    },
  );
});

describe("a Label Studio configuration", () => {
  it("asks for one verdict, each criterion of the judge and a comment, and escapes their names for XML", () => {
    const config = labelStudioConfig([{ name: 'tone & <style> "x"', about: "$5\nis\u0000 too much" }]);
    expect(config).toContain('<Choices name="criteria.tone &amp; &lt;style&gt; &quot;x&quot;"');
    expect(config).toContain(
      '<Header value="tone &amp; &lt;style&gt; &quot;x&quot;: $\u200b5&#10;is too much"',
    );
    expect(config.match(/required="true"/g)).toHaveLength(1);
  });
});

describe("tasks for Label Studio", () => {
  it("do not show the judge, the stratum or the weight", () => {
    const text = labelStudioTasks("triage", [task(label())]);
    expect(text).not.toMatch(/predictions|weight|random|stratified|judge/);
  });
});

describe("merging", () => {
  it("adds new labels, keeps the later of two judgements, and keeps how the answer was picked", () => {
    const there = [label(), label({ rater: "ben", at: "2025-03-02T00:00:00.000Z" })];
    const later = label({ verdict: "fail", at: "2025-03-03T00:00:00.000Z", picked: "stratified", weight: 1 });
    const incoming = [later, label({ rater: "ben", verdict: "fail" }), label({ rater: "cleo" })];
    const merged = mergeLabels(there, incoming);
    expect(merged).toMatchObject({ added: 1, updated: 1, unchanged: 0, older: 1 });
    expect(merged.labels).toEqual([
      { ...later, picked: "random", weight: 2 },
      there[1],
      label({ rater: "cleo" }),
    ]);
    const again = mergeLabels(merged.labels, incoming);
    expect(again).toMatchObject({ added: 0, updated: 0, unchanged: 2, older: 1, labels: merged.labels });
  });
});

describe("the lines of a JSON list", () => {
  it("are those on which its elements begin", () => {
    expect(elementLines('[{"a": "]\\"\\n,"},\n\n [1,\n2],\n"x", 5]\n')).toEqual([1, 3, 5, 5]);
    expect(elementLines("[]")).toEqual([]);
  });
});
