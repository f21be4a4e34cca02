import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import {
  agentModel,
  clerk,
  type ModelAnswer,
  projectOf,
  removeAgentProjects,
  results,
  shown,
  write,
} from "../testing/agent-project.ts";

afterEach(removeAgentProjects);

const TRACE = "fixtures/traces/kettle.json";
/** An agent that pays at once, without looking up the order. */
const hasty: (asked: Parameters<typeof clerk>[0]) => ModelAnswer = (asked) =>
  results(asked).length === 0 ? [["refund", { id: "A-1042" }]] : "I have paid 40 back.";

describe("evals record-trace", () => {
  it("writes what a passing trial did, and later trials are compared with it", async () => {
    let answerer = clerk;
    const { url } = await agentModel((asked) => answerer(asked));
    const repo = projectOf("agents.md", url);
    await repo.evals("run");
    const recorded = await repo.evals("record-trace latest/kettle/1");
    expect(recorded.exit).toBe(0);
    expect(recorded.stdout).toContain(`${TRACE}  written: 2 calls in 1 turn`);
    expect(JSON.parse(readFileSync(join(repo.root, TRACE), "utf8"))).toEqual({
      case: "kettle",
      turns: 1,
      calls: [
        { turn: 1, name: "find_order", arguments: { id: "A-1042" } },
        { turn: 1, name: "refund", arguments: { id: "A-1042" } },
      ],
    });
    expect((await repo.evals("record-trace latest/kettle/1")).stdout).toContain("unchanged");
    repo.edit("evals/refunds.yaml", "scorers:", "scorers:\n  - { type: golden-trace }");
    expect((await repo.evals("run")).exit).toBe(0);
    expect(await shown(repo, "kettle")).toMatchObject({ pass: true });
    answerer = hasty;
    await repo.evals("run --no-cache");
    const { pass, scores, failure } = await shown(repo, "kettle");
    expect(pass).toBe(false);
    expect(scores[0]?.reason).toBe(
      'no call find_order({"id":"A-1042"}) before call 1, refund({"id":"A-1042"})',
    );
    expect(failure).toMatchObject({ class: "tool-choice" });
  });

  it("refuses a trial that fails, a run without a trial, and a case that is not there", async () => {
    const { url } = await agentModel(() => "No.");
    const repo = projectOf("agents.md", url);
    await repo.evals("run");
    for (const [word, code] of [
      ["latest/kettle/1", "EVALS_TRACE_FAILING"],
      ["latest/kettle", "EVALS_TRACE_FAILING"],
      ["latest", "EVALS_TRIAL_UNKNOWN"],
      ["latest/lamp/1", "EVALS_CASE_UNKNOWN"],
      ["latest/kettle/7", "EVALS_TRIAL_UNKNOWN"],
    ]) {
      const { exit, stdout } = await repo.evals(`record-trace ${word} --json`);
      expect([exit, JSON.parse(stdout).problems[0].code]).toEqual([2, code]);
    }
    expect(existsSync(join(repo.root, TRACE))).toBe(false);
  });

  it("is suggested when a required scorer needs the trace of a case that has none", async () => {
    const { url } = await agentModel(clerk);
    const repo = projectOf("agents.md", url);
    repo.edit("evals/refunds.yaml", "scorers:", "scorers:\n  - { type: golden-trace }");
    const checked = await repo.evals("check --json");
    expect(checked.exit).toBe(2);
    const [problem] = JSON.parse(checked.stdout).problems;
    expect(problem).toMatchObject({ code: "EVALS_CASE_OPERAND", path: "datasets/refunds.jsonl", line: 1 });
    expect(problem.what).toContain("evals record-trace RUN/kettle/1");
    repo.edit("evals/refunds.yaml", "{ type: golden-trace }", "{ type: golden-trace, required: false }");
    expect((await repo.evals("run")).exit).toBe(0);
    write(repo, TRACE, '{"calls": 7}\n');
    expect((await repo.evals("check --json")).stdout).toContain("is not a list of calls");
  });
});
