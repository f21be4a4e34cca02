import { afterAll, describe, expect, it } from "vitest";
import { hashJson, type Json } from "../domain/json.ts";
import { SettingMistake } from "../domain/problem.ts";
import { ScorerFailure } from "../domain/scorer.ts";
import { defineScorer, type Judgement } from "./define-scorer.ts";
import {
  fakeCase,
  fakeInput,
  fakeRepository,
  openScorer,
  removeRepositories,
  writeRepositoryFile,
} from "./testing/scorer-fakes.ts";

afterAll(removeRepositories);

const host = { root: "/nowhere", env: {}, concurrency: 1 };

async function mistakeIn(
  settings: { type: string; [option: string]: unknown },
  root?: string,
): Promise<SettingMistake> {
  const error = await openScorer(settings, root === undefined ? {} : { root }).then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(SettingMistake);
  return error as SettingMistake;
}

/** A scorer like a user's own that always returns the given judgement. */
function returning(judged: Judgement, settings: Record<string, unknown> = {}) {
  const definition = defineScorer({
    type: "fixed",
    about: "",
    options: {},
    operand: "none",
    grades: "returned",
    compile: () => ({ score: () => judged }),
    examples: [],
  });
  return definition.open(definition.settings.parse({ type: "fixed", ...settings }), host);
}

describe("a scorer's score", () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY, -0.01, 1.01, 100])(
    "is a failure when it is %s",
    async (score) => {
      const scorer = await returning({ score, pass: true, reason: "" });
      expect(() => scorer.score(fakeInput("a"))).toThrow(ScorerFailure);
    },
  );

  it("passes from the threshold on, the threshold included", async () => {
    const scorer = await returning({ score: 0.7, reason: "r" }, { threshold: 0.7 });
    expect(scorer.score(fakeInput("a"))).toEqual({ score: 0.7, pass: true, reason: "r" });
  });

  it.each([
    ["a sum", 0.7 + 0.1, 0.8],
    ["a mean", (1 + 1 + 2 / 3 + 2 / 3 + 2 / 3) / 5, 0.8],
  ])("passes at a threshold that only the rounding of %s puts above it", async (_, score, threshold) => {
    expect(score).toBeLessThan(threshold);
    const scorer = await returning({ score, reason: "r" }, { threshold });
    expect(scorer.score(fakeInput("a"))).toMatchObject({ pass: true });
    const above = await returning({ score, reason: "r" }, { threshold: threshold + 1e-6 });
    expect(above.score(fakeInput("a"))).toMatchObject({ pass: false });
  });

  it("is a failure when its own verdict contradicts the threshold, either way", async () => {
    const low = await returning({ score: 0.2, pass: true, reason: "" }, { threshold: 0.5 });
    expect(() => low.score(fakeInput("a"))).toThrow("says pass: true");
    const high = await returning({ score: 0.75, pass: false, reason: "" }, { threshold: 0.5 });
    expect(() => high.score(fakeInput("a"))).toThrow("says pass: false");
  });

  it("is a failure when there is neither a verdict nor a threshold, even for 1", async () => {
    const scorer = await returning({ score: 1, reason: "" });
    expect(() => scorer.score(fakeInput("a"))).toThrow("no threshold");
  });

  it("keeps the scorer's verdict when there is no threshold", async () => {
    const scorer = await returning({ score: 0.4, pass: true, reason: "" });
    expect(scorer.score(fakeInput("a"))).toMatchObject({ pass: true, score: 0.4 });
  });

  it("has a reason of bounded length", async () => {
    const scorer = await returning({ score: 1, pass: true, reason: "x".repeat(1e6) });
    expect((await scorer.score(fakeInput("a"))).reason.length).toBe(1000);
  });

  it("comes as a plain value when nothing has to be waited for", async () => {
    const scorer = await openScorer({ type: "equals", value: "a" });
    expect(scorer.score(fakeInput("a"))).toEqual({ score: 1, pass: true, reason: "equal" });
  });
});

