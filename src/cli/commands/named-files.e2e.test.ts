import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Scenario, scenario } from "../testing/scenario.ts";

let repo: Scenario;
beforeEach(() => {
  repo = scenario("every-case-passes");
});
afterEach(() => repo.remove());

/** Every command that takes the name of a file, `x`. */
const COMMANDS = [
  "ab file:x file:x",
  "escalation x",
  "import braintrust x",
  "import csv x",
  "import helicone x",
  "import inspect x",
  "import langfuse x",
  "import langsmith x",
  "import openai-evals x",
  "import parquet x",
  "import phoenix x",
  "import promptfoo x",
  "import tau-bench x",
  "import traces x",
  "import labels triage x --format csv",
];

describe.each(COMMANDS)("evals %s", (command) => {
  const code = async (): Promise<unknown> => {
    const { exit, stdout } = await repo.evals(`${command} --json`);
    const { problems } = JSON.parse(stdout) as { problems: { code: string; path: string }[] };
    expect(exit).toBe(2);
    expect(problems[0]?.path).toBe("x");
    return problems[0]?.code;
  };

  it("reports a directory given in place of the file", async () => {
    mkdirSync(join(repo.root, "x"));
    expect(await code()).toBe(
      command === "import traces x" ? "EVALS_IMPORT_NO_FILE" : "EVALS_FILE_IS_DIRECTORY",
    );
  });

  it.skipIf(process.platform === "win32")("does not wait for a pipe", async () => {
    rmSync(join(repo.root, "x"), { force: true });
    execFileSync("mkfifo", [join(repo.root, "x")]);
    expect(await code()).toBe("EVALS_FILE_NOT_REGULAR");
  });
});
