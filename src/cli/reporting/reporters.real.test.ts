import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { type Scenario, scenario } from "../testing/scenario.ts";

const CASES = 10_000;
const TRIALS = 5;
const MAX_BYTES = 20_000_000;

let repo: Scenario;
afterEach(() => repo.remove());

/** A project whose answers are recorded; every fifth answer is wrong. */
function largeProject(): Scenario {
  const made = scenario("critical-case-fails");
  const ids = Array.from({ length: CASES }, (_, at) => `case-${at}`);
  const line = (value: object): string => `${JSON.stringify(value)}\n`;
  const golden = (id: string) => ({ id, input: { message: id }, expected: { queue: "billing" } });
  const answer = (queue: string) => JSON.stringify({ queue, reply: "as good a word as any ".repeat(20) });
  made.write("datasets/tickets.jsonl", ids.map((id) => line(golden(id))).join(""));
  made.write(
    "fixtures/answers.jsonl",
    ids
      .flatMap((id, at) =>
        Array.from({ length: TRIALS }, (_, trial) =>
          line({ case: id, output: answer((at * 7 + trial) % 5 === 0 ? "other" : "billing") }),
        ),
      )
      .join(""),
  );
  made.edit("evals/triage.yaml", "trials: 2", `trials: ${TRIALS}`);
  made.edit("evals/triage.yaml", '  critical: ["tag:critical", "case:password-reset"]\n', "");
  return made;
}

describe("evals report in a pipe", () => {
  it("writes the page to the pipe and no file", async () => {
    repo = scenario("critical-case-fails");
    await repo.evals("run");
    const program = fileURLToPath(new URL("../../../bin/evals.js", import.meta.url));
    const { status, stdout, stderr } = spawnSync("sh", ["-c", '"$NODE" "$EVALS" report latest | cat'], {
      cwd: repo.root,
      encoding: "utf8",
      maxBuffer: MAX_BYTES,
      env: { ...process.env, NODE: process.execPath, EVALS: program },
    });
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
    expect(existsSync(join(repo.root, ".evals/reports"))).toBe(false);
  });
});

describe("reports of 10,000 cases × 5 out of the store", () => {
  it("are written in seconds and stay below their limits", async () => {
    repo = largeProject();
    expect((await repo.evals("run --quiet")).exit).toBe(0);
    for (const [format, size] of [
      ["html", MAX_BYTES],
      ["junit", 30_000_000],
      ["markdown", 65_536],
    ] as const) {
      const started = performance.now();
      await repo.evals(`report latest --format ${format} --output out.${format}`);
      const ms = Math.round(performance.now() - started);
      const bytes = Buffer.byteLength(repo.read(`out.${format}`));
      process.stderr.write(`${format} of ${CASES} cases × ${TRIALS}: ${ms} ms, ${bytes} bytes\n`);
      expect(bytes, format).toBeLessThan(size);
    }
    expect(repo.read("out.html")).not.toContain("Answers are cut");
    expect(repo.read("out.junit").match(/<testcase classname="triage" /g)).toHaveLength(CASES);
  });
});
