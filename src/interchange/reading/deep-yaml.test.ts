import { expect, it } from "vitest";
import { EvalsError } from "../../domain/problem.ts";
import { joinConfig } from "../join-config.ts";
import { readSource } from "../promptfoo/config-source.ts";
import { yamlSource } from "./yaml-source.ts";

const DEEP = `a: 1\nb: ${"[".repeat(300)}${"]".repeat(300)}\n`;

it.each([
  ["YAML of another tool", yamlSource],
  ["a config of promptfoo", readSource],
])("refuses %s with more levels than a file needs, at its line", (_, read) => {
  const problems = (() => {
    try {
      read(DEEP, "other.yaml");
    } catch (error) {
      return error instanceof EvalsError ? error.problems : [];
    }
    return [];
  })();
  expect(problems).toMatchObject([{ code: "EVALS_YAML_DEEP", path: "other.yaml", line: 2 }]);
});

const BOMB = `a: &a [x, x, x, x, x, x, x, x, x, x]
${Array.from({ length: 9 }, (_, at) => `${"bcdefghij"[at]}: &${"bcdefghij"[at]} [${Array(10).fill(`*${"abcdefghi"[at]}`).join(", ")}]\n`).join("")}`;

it.each([
  ["YAML of another tool", yamlSource],
  ["a config of promptfoo", readSource],
])("refuses %s whose aliases would fill the memory", (_, read) => {
  const problem = { code: "EVALS_IMPORT_SYNTAX", path: "other.yaml", line: 1 };
  expect(() => read(BOMB, "other.yaml")).toThrow(
    expect.objectContaining({ problems: [expect.objectContaining(problem)] }),
  );
});

it("adds no model to a config whose aliases would fill the memory", () => {
  const joined = joinConfig(`models: {}\n${BOMB}`, { m: { provider: "openai" } });
  expect(joined).toMatchObject({ added: [], problems: [{ code: "EVALS_IMPORT_CONFIG" }] });
});
