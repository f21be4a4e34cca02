import { describe, expect, it } from "vitest";
import { runReport } from "../terminal/run-report.ts";
import { matchesGolden } from "../testing/golden.ts";
import { hostileRun, largeRun, report, reportedRun } from "../testing/reported-run.ts";
import { annotations } from "./annotations.ts";

describe("annotations", () => {
  it("mark the dataset's line of the worst cases", () => {
    matchesGolden("github/expected/regressed.txt", annotations([reportedRun()], ""));
  });

  it("name files from the root of the repository", () => {
    expect(annotations([reportedRun()], "apps/bot")).toContain("file=apps/bot/datasets/triage.jsonl,line=1");
  });

  it("are at most ten, however many cases broke, and each run has one", () => {
    const lines = annotations([largeRun(500, 100), reportedRun()], "")
      .trimEnd()
      .split("\n");
    expect(lines).toHaveLength(10);
    expect(lines.at(-1)).toMatch(/^::error title=FAILED triage::/);
  });

  it("say nothing of a gate that passed", () => {
    const gate = { ...report.gate, outcome: "passed" } as const;
    expect(annotations([reportedRun({ gate })], "")).toBe("");
  });

  it("only warn of one that is undecided", () => {
    const gate = { ...report.gate, outcome: "undecided" } as const;
    expect(annotations([reportedRun({ gate })], "")).toMatch(/^(::warning .*\n)+$/);
  });

  it("begin with our command on every line, whatever a model says, and hold no other", () => {
    const text = annotations([hostileRun()], "");
    for (const line of text.trimEnd().split("\n")) {
      expect(line).toMatch(/^::error (\w+=[^:,]*,?)+::/);
      expect(line).not.toMatch(/##\[|##vso\[|\r/);
    }
    matchesGolden("github/expected/hostile.txt", text);
  });
});

describe("the terminal's report in a log that CI reads", () => {
  it("has no line that a runner would take for a command", () => {
    const text = runReport(hostileRun().report, { width: 80, color: false });
    expect(text).not.toMatch(/^\s*::|##\[|##vso\[/m);
  });
});
