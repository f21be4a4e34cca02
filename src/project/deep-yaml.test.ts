import { expect, it } from "vitest";
import { parseYaml } from "./parse-yaml.ts";

it.each([
  ["lists in one line", `a: 1\nb: ${"- ".repeat(20_000)}x\n`],
  ["lists of lists", `a: 1\nb:\n  ${"- ".repeat(20_000)}x\n`],
  ["more lists than a file needs", `a: 1\nb: ${"[".repeat(300)}${"]".repeat(300)}\n`],
])("reports where %s are nested too deep to be read", (_, text) => {
  const { value, problems } = parseYaml(text, "evals/a.yaml");
  expect(value).toBeUndefined();
  expect(problems.length).toBeGreaterThan(0);
  for (const { code, path, line } of problems) {
    expect(code).toMatch(/^EVALS_YAML_/);
    expect(path).toBe("evals/a.yaml");
    expect(line).toBeGreaterThan(1);
  }
});

it("reads a value that is nested as deeply as files need", () => {
  const { value, problems } = parseYaml(`a: ${"[".repeat(150)}${"]".repeat(150)}\n`, "evals/a.yaml");
  expect(problems).toEqual([]);
  expect(value).toBeDefined();
});
