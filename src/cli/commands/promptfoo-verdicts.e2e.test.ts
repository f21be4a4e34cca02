import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Scenario, scenario } from "../testing/scenario.ts";

const CONFIGS = fileURLToPath(new URL("../../../fixtures/promptfoo", import.meta.url));
const HAS_PYTHON = spawnSync("python3", ["-V"]).status === 0;

/** promptfoo's result of one test with one prompt; `pass` is null when promptfoo ended it with an error. */
interface Verdict {
  readonly prompt: number;
  /** Label of the provider, when there are several. */
  readonly provider?: string;
  readonly test: number;
  readonly output: string;
  readonly cost_usd?: number;
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

/** Names of the imported suites in the order of the config's prompts. The first has the dataset's name. */
function suitesOf(dataset: string): string[] {
  const all = readdirSync(join(repo.root, "evals")).map((file) => file.replace(/\.yaml$/, ""));
  return [dataset, ...all.filter((name) => name !== dataset)];
}

/** Whether each case passes in evals, by case id, with the answers that promptfoo had. */
async function verdicts(suite: string, lines: readonly object[]): Promise<Map<string, boolean>> {
  cpSync(join(repo.root, "evalconfig.yaml"), join(repo.root, "before.yaml"));
  repo.write("answers.jsonl", lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  repo.write(
    "evalconfig.yaml",
    `${repo.read("evalconfig.yaml")}  recorded: { provider: outputs, file: answers.jsonl }\n`,
  );
  const args = `run ${suite} --model recorded --baseline none --json`;
  const { runs } = JSON.parse((await repo.evals(args, { env: process.env })).stdout);
  const trials = JSON.parse((await repo.evals(`export json ${runs[0].id}`)).stdout);
  cpSync(join(repo.root, "before.yaml"), join(repo.root, "evalconfig.yaml"));
  return new Map(trials.map((trial: { case: string; pass: boolean }) => [trial.case, trial.pass]));
}

describe("a config that was written for promptfoo", () => {
  it.each([
    ["matrix", ["25 icontains"]],
    ["returns", ["32 contains-json"]],
    ["table", []],
    ["refs", []],
    ["code", []],
    ["letters", []],
    ["negations", []],
    ["functions", []],
    ["tools", []],
    [
      "choose",
      ["28 prefix: of a test", "28 suffix: of a test", "1 the column __prefix", "1 the column __suffix"],
    ],
    ["sums", []],
  ])(
    "gives promptfoo's own verdict of every answer: %s",
    async (name, left) => {
      if (["code", "functions", "tools", "sums"].includes(name) && !HAS_PYTHON) return;
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
      expect(new Set(theirs.map(({ test }) => test)).size).toBe(cases.length);
      for (const [prompt, suite] of suitesOf(dataset).entries())
        for (const provider of new Set(theirs.map((row) => row.provider))) {
          const rows = theirs.filter((row) => row.prompt === prompt && row.provider === provider);
          const answers = rows.map(({ test, output, cost_usd }) => ({ case: cases[test], output, cost_usd }));
          const ours = rows.length === 0 ? undefined : await verdicts(suite, answers);
          for (const { test, pass } of rows)
            if (pass !== null) expect(ours?.get(cases[test] ?? ""), `${suite}: ${cases[test]}`).toBe(pass);
        }
    },
    60_000,
  );
});
