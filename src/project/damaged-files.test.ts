import { describe, expect, it } from "vitest";
import * as z from "zod";
import { findJsonError } from "../domain/find-json-error.ts";
import { describeIssues } from "./describe-issues.ts";
import { parseYaml } from "./parse-yaml.ts";

/** How many lines a damaged file has. */
const LINES = 20_000;

describe("a file with thousands of mistakes", () => {
  it.each([
    ["lines that are no YAML", "a: 1\n", "b: 1\n{}\n"],
    ["a key that is there again", "a: 1\n", "a: 1\n"],
    ["an alias without its anchor", "a: 1\n", "- *b\n"],
    ["a number that would change", "a:\n", "- 12345678901234567890\n"],
  ])("shows the first twenty and counts the others: %s", (_, before, line) => {
    const { problems } = parseYaml(before + line.repeat(LINES), "x.yaml");
    expect(problems.length).toBe(21);
    expect(problems.at(-1)).toMatchObject({ code: "EVALS_MORE_PROBLEMS", path: "x.yaml" });
    expect(problems[0]).toMatchObject({ path: "x.yaml", line: expect.any(Number) });
  });

  it("looks for what was meant with the first twenty unknown keys", () => {
    const value = Object.fromEntries(Array.from({ length: LINES }, (_, at) => [`k${at}`, 1]));
    const schema = z.strictObject({ known: z.string().optional() });
    let looked = 0;
    const places = { path: "x.yaml", at: () => ({ line: ++looked, column: 1 }) };
    const { error } = schema.safeParse(value);
    const problems = describeIssues(error?.issues ?? [], { schema, value, places, code: "EVALS_SUITE" });
    expect([problems.length, looked]).toEqual([21, 20]);
    expect(problems.at(-1)).toMatchObject({
      code: "EVALS_MORE_PROBLEMS",
      what: expect.stringContaining(String(LINES - 20)),
    });
  });

  it("resolves an alias to the last anchor before it", () => {
    const { value, problems } = parseYaml("a: &x 1\nb: *x\nc: &x 2\nd: *x\n", "x.yaml");
    expect([problems, value]).toEqual([[], { a: 1, b: 1, c: 2, d: 2 }]);
    expect(parseYaml("a: *x\nb: &x 1\n", "x.yaml").problems).toMatchObject([{ line: 1 }]);
    expect(parseYaml("a: &x\n  b: *x\n", "x.yaml").problems).toMatchObject([{ code: "EVALS_YAML_CYCLE" }]);
  });
});

describe("a quote or bracket of a YAML file that is never closed", () => {
  it.each([
    ['dataset: "orders\nmodel: m\nscorers: []\n', 1, 10, "A quote is opened and never closed."],
    ["a: 1\nb: 'x\nc: 1\n", 2, 4, "A quote is opened and never closed."],
    ["a: 1\nb:\n  - { type: equals\nc: { d: 1 }\n", 3, 5, "The { here is never closed."],
    ["a: [1, 2\nb: 3\n", 1, 4, "The [ here is never closed."],
    ["a: { b: 1 }\nc: { d: [1, 2 }\n", 2, 9, "The [ here is never closed."],
  ])("is reported where it opens: %j", (text, line, column, what) => {
    const [problem] = parseYaml(text, "x.yaml").problems;
    expect(problem).toMatchObject({ line, column, what });
  });
});

describe("a character that JSON does not allow and that is easily overlooked", () => {
  it.each([
    ['\ufeff{"id":"b"}', 1, "A byte order mark (U+FEFF)"],
    ['{"id":\u00a0"b"}', 7, "A no-break space (U+00A0)"],
    ['{\u201cid\u201d:"b"}', 2, "A curly quote"],
  ])("is named: %j", (text, column, what) => {
    expect(findJsonError(text)).toMatchObject({ column, what: expect.stringContaining(what) });
  });
});
