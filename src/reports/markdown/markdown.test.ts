import { describe, expect, it } from "vitest";
import type { RunHeader } from "../../domain/run.ts";
import { matchesGolden } from "../testing/golden.ts";
import { HOSTILE, hostileRun, largeRun, report, reportedRun } from "../testing/reported-run.ts";
import { markdownReport } from "./markdown.ts";
import { block, inlineCode, inlineText } from "./markdown-text.ts";

const GITHUB_LIMIT = 65_536;

describe("markdownReport", () => {
  it("reports the verdict, the numbers, the broken cases and the next commands", async () => {
    const text = await markdownReport([reportedRun()]);
    expect(text).toMatch(/^<!-- evals:triage -->\n## FAILED: triage \(regressed\)\n/);
    matchesGolden("markdown/expected/regressed.md", text);
  });

  it("contains nothing from foreign texts that Markdown, HTML, GitHub or a log would interpret", async () => {
    const text = await markdownReport([hostileRun()]);
    expect(text).not.toMatch(/<(?!!-- evals:|\/?(details|summary|code|pre|sub)\b)/);
    expect(text.match(/<!--/g)).toHaveLength(1);
    expect(text).not.toMatch(/@|\]\(|!\[|https?:|www\.|javascript:/);
    expect(text).not.toMatch(/^\s*::|##\[|##vso\[/m);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    expect(text).not.toContain("```");
    expect(text.match(/<details/g)?.length).toBe(text.match(/<\/details>/g)?.length);
    matchesGolden("markdown/expected/hostile.md", text);
  });

  it.each([
    ["short answers", 10_000, 50],
    ["huge answers", 10_000, 20_000],
    ["few cases with huge answers", 3, 2_000_000],
  ])("fits a comment with %s, and reports what is left out", async (_, cases, length) => {
    const text = await markdownReport([largeRun(cases, length)]);
    expect(text.length).toBeLessThan(GITHUB_LIMIT);
    expect(text).toContain("regressed");
    expect(text).toContain("evals run triage --case case-0");
    if (cases > 50) expect(text).toMatch(/Not listed here: [\d,]+ more cases\./);
  });

  it.each([3, 60])("fits a comment with %d runs, each with its verdict", async (many) => {
    const text = await markdownReport(Array.from({ length: many }, () => largeRun(200, 5_000)));
    expect(text.length).toBeLessThan(GITHUB_LIMIT);
    expect(text.match(/FAILED: triage/g)?.length).toBeGreaterThanOrEqual(Math.min(many, 15));
  });

  it("omits an unknown time", async () => {
    expect(await markdownReport([reportedRun({ duration_ms: null })])).toMatch(
      /<sub>[^<]* answers: [^<]* error<\/sub>/,
    );
    expect(await markdownReport([reportedRun({ duration_ms: null })])).not.toMatch(/ in [\d.]+ m?s</);
  });

  it("does not mention a baseline when there is none", async () => {
    const text = await markdownReport([
      reportedRun({
        comparison: null,
        gate: { outcome: "passed", verdict: "none", rules: [] },
        never_pass: 0,
        flaky: 0,
      }),
    ]);
    expect(text).toContain("## PASSED: triage\n");
    expect(text).not.toContain("baseline");
  });

  it("shows the worst cases of a run whose number of failing cases is unknown", async () => {
    const unknown = { comparison: null, never_pass: null, flaky: null };
    const text = await markdownReport([reportedRun(unknown)]);
    expect(text).toContain("<summary>Cases do not always pass</summary>");
    expect(text).toContain("**<code>refund-07</code>** 0/5");
    expect(text).not.toMatch(/null|NaN/);
    const none = { ...reportedRun(unknown), rows: async function* () {} };
    expect(await markdownReport([none])).not.toContain("always pass");
  });

  it("suggests commands that work on a machine without the run", async () => {
    const commands = async (changes: Parameters<typeof reportedRun>[0]): Promise<string[]> => {
      const text = await markdownReport([reportedRun(changes)]);
      return /```sh\n([\s\S]*?)\n```/.exec(text)?.[1]?.split("\n") ?? [];
    };
    expect(await commands({})).toEqual([
      "evals run triage --case refund-07 --case angry-02",
      "evals run triage --all-trials",
      'evals promote --accept "why this drop is wanted"',
    ]);
    expect(
      await commands({ status: "incomplete", header: { ...report.header, one_of_several: true } }),
    ).toEqual([
      "evals run triage --model small --case refund-07 --case angry-02",
      "evals run triage --model small --all-trials",
      'evals promote --accept "why this drop is wanted"',
      "evals run triage --model small --resume",
    ]);
    const resumed = async (changes: Partial<RunHeader>): Promise<string | undefined> =>
      (await commands({ status: "incomplete", header: { ...report.header, ...changes } })).find((one) =>
        one.includes("--resume"),
      );
    // What goes on asks no more, and spends no more, than the run would have.
    const narrowing = { cases: ["refund-07"], tags: ["critical"], shard: "1/2" };
    expect(
      await resumed({ repeated_options: ["--budget 0.5", "--no-cache"], given_trials: 2, narrowing }),
    ).toBe(
      "evals run triage --resume --trials 2 --case refund-07 --tag critical --shard 1/2 --budget 0.5 --no-cache",
    );
    expect(await resumed({ repeated_options: ["--baseline 'file:a b.jsonl'"] })).toBeUndefined();
    expect(await resumed({ narrowing: { ...narrowing, cases: ["$(reboot)"] } })).toBeUndefined();
    expect(await resumed({ narrowing: { ...narrowing, failing: "3f9c21aa" } })).toBeUndefined();
    // A suite name that a shell would interpret is not put into a command.
    expect(await commands({ header: { ...report.header, suite: "a b; rm -rf /" } })).toEqual([]);
  });

  it("ends several runs with one line each, the failed one last", async () => {
    const passed = reportedRun({
      header: { ...report.header, suite: "zebra" },
      gate: { outcome: "passed", verdict: "none", rules: [] },
    });
    const lines = (await markdownReport([reportedRun(), passed])).trimEnd().split("\n").slice(-3);
    expect(lines).toEqual([
      "| --- | --- | ---: |",
      "| PASSED | zebra | 55.0 % |",
      "| FAILED | triage | 55.0 % |",
    ]);
    expect(await markdownReport([passed])).not.toContain("| PASSED |");
  });

  it("gives the runs of several models different markers", async () => {
    const text = await markdownReport([reportedRun({ header: { ...report.header, one_of_several: true } })]);
    expect(text).toMatch(/^<!-- evals:triage\.small -->/);
  });
});

describe("a model's text in Markdown", () => {
  it.each([inlineCode, (text: string) => block(text, 10_000)])(
    "contains only letters and references",
    (escaped) => {
      const inside = escaped(HOSTILE).replace(/^<(code|pre)>|<\/(code|pre)>$/g, "");
      expect(inside).not.toMatch(/[<>`*_[\]|~@\\\n]/);
    },
  );

  it("stays readable within a sentence of the report", async () => {
    const sentence = "pass rate fell 6.8 points (3.9 to 9.7), p 50 %: regressed.";
    expect(inlineText(sentence)).toBe(sentence);
  });

  it.each([
    ["a path and an id stay findable", "evals/baselines/a-b_c.jsonl refund-07", null],
    ["a link", "www.evil.example", "www&#46;evil.example"],
    ["a list", "1. one", "1&#46; one"],
    ["a rule", "--- x", "&#45;&#45;&#45; x"],
    ["emphasis", "_a_ __b__", "&#95;a&#95; &#95;&#95;b&#95;&#95;"],
  ])("lets nothing begin: %s", (_, text, escaped) => {
    expect(inlineText(text)).toBe(escaped ?? text);
  });

  it("separates a mention from its `@`, because GitHub looks for mentions after resolving references", async () => {
    expect(inlineText("@octocat #12")).toBe("&#64;&#8203;octocat &#35;&#8203;12");
  });
});