describe("a scorer's frame", () => {
  it("is named after its type and required, unless it says otherwise", async () => {
    expect(await openScorer({ type: "equals", value: 1 })).toMatchObject({
      name: "equals",
      required: true,
      binary: true,
    });
    const named = { type: "levenshtein", threshold: 0.5, name: "close", required: false };
    expect(await openScorer(named)).toMatchObject({ name: "close", required: false, binary: false });
  });

  it("lists the places of the case that it reads", async () => {
    expect((await openScorer({ type: "equals" })).reads).toEqual(["expected"]);
    expect((await openScorer({ type: "equals", against: "expected.queue" })).reads).toEqual([
      "expected.queue",
    ]);
    expect((await openScorer({ type: "equals", value: null })).reads).toEqual([]);
    expect((await openScorer({ type: "jsonpath", path: "$.a" })).reads).toEqual([]);
    expect((await openScorer({ type: "citations" })).reads).toEqual(["metadata.context"]);
    const nested = {
      type: "any-of",
      of: [
        { type: "equals", against: "expected.a" },
        { type: "equals", against: "expected.a" },
      ],
    };
    expect((await openScorer(nested)).reads).toEqual(["expected.a"]);
  });

  it("reads quoted and numbered places of the case", async () => {
    const scorer = await openScorer({ type: "equals", against: 'expected["a.b"][1]' });
    expect(scorer.score(fakeInput("y", { expected: { "a.b": ["x", "y"] } }))).toMatchObject({ pass: true });
  });

  it("does not read what an object inherits", async () => {
    const scorer = await openScorer({ type: "equals", against: "expected.constructor" });
    expect(() => scorer.score(fakeInput("y", { expected: {} }))).toThrow("has no expected.constructor");
  });

  it("reports before any answer why a case cannot be scored", async () => {
    const scorer = await openScorer({ type: "all-of", of: [{ type: "one-of", against: "expected.queues" }] });
    expect(scorer.refuses(fakeCase({ expected: { queues: ["a"] } }))).toBeUndefined();
    expect(scorer.refuses(fakeCase({ expected: { queues: "a" } }))).toContain("it is not a list");
    const regex = await openScorer({ type: "regex" });
    expect(regex.refuses(fakeCase({ expected: "a(" }))).toContain("missing closing )");
  });
});

describe("a scorer's identity", () => {
  const identity = async (settings: { type: string; [option: string]: unknown }, root?: string) =>
    hashJson((await openScorer(settings, root === undefined ? {} : { root })).identity);

  it("does not depend on the order of keys, the name, or whether a miss fails the trial", async () => {
    const one = await identity({ type: "equals", trim: true, value: { a: 1, b: 2 } });
    expect(
      await identity({ value: { b: 2, a: 1 }, trim: true, name: "n", required: false, type: "equals" }),
    ).toBe(one);
  });

  it("does not depend on writing a default down", async () => {
    expect(await identity({ type: "equals", trim: false, against: "expected" })).toBe(
      await identity({ type: "equals" }),
    );
  });

  it("depends on every option that changes scores", async () => {
    const all = [
      {},
      { trim: true },
      { tolerance: 0.1 },
      { against: "expected.a" },
      { value: null },
      { select: { json: "$.a" } },
    ];
    const hashes = await Promise.all(all.map((options) => identity({ type: "equals", ...options })));
    expect(new Set(hashes).size).toBe(all.length);
  });

  it("does not depend on a timeout", async () => {
    const command = { type: "command", command: ["node", "-v"] };
    expect(await identity({ ...command, timeout: "5s" })).toBe(await identity(command));
  });

  it("depends on nested scorers, but not on their names", async () => {
    const of = (options: Record<string, Json>) =>
      identity({ type: "any-of", of: [{ type: "equals", ...options }] });
    expect(await of({ name: "x" })).toBe(await of({}));
    expect(await of({ trim: true })).not.toBe(await of({}));
  });

  it("follows the files that a module imports", async () => {
    const root = fakeRepository({
      "s/a.ts": 'import { x } from "./b.js";\nexport default () => x;',
      "s/b.ts": "export const x = true;",
    });
    const scorer = await openScorer({ type: "module", file: "s/a.ts" }, { root });
    expect(scorer.files).toEqual(["s/a.ts", "s/b.ts"]);
    const before = await identity({ type: "module", file: "s/a.ts" }, root);
    expect(await identity({ file: "s/a.ts", type: "module" }, root)).toBe(before);
    writeRepositoryFile(root, "s/b.ts", "export const x = false;");
    expect(await identity({ type: "module", file: "s/a.ts" }, root)).not.toBe(before);
  });

  it("follows the meaning of a schema file, not its formatting", async () => {
    const root = fakeRepository({ "a.json": '{"type":"object","minProperties":1}' });
    const settings = { type: "json-schema", schema: "a.json" };
    const before = await identity(settings, root);
    writeRepositoryFile(root, "a.json", '{\n  "minProperties": 1,\n  "type": "object"\n}\n');
    expect(await identity(settings, root)).toBe(before);
    writeRepositoryFile(root, "a.json", '{"type":"object","minProperties":2}');
    expect(await identity(settings, root)).not.toBe(before);
  });
});

