import { describe, expect, it } from "vitest";
import { runReport } from "../terminal/run-report.ts";
import { matchesGolden } from "../testing/golden.ts";
import { hostileRun, largeRun, report, reportedRun, row } from "../testing/reported-run.ts";
import { annotations } from "./annotations.ts";

describe("annotations", () => {
  it("mark the dataset's line of the worst cases", async () => {
    matchesGolden("github/expected/regressed.txt", await annotations([reportedRun()], ""));
  });

  it("name files from the root of the repository", async () => {
    expect(await annotations([reportedRun()], "apps/bot")).toContain(
      "file=apps/bot/datasets/triage.jsonl,line=1",
    );
  });

  it("contain a model's text only as their message, even if it looks like a command", async () => {
    const evil = "x%0A::stop-commands::key%0D\n::warning file=a.js,line=9::b";
    const broken = row(
      { id: `${evil},line=7:title`, passed: 0, trials: "fffff" },
      { output: evil, scorer: "queue", reason: evil },
    );
    const text = await annotations([reportedRun({}, { cases: [broken] })], "");
    const [, line = ""] = text.split("\n");
    const hostile = "x%250A::stop-commands::key%250D⏎::warning file=a.js,line=9::b";
    const title =
      "x%250A%3A%3Astop-commands%3A%3Akey%250D⏎%3A%3Awarning file=a.js%2Cline=9%3A%3Ab%2Cline=7%3Atitle";
    expect(line).toBe(
      `::error file=datasets/triage.jsonl,line=4,title=${title}::0/5, was 15/15 passed: queue: ${hostile}; asked When are you open?; it answered ${hostile}`,
    );
  });

  it("name a dataset that is outside of the project's folder", async () => {
    const run = reportedRun({ dataset_path: "../beside/cases.jsonl" });
    expect(await annotations([run], "apps/bot")).toContain("file=apps/beside/cases.jsonl,line=1");
  });

  it("are at most ten, however many cases broke, with at least one for each run", async () => {
    const text = await annotations([largeRun(500, 100), reportedRun()], "");
    const lines = text.trimEnd().split("\n");
    expect(lines.map((line) => line.split(" ")[0])).toEqual([
      "::notice",
      ...Array.from({ length: 9 }, () => "::error"),
      "::notice",
      "::error",
    ]);
    const many = await annotations(
      Array.from({ length: 40 }, () => reportedRun()),
      "",
    );
    expect(many.match(/^::error file=/gm)).toHaveLength(10);
    expect(many.match(/^::notice /gm)).toHaveLength(10);
  });

  it("mark ten cases when one run has as many", async () => {
    const text = await annotations([largeRun(500, 100)], "");
    expect(text.match(/^::error file=/gm)).toHaveLength(10);
  });

  it("report what failed when there is no case to mark", async () => {
    const text = await annotations([reportedRun({}, { cases: [row()] })], "");
    expect(text).toMatch(/^::error title=FAILED triage::regressed; [^\n]*\n$/);
  });

  it("report nothing about a gate that passed", async () => {
    const gate = { ...report.gate, outcome: "passed" } as const;
    expect(await annotations([reportedRun({ gate })], "")).toBe("");
  });

  it("only warn of one that is undecided", async () => {
    const gate = { ...report.gate, outcome: "undecided" } as const;
    expect(await annotations([reportedRun({ gate })], "")).toMatch(
      /^::notice title=UNDECIDED .*\n(::warning file=.*\n)+$/,
    );
  });

  it("have our command at the start of every line and no other command, whatever a model says", async () => {
    const text = await annotations([hostileRun()], "");
    for (const line of text.trimEnd().split("\n")) {
      expect(line).toMatch(/^::(error|notice) (\w+=[^:,]*,?)+::/);
      expect(line).not.toMatch(/##\[|##vso\[|\r/);
    }
    matchesGolden("github/expected/hostile.txt", text);
  });
});

describe("the terminal's report in a log that CI reads", () => {
  it("has no line that a runner would treat as a command", async () => {
    const text = runReport(hostileRun().report, { width: 80, color: false });
    expect(text).not.toMatch(/^\s*::|##\[|##vso\[/m);
  });
});
