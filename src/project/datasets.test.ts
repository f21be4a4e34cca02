import { describe, expect, it } from "vitest";
import type { CaseSource } from "../domain/case.ts";
import { findJsonError } from "../domain/find-json-error.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import { caseSecrets } from "./check-case-secrets.ts";
import { openCsvCases } from "./csv-cases.ts";
import { openJsonl } from "./jsonl-cases.ts";
import { openYamlCases } from "./listed-cases.ts";
import { memoryFiles } from "./testing/memory-files.ts";

function jsonl(text: string | Buffer, keptWhole?: number): CaseSource {
  return openJsonl(memoryFiles({ "d.jsonl": text }), "d.jsonl", keptWhole);
}

function problemsOf(open: () => unknown): readonly Problem[] {
  try {
    open();
  } catch (error) {
    if (error instanceof EvalsError) return error.problems;
    throw error;
  }
  return [];
}

const all = (cases: CaseSource) => Array.from({ length: cases.count }, (_, index) => cases.read(index));

it("a line that is not a JSON object is reported with its line number, whatever it contains", () => {
  const found = problemsOf(() => jsonl('{"id":"a","input":1}\nnull\n3\n[1]\n"x"\n'));
  expect(found.map(({ line }) => line)).toEqual([2, 3, 4, 5]);
  for (const { what } of found) expect(what).toMatch(/^This line must be a set of keys, not /);
});

describe("caseSecrets", () => {
  const key = "sk-proj-abc123DEF456ghi789";

  it("names the line of a text that looks like a key, and does not repeat the text", () => {
    const text = `{"id":"a","input":"plain"}\n{"id":"${key}","input":{"text":["my key is ${key}"]}}\n`;
    const found = caseSecrets(jsonl(text));
    expect(found).toMatchObject([{ code: "EVALS_SECRET_IN_FILE", path: "d.jsonl", line: 2 }]);
    expect(JSON.stringify(found)).not.toContain(key);
  });

  it("only counts the cases after the tenth", () => {
    const found = caseSecrets(
      jsonl(Array.from({ length: 13 }, (_, n) => `{"id":"c${n}","input":"${key}"}`).join("\n")),
    );
    expect(found).toHaveLength(10);
    expect(found.at(-1)?.what).toContain("And in 3 more cases.");
  });
});

describe.each([
  ["kept whole", undefined],
  ["read in pieces", 0],
])("a JSON Lines dataset, %s", (_, keptWhole) => {
  it("gives its cases in order, with defaults and line numbers", () => {
    const cases = jsonl(
      '\uFEFF{"id":"a","input":1}\r\n\n  \n{"id":"b","input":"ü","expected":null,"tags":["x"]}',
      keptWhole,
    );
    expect(all(cases)).toEqual([
      { id: "a", input: 1, tags: [], metadata: {} },
      { id: "b", input: "ü", expected: null, tags: ["x"], metadata: {} },
    ]);
    expect([cases.line(0), cases.line(1), cases.id(1)]).toEqual([1, 4, "b"]);
  });

  it("reads forwards, backwards and across lines longer than a chunk", () => {
    const lines = Array.from({ length: 60 }, (_, index) =>
      JSON.stringify({ id: `c${index}`, input: "é".repeat(index * 5000) }),
    );
    const cases = jsonl(lines.join("\n"), keptWhole);
    for (const index of [0, 59, 1, 58, 30, 31, 32, 0])
      expect(cases.read(index).input).toHaveLength(index * 5000);
  });

  it("reads the first line once when there is no byte order mark", () => {
    const problems = problemsOf(() => jsonl('{}\n{"id":"a","input":1}\n', keptWhole));
    expect(problems.map(({ line, what }) => `${line} ${what}`)).toEqual([
      '1 "id" is missing.',
      '1 "input" is missing.',
    ]);
  });
});

describe("a JSON Lines dataset", () => {
  it("notices that its file has changed since it was indexed", () => {
    const bytes = Buffer.from('{"id":"a","input":1}\n');
    const cases = jsonl(bytes);
    bytes.fill(" ", 0, 5);
    expect(problemsOf(() => cases.read(0))).toMatchObject([{ code: "EVALS_DATASET_CHANGED", line: 1 }]);
  });

  it("refuses a case that is nested too deeply, and ignores brackets in its texts", () => {
    const deep = `{"id":"a","input":${"[".repeat(300)}${"]".repeat(300)}}`;
    expect(problemsOf(() => jsonl(deep))).toMatchObject([{ code: "EVALS_DATASET_TOO_DEEP" }]);
    expect(jsonl(JSON.stringify({ id: "a", input: "[".repeat(1000) })).count).toBe(1);
  });

  it("indexes 50,000 cases without keeping them", () => {
    const line = (id: number) =>
      `{"id":"case-${id}","input":{"q":"What is ${id} + 1?"},"expected":"${id + 1}"}`;
    const text = Array.from({ length: 50_000 }, (_, id) => line(id)).join("\n");
    const cases = jsonl(text);
    expect(cases.count).toBe(50_000);
    expect(cases.read(49_999).expected).toBe("50000");
  });
});

