import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { EvalConfig } from "../domain/config.ts";
import { labelSchema } from "../domain/label.ts";
import { Suite } from "../domain/suite.ts";
import { describeIssues } from "./describe-issues.ts";

const places = { path: "evals/s.yaml", at: () => ({ line: 1, column: 1 }) };

function problemsOf(schema: z.ZodType, value: unknown) {
  const issues = schema.safeParse(value).error?.issues ?? [];
  return describeIssues(issues, { schema, value, places, code: "EVALS_SUITE" });
}

const suiteWith = (members: object) =>
  problemsOf(Suite, { dataset: "d", model: "m", scorers: [{ type: "equals" }], ...members });

const toolWith = (http: object) =>
  suiteWith({ agent: { tools: [{ http: { name: "t", url: "http://t", ...http } }] } });

describe("a text of the wrong format", () => {
  it.each([
    ["user", { turns: "foo" }, '"user.turns" must be a place in the case\'s input, such as input.turns'],
    ["pressure", [{ kind: "typos", at: "q" }], '"pressure[0].at" must be a place in the case\'s input'],
  ])("under %s is told by the schema's own words", (key, value, what) => {
    expect(suiteWith({ [key]: value })[0]?.what).toContain(what);
  });

  it("of a tool is told by what the text has to be", () => {
    expect(toolWith({ name: "a b" })[0]?.what).toBe(
      '"agent.tools[0].http.name" must be at most 64 letters, digits, underscores and hyphens, not the text "a b".',
    );
    expect(toolWith({ result: "x" })[0]?.what).toBe(
      '"agent.tools[0].http.result" must be text that starts with "$", not the text "x".',
    );
    expect(toolWith({ url: "x" })[0]?.what).toContain("must be an address such as https://example.com");
  });

  it("of a pattern without a name is told by the pattern", () => {
    const problems = problemsOf(labelSchema(), { answer_hash: "x" });
    expect(problems.map(({ what }) => what)).toContain(
      '"answer_hash" must be text that matches /^[0-9a-f]{64}$/, not the text "x".',
    );
  });

  it("of a redaction is told with an example", () => {
    const [problem] = problemsOf(EvalConfig, { models: {}, redact: [{ name: "9", pattern: "x" }] });
    expect(problem?.what).toContain("must be letters, digits, - and _, for instance customer-number");
  });
});

describe("keys that do not fit together", () => {
  it.each([
    {},
    { prompt: "p" },
    { model: "m" },
    { turns: "input.turns", prompt: "p" },
    { turns: "input.turns", prompt: "p", model: "m" },
  ])("are one problem of the object that has them: user: %j", (user) => {
    expect(suiteWith({ user })).toMatchObject([
      {
        what: '"user" must have either turns, or both prompt and model.',
        fix: 'Write either turns, or both prompt and model under "user".',
      },
    ]);
  });

  it.each([{ turns: "input.turns" }, { prompt: "p", model: "m" }])(
    "are none where they fit: user: %j",
    (user) => {
      expect(suiteWith({ user })).toEqual([]);
    },
  );

  it("are deleted where one of them has no effect", () => {
    const server = { command: ["server"], headers: { a: "b" } };
    expect(suiteWith({ agent: { tools: [{ mcp: server }] } })).toMatchObject([
      {
        what: '"agent.tools[0].mcp.headers" must be left out: only a server with a url has headers.',
        fix: "Delete agent.tools[0].mcp.headers.",
      },
    ]);
  });
});

describe("a scorer that is written as its type alone", () => {
  it.each([
    ["contains", "Write it with its key: - type: contains"],
    ["is it right?", "Write it with its key: - type: equals"],
  ])("%s is corrected to an entry with a key", (scorer, fix) => {
    expect(suiteWith({ scorers: [scorer] })[0]).toMatchObject({
      what: `"scorers[0]" must be a set of keys, not the text "${scorer}".`,
      fix,
    });
  });
});
