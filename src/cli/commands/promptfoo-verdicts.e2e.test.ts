import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Scenario, scenario } from "../testing/scenario.ts";

const CONFIGS = fileURLToPath(new URL("../../../fixtures/promptfoo", import.meta.url));
const HAS_PYTHON = spawnSync("python3", ["-V"]).status === 0;

/** What promptfoo said of one test with one prompt; a pass of null is a test that it ended with an error. */
interface Verdict {
  readonly prompt: number;
  readonly test: number;
  readonly output: string;
  readonly pass: boolean | null;
}

const linesOf = <T>(path: string): T[] =>
  readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as T);

let repo: Scenario;
beforeEach(() => {
  repo = scenario(null);
  cpSync(CONFIGS, join(repo.root, "old"), { recursive: true });
});
afterEach(() => repo.remove());

/** The suites in the order of the config's prompts: the first has the dataset's name. */
function suitesOf(dataset: string): string[] {
  const all = readdirSync(join(repo.root, "evals")).map((file) => file.replace(/\.yaml$/, ""));
  return [dataset, ...all.filter((name) => name !== dataset)];
}

/** Whether each case passes here, over the answers that promptfoo had. */
async function verdicts(suite: string, lines: readonly object[]): Promise<Map<string, boolean>> {
  cpSync(join(repo.root, "evalconfig.yaml"), join(repo.root, "before.yaml"));
  repo.write("answers.jsonl", lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  repo.write(
    "evalconfig.yaml",
    `${repo.read("evalconfig.yaml")}  recorded: { provider: outputs, file: answers.jsonl }\n`,
  );
  const args = `run ${suite} --model recorded --baseline none --json`;
  const { runs } = JSON.parse((await repo.evals(args, { env: process.env })).stdout);
  const passed = new Map<string, boolean>();
  for (const { case: id } of lines as { case: string }[]) {
    const shown = JSON.parse((await repo.evals(`show ${runs[0].id} --case ${id} --json`)).stdout);
    passed.set(id, shown.trials[0].pass);
  }
  cpSync(join(repo.root, "before.yaml"), join(repo.root, "evalconfig.yaml"));
  return passed;
}

describe("a config that was written for promptfoo", () => {
  it.each([
    ["matrix", ["25 icontains"]],
    ["returns", ["32 contains-json"]],
    ["table", []],
    ["refs", []],
    ["code", []],
  ])(
    "gives promptfoo's own verdict of every answer: %s",
    async (name, left) => {
      if (name === "code" && !HAS_PYTHON) return;
      const document = JSON.parse((await repo.evals(`import promptfoo old/${name}.yaml --json`)).stdout);
      expect(document.exit).toBe(0);
      expect(document.left.map((one: { line: number; what: string }) => `${one.line} ${one.what}`)).toEqual(
        left,
      );
      const [dataset = ""] = readdirSync(join(repo.root, "datasets")).map((file) =>
        file.replace(".jsonl", ""),
      );
      const cases = linesOf<{ id: string }>(join(repo.root, `datasets/${dataset}.jsonl`)).map(({ id }) => id);
      const theirs = linesOf<Verdict>(join(CONFIGS, `${name}.verdicts.jsonl`));
      for (const [prompt, suite] of suitesOf(dataset).entries()) {
        const rows = theirs.filter((row) => row.prompt === prompt);
        expect(rows.length, suite).toBe(cases.length);
        const ours = await verdicts(
          suite,
          rows.map(({ test, output }) => ({ case: cases[test], output })),
        );
        for (const { test, pass } of rows)
          if (pass !== null) expect(ours.get(cases[test] ?? ""), `${suite}: ${cases[test]}`).toBe(pass);
      }
    },
    60_000,
  );
});