describe("findJsonError", () => {
  it.each([
    ['{"a":1', 7, /cut off/],
    ['{"a":"x', 8, /cut off/],
    ['{"a":"\\u00', 11, /cut off/],
    ['{"a":1 "b":2}', 8, /comma is missing/],
    ['{"a":1,}', 8, /comma is before/],
    ["[1,]", 4, /comma is before/],
    ["{a:1}", 2, /double quotes/],
    ['{"a" 1}', 6, /colon/],
    ['{"a":True}', 6, /True is not JSON/],
    ['{"a":01}', 6, /value/],
    ['{"a":"\t"}', 7, /control character/],
    ['{"a":"\\x"}', 7, /backslash/],
    ['{"a":1} {"b":2}', 9, /more text/],
  ])("finds the place in %s", (text, column, what) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(findJsonError(text)).toMatchObject({ column, what: expect.stringMatching(what) });
  });

  it("finds no error in valid JSON", () => {
    expect(findJsonError('{"a":[1,-2.5e3,"\\u00fc\\n",null,true,{}],"b":[]} ')).toBeUndefined();
  });
});

describe("a CSV dataset", () => {
  it("reads keyed columns, tags and metadata, every cell as text", () => {
    const text =
      'id,input.q,input.customer.name,expected,tags,metadata.source\na,"1, 2",Ann,007,"x; y",t1\nb,"two\nlines",,,,\nc,z,,1,,\n';
    const cases = openCsvCases(text, "d.csv");
    expect(all(cases)).toEqual([
      {
        id: "a",
        input: { q: "1, 2", customer: { name: "Ann" } },
        expected: "007",
        tags: ["x", "y"],
        metadata: { source: "t1" },
      },
      { id: "b", input: { q: "two\nlines", customer: { name: "" } }, tags: [], metadata: {} },
      { id: "c", input: { q: "z", customer: { name: "" } }, expected: "1", tags: [], metadata: {} },
    ]);
    expect([cases.line(0), cases.line(1), cases.line(2)]).toEqual([2, 3, 5]);
  });

  it("reads a column that is named like a property which every object inherits", () => {
    const text = "id,input.constructor.prototype.leaked,input.toString\na,x,y\n";
    expect(openCsvCases(text, "d.csv").read(0).input).toEqual({
      constructor: { prototype: { leaked: "x" } },
      toString: "y",
    });
    expect({}).not.toHaveProperty("leaked");
  });

  it.each([
    ["id,input,input.q\n", "EVALS_DATASET_COLUMNS"],
    ["input\nx\n", "EVALS_DATASET_COLUMNS"],
    ["id,id,input\n", "EVALS_DATASET_COLUMNS"],
    ["id,input\na,b\na,c\n", "EVALS_DATASET_DUPLICATE_ID"],
    ["id,input\n,c\n", "EVALS_CASE_MISSING_KEY"],
    ['id,input\na,"open\n', "EVALS_DATASET_SYNTAX"],
    ["id,input\n", "EVALS_DATASET_EMPTY"],
    ["", "EVALS_DATASET_EMPTY"],
    ["id,input,metadata.__proto__\na,b,c\n", "EVALS_DATASET_COLUMNS"],
  ])("refuses %j", (text, code) => {
    expect(problemsOf(() => openCsvCases(text, "d.csv"))[0]?.code).toBe(code);
  });
});

describe("a YAML dataset", () => {
  it("reads a list of cases with their lines", () => {
    const cases = openYamlCases(
      "# cases\n- id: a\n  input: { q: hi }\n- id: b\n  input: x\n  tags: [t]\n",
      "d.yaml",
    );
    expect(all(cases).map(({ id, tags }) => [id, tags])).toEqual([
      ["a", []],
      ["b", ["t"]],
    ]);
    expect([cases.line(0), cases.line(1)]).toEqual([2, 4]);
  });

  it.each([
    ["cases: []\n", "EVALS_DATASET_SYNTAX"],
    ["", "EVALS_DATASET_EMPTY"],
    ["[]", "EVALS_DATASET_EMPTY"],
    ["- { id: a, input: .nan }\n", "EVALS_CASE_INVALID"],
  ])("refuses %j", (text, code) => {
    expect(problemsOf(() => openYamlCases(text, "d.yaml"))[0]?.code).toBe(code);
  });
});