describe("a mistake in a scorer's settings", () => {
  const cases: [string, { type: string; [option: string]: unknown }, string, (string | number)[]][] = [
    [
      "both operands",
      { type: "equals", value: 1, against: "expected" },
      "EVALS_SCORER_TWO_OPERANDS",
      ["value"],
    ],
    [
      "a path outside a case",
      { type: "equals", against: "expectd.queue" },
      "EVALS_SCORER_CASE_PATH",
      ["against"],
    ],
    ["an invalid path", { type: "equals", against: "expected..a" }, "EVALS_SCORER_CASE_PATH", ["against"]],
    ["an operand of the wrong type", { type: "one-of", value: "a" }, "EVALS_SCORER_OPERAND", ["value"]],
    ["an empty text to look for", { type: "contains", value: "" }, "EVALS_SCORER_OPERAND", ["value"]],
    ["no threshold", { type: "rouge" }, "EVALS_SCORER_THRESHOLD_MISSING", []],
    ["a bad regex", { type: "regex", value: "a(?=b)" }, "EVALS_SCORER_REGEX", ["value"]],
    [
      "a bad regex to select",
      { type: "equals", select: { regex: "a[" } },
      "EVALS_SCORER_REGEX",
      ["select", "regex"],
    ],
    [
      "an unknown group",
      { type: "equals", select: { regex: "(a)", group: 2 } },
      "EVALS_SCORER_REGEX_GROUP",
      ["select", "group"],
    ],
    [
      "a bad JSONPath",
      { type: "equals", select: { json: "$.a[" } },
      "EVALS_SCORER_JSONPATH",
      ["select", "json"],
    ],
    ["a bad JSONPath", { type: "jsonpath", path: "a.b" }, "EVALS_SCORER_JSONPATH", ["path"]],
    [
      "a bad JSON Schema",
      { type: "json-schema", schema: { type: "objct" } },
      "EVALS_SCORER_JSON_SCHEMA",
      ["schema"],
    ],
    [
      "an unknown keyword",
      { type: "json-schema", schema: { requierd: [] } },
      "EVALS_SCORER_JSON_SCHEMA",
      ["schema"],
    ],
    [
      "a remote reference",
      { type: "json-schema", schema: { $ref: "https://example.com/x.json" } },
      "EVALS_SCORER_JSON_SCHEMA",
      ["schema"],
    ],
    [
      "a reference outside",
      { type: "json-schema", schema: { $ref: "../../x.json" } },
      "EVALS_SCORER_PATH_OUTSIDE",
      ["schema"],
    ],
    ["a missing schema", { type: "json-schema", schema: "no.json" }, "EVALS_SCORER_FILE_MISSING", ["schema"]],
    [
      "a schema outside",
      { type: "json-schema", schema: "../no.json" },
      "EVALS_SCORER_PATH_OUTSIDE",
      ["schema"],
    ],
    ["a module outside", { type: "module", file: "/etc/passwd" }, "EVALS_SCORER_PATH_OUTSIDE", ["file"]],
    ["a missing module", { type: "module", file: "no.ts" }, "EVALS_SCORER_FILE_MISSING", ["file"]],
    [
      "a missing program",
      { type: "command", command: ["no-such-program-here"] },
      "EVALS_SCORER_COMMAND_MISSING",
      ["command", 0],
    ],
    ["no limit", { type: "length" }, "EVALS_SCORER_LIMIT_MISSING", []],
    ["crossed limits", { type: "length", min: 2, max: 1 }, "EVALS_SCORER_LIMITS_CROSSED", ["min"]],
    [
      "selecting from tokens",
      { type: "length", unit: "tokens", max: 1, select: { json: "$" } },
      "EVALS_SCORER_SELECT_UNUSED",
      ["select"],
    ],
    [
      "an unknown type inside",
      { type: "not", of: [{ type: "equal" }] },
      "EVALS_SCORER_NESTED",
      ["of", 0, "type"],
    ],
    [
      "an unknown option inside",
      { type: "not", of: [{ type: "equals", trimm: true }] },
      "EVALS_SCORER_NESTED",
      ["of", 0, "trimm"],
    ],
    [
      "a mistake inside",
      { type: "not", of: [{ type: "regex", value: "(" }] },
      "EVALS_SCORER_REGEX",
      ["of", 0, "value"],
    ],
    [
      "required inside",
      { type: "not", of: [{ type: "equals", required: true }] },
      "EVALS_SCORER_NESTED",
      ["of", 0, "required"],
    ],
    [
      "more passes wanted than scorers",
      { type: "at-least", n: 2, of: [{ type: "equals" }] },
      "EVALS_SCORER_N_UNREACHABLE",
      ["n"],
    ],
  ];

  it.each(cases)("is reported: %s", async (_, settings, code, at) => {
    const { problem, at: place } = await mistakeIn(settings);
    expect({ code: problem.code, at: place }).toEqual({ code, at });
    expect(problem.what).toMatch(/[.]|\?$/);
  });

  it("shows where a regular expression goes wrong", async () => {
    expect((await mistakeIn({ type: "regex", value: "abc**" })).problem.what).toBe(
      'The regular expression "abc**" does not compile: invalid nested repetition operator at character 4.',
    );
  });

  it("shows where a JSONPath goes wrong", async () => {
    expect((await mistakeIn({ type: "jsonpath", path: "$.a[?" })).problem.what).toMatch(
      /at character \d+\.$/,
    );
  });

  it("names the module that cannot be imported", async () => {
    const root = fakeRepository({ "bad.ts": "export default (", "none.ts": "export const a = 1;" });
    expect((await mistakeIn({ type: "module", file: "bad.ts" }, root)).problem).toMatchObject({
      code: "EVALS_SCORER_MODULE_BROKEN",
      what: expect.stringContaining("bad.ts cannot be imported"),
    });
    expect((await mistakeIn({ type: "module", file: "none.ts" }, root)).problem.code).toBe(
      "EVALS_SCORER_MODULE_EXPORT",
    );
  });

  it("names the export that is not a function", async () => {
    const root = fakeRepository({ "none.ts": "export const a = 1; export default () => 1;" });
    const mistake = await mistakeIn({ type: "module", file: "none.ts", export: "a" }, root);
    expect(mistake.at).toEqual(["export"]);
    expect(mistake.problem).toMatchObject({
      code: "EVALS_SCORER_MODULE_EXPORT",
      what: 'none.ts exports no function at "a".',
    });
  });

  it("is reported for an option that a type does not have", async () => {
    await expect(openScorer({ type: "latency", max: "4s", value: 1 })).rejects.toThrow("value");
  });
});
