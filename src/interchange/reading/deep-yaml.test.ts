import { expect, it } from "vitest";
import { EvalsError } from "../../domain/problem.ts";
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
