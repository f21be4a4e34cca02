import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { HOSTILE, hostileRun, largeRun, report, reportedRun, row } from "../reports/testing/reported-run.ts";
import { pageFile } from "./page-file.ts";
import { scriptJson } from "./page-text.ts";
import { readPage } from "./testing/read-page.ts";

const MAX_BYTES = 20_000_000;
const fileOf = (...runs: readonly ReturnType<typeof reportedRun>[]): Promise<string> =>
  pageFile(runs.map((run, at) => ({ key: `run${at}`, run })));

/** A page without its style, its script and its data. */
const shell = (page: string): string =>
  page.replace(/<style>[\s\S]*?<\/style>/, "").replace(/<script[^>]*>[\s\S]*?<\/script>/g, "");

describe("pageFile", () => {
  it("holds the report, its trend, the index of the cases and their answers as values", async () => {
    const { start, runs, indexes, answers } = readPage(await fileOf(reportedRun()));
    expect(start.runs.map(({ key, summary }) => [key, summary.id, summary.outcome])).toEqual([
      ["run0", "3f9c21aa", "failed"],
    ]);
    const { comparison } = report;
    if (comparison === null) throw new Error("the report compares");
    expect(runs[0]?.report).toEqual({
      ...JSON.parse(JSON.stringify(report)),
      // The index says how each case moved.
      comparison: {
        ...comparison,
        cases: { ...comparison.cases, broken: [], fixed: [], flaky: [] },
        moved: [],
        examples: [],
      },
    });
    expect(runs[0]?.history).toHaveLength(3);
    expect(indexes[0]).toEqual({
      ids: ["refund-07", "angry-02", "parcel-02", "hours-01"],
      inputs: Array(4).fill("When are you open?"),
      tags: ["billing", "vip", "shipping"],
      tag_sets: [[0, 1], [0], [2]],
      tag_set_of: [0, 1, 2, 2],
      scorers: ["queue", "tone"],
      scores: [
        [0, 0.75, 1, 1],
        [0.8, 0.7, 0.8, 0.8],
      ],
      latency_ms: [900, null, 900, 900],
      now: { width: 5, marks: "fffffppfpepppppppppp", passed: [], answered: [] },
      before: { width: 0, marks: "", passed: [15, 12, 3, 15], answered: [15, 15, 15, 15] },
      changes: "BsFs",
      page_of: [0, 0, 0, 0],
      left_out: "",
    });
    // Cases that failed or moved come first.
    expect(answers[0]?.map((one) => one.case.id)).toEqual(["refund-07", "angry-02", "parcel-02", "hours-01"]);
    const [refund] = answers[0] ?? [];
    expect(refund?.case.now.trials.map(({ outcome }) => outcome)).toEqual(Array(5).fill("failed"));
    expect(refund?.now[0]?.parts.map(({ kind }) => kind)).toEqual(["message", "answer"]);
  });

  it("allows only its own style and script", async () => {
    const page = await fileOf(reportedRun());
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? "";
    const hash = (tag: string): string => {
      const from = page.indexOf(`<${tag}>`) + tag.length + 2;
      const text = page.slice(from, page.indexOf(`</${tag}>`, from));
      return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
    };
    expect(policy).toBe(
      `default-src 'none'; script-src ${hash("script")}; style-src ${hash("style")}; img-src data:; base-uri 'none'; form-action 'none'`,
    );
    expect(shell(page)).not.toMatch(/\s(src|style|on\w+)=|<(img|iframe|base|form)\b|@import|url\(/);
  });

  it("keeps hostile texts as text, and makes characters visible that change the text direction", async () => {
    const page = await fileOf(hostileRun());
    expect(shell(page)).not.toMatch(/<(img|iframe|svg)|owned'</);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect(page).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]|\p{Cs}/u);
    const { indexes, answers } = readPage(page);
    expect(indexes[0]?.ids[0]).toContain("</script><script>document.title='owned'</script>");
    expect(answers[0]?.[0]?.case.now.trials[0]?.output?.text).toContain("\uFFFDgnihtemos\uFFFD");
  });

  it.each([
    ["short answers", 3_000, 100],
    ["long answers", 3_000, 4_000],
    ["answers of signs that JSON escapes", 2_000, 1_000, "<\u0000"],
    ["one huge answer", 1, 30_000_000],
  ])("stays below 20 MB with every case: %s", async (_, cases, length, letter?: string) => {
    const page = await fileOf(largeRun(cases, length, letter));
    expect(Buffer.byteLength(page)).toBeLessThan(MAX_BYTES);
    const { indexes, answers } = readPage(page);
    expect([indexes[0]?.ids.length, answers[0]?.length]).toEqual([cases, cases]);
    expect(indexes[0]?.page_of).not.toContain(-1);
  });

  it("reports the full length of a cut text", async () => {
    const { indexes, answers } = readPage(await fileOf(largeRun(1, 300_000)));
    expect(indexes[0]?.left_out).toBe("Texts are cut after 200,000 characters.");
    const passage = answers[0]?.[0]?.case.now.trials[0]?.output;
    expect([passage?.text.length, passage?.letters]).toEqual([200_000, 300_000]);
  });

  it("stays below 20 MB with many runs, each with its verdict", async () => {
    const page = await fileOf(...Array.from({ length: 8 }, () => largeRun(500, 500)));
    expect(Buffer.byteLength(page)).toBeLessThan(MAX_BYTES);
    expect(readPage(page).runs.map((one) => one.report.gate.outcome)).toEqual(Array(8).fill("failed"));
  });

  it("leaves answers of passing cases out before those that failed", async () => {
    // Random text, which no compression makes smaller.
    const noise = (seed: number): string =>
      Array.from({ length: 400 }, (_, at) => createHash("sha256").update(`${seed} ${at}`).digest("hex")).join(
        "",
      );
    const cases = Array.from({ length: 1_100 }, (_, at) =>
      row(
        {
          id: `case-${at}`,
          trials: at > 989 ? "f" : "p",
          passed: at > 989 ? 0 : 1,
          answered: 1,
          baseline: null,
        },
        { output: noise(at) },
      ),
    );
    const { indexes, answers } = readPage(await fileOf(reportedRun({ comparison: null }, { cases })));
    const pages = indexes[0]?.page_of ?? [];
    expect(pages.slice(990).every((page) => page !== -1)).toBe(true);
    expect(pages.filter((page) => page === -1).length).toBeGreaterThan(100);
    expect(answers[0]?.slice(0, 10).map((one) => one.place)).toEqual(
      Array.from({ length: 10 }, (_, at) => 990 + at),
    );
    expect(indexes[0]?.left_out).toMatch(/^The answers of \d+ cases are not in this file\./);
  });

  it("shows the verdict without JavaScript", async () => {
    const page = await fileOf(reportedRun());
    expect(page).toContain("<title>FAILED triage</title>");
    expect(page).toMatch(/<noscript><main><h1>FAILED triage<\/h1>/);
  });
});

describe("scriptJson", () => {
  it("is JSON of the same value, and contains nothing that ends a script or begins a comment", () => {
    const plain = HOSTILE.replace(/[^\n -~]/g, "");
    const text = scriptJson({ [plain]: [plain] });
    expect(JSON.parse(text)).toEqual({ [plain]: [plain] });
    expect(text).not.toMatch(/[<>&]/);
  });
});
