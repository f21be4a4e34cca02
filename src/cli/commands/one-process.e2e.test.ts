import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { markProcess } from "../../processes/process-mark.ts";
import { openStore } from "../../store/open-store.ts";
import type { Store } from "../../store/store.ts";
import { answersProject, plainAnswers } from "../testing/answers-project.ts";
import type { Scenario } from "../testing/scenario.ts";

let repo: Scenario;
let other: ChildProcess;
let others: Store;

/** Starts a run that another process works on; that process never finishes it. */
beforeEach(async () => {
  repo = answersProject(plainAnswers(3));
  await repo.evals("run --quiet");
  other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1e6)"], { stdio: "ignore" });
  others = await openStore(repo.root, Date.now, markProcess(other.pid ?? 0));
  const [run] = others.runs({});
  if (run !== undefined) others.resume(run);
});
afterEach(async () => {
  await killOther();
  others.close();
  repo.remove();
});

async function killOther(): Promise<void> {
  if (other.exitCode !== null || other.signalCode !== null) return;
  other.kill("SIGKILL");
  await once(other, "exit");
}

const counted = async (): Promise<readonly object[]> =>
  JSON.parse((await repo.evals("history --json")).stdout).runs;

describe("a run that another process works on", () => {
  it("is refused with the id of that process and a fix, and nothing is asked", async () => {
    const refused = await repo.evals("run --resume --json");
    expect(refused.exit).toBe(2);
    expect(JSON.parse(refused.stdout)).toMatchObject({
      runs: [],
      problems: [
        {
          code: "EVALS_RUN_BUSY",
          what: `Process ${other.pid} is at work on run 00000001 of suite triage.`,
          fix: expect.stringContaining(`kill -INT ${other.pid}`),
        },
      ],
    });
    expect((await repo.evals("run --resume --run 0000")).exit).toBe(2);
    expect(await counted()).toMatchObject([{ id: "00000001", status: "running" }]);
  });

  it("is reported once for each run, and the command starts none of its other runs", async () => {
    repo.write("evals/second.yaml", repo.read("evals/triage.yaml"));
    await repo.evals("run second --quiet");
    const { exit, stdout } = await repo.evals("run --resume --json");
    expect(exit).toBe(2);
    expect(JSON.parse(stdout).problems).toHaveLength(1);
    expect(await counted()).toMatchObject([
      { suite: "second", status: "complete" },
      { suite: "triage", status: "running" },
    ]);
    expect((await repo.evals("run second --resume --quiet")).exit).toBe(0);
  });

  it("does not hinder a run of its own", async () => {
    expect((await repo.evals("run --quiet")).exit).toBe(0);
  });

  it("is interrupted when that process was killed, and can be resumed", async () => {
    await killOther();
    for (const command of ["history", "history triage", "show latest"]) {
      const { stdout } = await repo.evals(command);
      expect(stdout, command).toContain("interrupted");
      expect(stdout, command).toMatch(/[Tt]o go on: evals run triage --resume --run 00000001$/m);
    }
    expect(JSON.parse((await repo.evals("show latest --json")).stdout).status).toBe("interrupted");
    const ended = await repo.evals("run --resume --run 00000001 --json");
    expect(JSON.parse(ended.stdout).runs).toMatchObject([{ id: "00000001", status: "complete" }]);
    const after = await repo.evals("history");
    expect(after.stdout).not.toContain("go on");
    expect(after.stdout).not.toContain("interrupted");
  });
});

describe("an interrupted run", () => {
  beforeEach(killOther);

  it("is reported as incomplete, with its numbers so far and the command that resumes it", async () => {
    const { stdout } = await repo.evals("report latest --format markdown");
    expect(stdout).toContain("INCOMPLETE");
    expect(stdout).toContain("3 of 3 trials answered: the run was interrupted.");
    // Readers of a comment may be at another machine, which does not know the run's id.
    expect(stdout).toContain("\nevals run triage --resume\n");
    await repo.evals("report latest --format html --output out.html");
    expect(repo.read("out.html")).toContain('"status":"interrupted"');
    const document = JSON.parse((await repo.evals("report latest --format json")).stdout);
    expect(document).toMatchObject({
      exit: 3,
      runs: [{ status: "interrupted", end: { kind: "interrupted" }, gate: { outcome: "undecided" } }],
    });
  });

  it("is reported when it is a side of a comparison", async () => {
    const answers = "fixtures/answers.jsonl";
    repo.write(answers, repo.read(answers).replace(/"output":"/, '"output":"Now: '));
    await repo.evals("run --quiet");
    const { stdout, stderr } = await repo.evals("diff 00000001 latest");
    expect(stdout).toContain("baseline   run 00000001, interrupted");
    expect(stderr).toContain(
      "Run 00000001 has not ended. It was interrupted. To go on: evals run triage --resume --run 00000001\n",
    );
  });

  it("cannot be promoted, and is incomplete after rescoring", async () => {
    await repo.evals("rescore latest --json");
    expect(await counted()).toMatchObject([{ status: "incomplete" }, { status: "interrupted" }]);
  });
});
