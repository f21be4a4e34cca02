import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { matchesGolden } from "../testing/golden.ts";
import { HOSTILE, hostileRun, largeRun, report, reportedRun, row } from "../testing/reported-run.ts";
import { caseData } from "./case-data.ts";
import { scriptJson } from "./html-text.ts";
import { htmlReport } from "./page.ts";

const MOST_BYTES = 20_000_000;

/** A page without its style and its script, which no golden needs. */
function bare(page: string): string {
  return page
    .replace(/<style>[\s\S]*?<\/style>/, "<style>…</style>")
    .replace(/<script>[\s\S]*?<\/script>/, "<script>…</script>")
    .replace(/'sha256-[^']*'/g, "'sha256-…'");
}

/** What stands in the page's JSON elements, by their id. */
function dataOf(page: string): Record<string, unknown[]> {
  return Object.fromEntries(
    Array.from(
      page.matchAll(/<script type="application\/json" id="([\w-]+)">([\s\S]*?)<\/script>/g),
      ([, id = "", text = ""]) => [id, JSON.parse(text)],
    ),
  );
}

describe("htmlReport", () => {
  it("holds verdict, metrics, trend, tags, distribution, cases and answers", () => {
    const page = htmlReport([reportedRun()]);
    matchesGolden("html/expected/regressed.html", bare(page));
  });

  it("lets its own style and script run and nothing else", () => {
    const page = htmlReport([reportedRun()]);
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? "";
    const hash = (tag: string): string => {
      const from = page.indexOf(`<${tag}>`) + tag.length + 2;
      const text = page.slice(from, page.indexOf(`</${tag}>`, from));
      return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
    };
    expect(policy).toBe(
      `default-src 'none'; style-src ${hash("style")}; script-src ${hash("script")}; base-uri 'none'; form-action 'none'`,
    );
    expect(page).not.toMatch(/\s(src|style|on\w+)=|<(link|img|iframe|base|form)\b|@import|url\(/);
  });

  it("keeps hostile texts as texts", () => {
    const page = htmlReport([hostileRun()]);
    const rest = bare(page).replace(/<script type="application\/json"[\s\S]*?<\/script>/g, "");
    expect(rest.match(/<script/g)).toHaveLength(1);
    expect(rest).not.toMatch(/<(img|iframe|!--)|javascript:[^a]|&(?!amp;|lt;|gt;|quot;|#39;)/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect(page).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]|\p{Cs}/u);
    const { "answers-0": answers } = dataOf(page);
    expect(JSON.stringify(answers)).toContain("</script><script>document.title='owned'</script>");
    matchesGolden("html/expected/hostile.html", bare(page));
  });

  it("has answers of the cases that failed or moved, and of no other", () => {
    const { "cases-0": rows = [], "answers-0": answers = [] } = dataOf(htmlReport([reportedRun()]));
    const places = rows.slice(1).map((one) => [(one as unknown[])[0], (one as unknown[]).at(-1)]);
    expect(places).toEqual([
      ["refund-07", 0],
      ["angry-02", 1],
      ["parcel-02", 2],
      ["hours-01", -1],
    ]);
    expect(answers).toHaveLength(3);
  });

  it.each([
    ["short answers", 10_000, 100],
    ["long answers", 10_000, 4_000],
    ["answers of signs that JSON escapes", 10_000, 1_000, "<\u0000"],
    ["letters of three bytes", 10_000, 1_000, "語"],
    ["one huge answer", 1, 30_000_000],
  ])("stays below 20 MB with every case: %s", (_, cases, length, letter?: string) => {
    const page = htmlReport([largeRun(cases, length, letter)]);
    expect(Buffer.byteLength(page)).toBeLessThan(MOST_BYTES);
    const { "cases-0": rows = [], "answers-0": answers = [] } = dataOf(page);
    expect([rows.length - 1, answers.length]).toEqual([cases, cases]);
    const whole = cases * length * 2 < 10_000_000;
    expect(page.includes("Answers are cut after")).toBe(!whole);
  });

  it("stays below 20 MB with many runs, each with its verdict", () => {
    const page = htmlReport(Array.from({ length: 30 }, () => largeRun(2_000, 500)));
    expect(Buffer.byteLength(page)).toBeLessThan(MOST_BYTES);
    expect(page.match(/<h1><span class="bad">FAILED/g)).toHaveLength(30);
    expect(page.match(/<a href="#run-/g)).toHaveLength(30);
  });

  it("says which cases it leaves out of a table that is too long, and keeps those that failed", () => {
    const cases = Array.from({ length: 12_000 }, (_, at) =>
      row({ id: `case-${at}`, ...(at > 11_900 ? { passed: 0, trials: "fffff" } : {}) }),
    );
    const header = { ...report.header, cases: cases.length };
    const page = htmlReport([reportedRun({ header }, { cases })]);
    const { "cases-0": rows = [] } = dataOf(page);
    expect(rows.slice(1)).toHaveLength(99);
    expect(page).toContain(
      "11,901 cases left out: the table holds 99 cases, those that failed or moved first.",
    );
  });

  it("offers no comparison where there was none, and no trend of one run", () => {
    const gate = { outcome: "passed", verdict: "none", rules: [] } as const;
    const page = bare(htmlReport([reportedRun({ comparison: null, gate }, { past: [] })]));
    expect(page).toContain('<h1><span class="good">PASSED</span> triage');
    expect(page).not.toMatch(/Pass rate over runs|baseline<\/th>|value="broken"/);
  });
});

describe("caseData", () => {
  it("cuts all answers alike, as little as it must", () => {
    const run = largeRun(100, 3_000);
    expect(caseData(run, 2_000_000).cutAfter).toBeNull();
    const { cutAfter, answers } = caseData(run, 400_000);
    expect(cutAfter).toBe(600);
    expect(Buffer.byteLength(answers)).toBeLessThan(400_000);
    expect(Buffer.byteLength(answers)).toBeGreaterThan(150_000);
  });

  it("counts each case once in the tenth it belongs to", () => {
    const cases = [
      row({ passed: 5, scores: [1, null] }),
      row({ passed: 0, scores: [0, 0.19] }),
      row({ answered: 0, passed: 0, scores: [null, null] }),
    ];
    const { distributions } = caseData(reportedRun({}, { cases }), 1_000_000);
    expect(distributions).toEqual([
      { name: "passed trials of a case", bins: [1, 0, 0, 0, 0, 0, 0, 0, 0, 1] },
      { name: "queue", bins: [1, 0, 0, 0, 0, 0, 0, 0, 0, 1] },
      { name: "tone", bins: [0, 1, 0, 0, 0, 0, 0, 0, 0, 0] },
    ]);
  });
});

describe("scriptJson", () => {
  it("is the same value, and nothing that ends a script or begins a comment", () => {
    const text = scriptJson({ [HOSTILE]: [HOSTILE] });
    expect(JSON.parse(text)).toEqual({ [HOSTILE]: [HOSTILE] });
    expect(text).not.toMatch(/[<>&]/);
  });
});
