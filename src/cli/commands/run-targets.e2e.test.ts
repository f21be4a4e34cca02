import { beforeEach, describe, expect, it } from "vitest";
import { readPage } from "../../page/testing/read-page.ts";
import { type GitProject, gitProject, isolateGit } from "../testing/git-project.ts";

const prompt = (text: string): string => `---\ndescription: Echo.\n---\nuser:\n${text} {{ input }}\n`;
const ANSWERS = ["a", "b", "c"].map((id) => ({ id, input: id, expected: id }));
const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

const FILES = {
  ".gitignore": ".evals/\n",
  "evalconfig.yaml":
    "models:\n  kind: { provider: module, file: echo.mjs, version: '1' }\n  rude: { provider: module, file: rude.mjs, version: '1' }\n",
  "echo.mjs":
    "export default (input, { messages }) => (messages[0].content.startsWith('Echo') ? input : 'nothing');\n",
  "rude.mjs": "export default () => 'no';\n",
  "datasets/d.jsonl": lines(ANSWERS),
  "prompts/p/1.0.0.md": prompt("Echo"),
  "prompts/p/1.1.0.md": prompt("Echoes"),
  "prompts/p/2.0.0.md": prompt("Forget"),
  "evals/s.yaml":
    "dataset: d\nprompt: p@1.0.0\nmodel: kind\ntrials: 2\nscorers:\n  - type: equals\ngate:\n  require: { pass_rate: '>= 0.9' }\n",
};

isolateGit();
let repo: GitProject;
beforeEach(() => {
  repo = gitProject(FILES);
});

interface Shown {
  readonly prompt: { readonly version: string };
  readonly target: string;
  readonly counts: { readonly trials: number; readonly answered: number };
  readonly gate: { readonly outcome: string };
  readonly comparison: object | null;
}

async function runs(...args: string[]): Promise<{ exit: number; shown: string[]; runs: Shown[] }> {
  const { exit, document } = await repo.json(["run", ...args]);
  const found = document.runs as Shown[];
  return { exit, runs: found, shown: found.map((one) => `${one.prompt.version} ${one.gate.outcome}`) };
}

describe("evals run with --prompt or --model given several times", () => {
  it("makes one run for each, in the given order; only the suite's own target decides", async () => {
    const bad = await runs("--prompt", "p@2.0.0", "--prompt", "p@1.1.0");
    expect([bad.exit, bad.shown]).toEqual([0, ["2.0.0 not_gated", "1.1.0 not_gated"]]);
    const own = await runs("--prompt", "p@2.0.0", "--prompt", "p@1.0.0");
    expect([own.exit, own.shown]).toEqual([0, ["2.0.0 not_gated", "1.0.0 passed"]]);
    repo.commit({ "evals/s.yaml": FILES["evals/s.yaml"].replace("p@1.0.0", "p@2.0.0") });
    const failing = await runs("--prompt", "p@2.0.0", "--prompt", "p@1.0.0");
    expect([failing.exit, failing.shown]).toEqual([1, ["2.0.0 failed", "1.0.0 not_gated"]]);
  });

  it("writes a page that opens on the comparison of all targets, named by the gated run", async () => {
    const html = ["--reporter", "html=out/a.html"];
    const { runs: found } = await runs(
      "--prompt",
      "p@2.0.0",
      "--prompt",
      "p@1.0.0",
      "--prompt",
      "p@1.1.0",
      ...html,
    );
    const page = repo.read("out/a.html");
    const { start } = readPage(page);
    expect(start.matrices).toMatchObject([
      {
        suite: "s",
        targets: [
          { name: "p@2.0.0", gated: false },
          { name: "p@1.0.0", gated: true },
          { name: "p@1.1.0", gated: false },
        ],
      },
    ]);
    expect(start.matrices[0]?.differences).toHaveLength(3);
    expect(start.matrices[0]?.targets.map(({ run }) => run)).toEqual(start.runs.map(({ key }) => key));
    expect(found).toHaveLength(3);
    expect(page).toMatch(/<title>PASSED s[^<]* and 2 more runs<\/title>/);
    await repo.json(["run", ...html]);
    expect(readPage(repo.read("out/a.html")).start.matrices).toEqual([]);
  });

  it("names a chosen model and prompt wherever another has the same name", async () => {
    repo.commit({
      "evalconfig.yaml": `${FILES["evalconfig.yaml"]}  hot: { provider: module, file: echo.mjs, version: '1', context: { heat: 1 } }\n`,
    });
    const reports = ["--reporter", "junit=o.xml", "--reporter", "markdown=o.md", "--reporter", "terminal"];
    const suites = (): string[] =>
      Array.from(repo.read("o.xml").matchAll(/<testsuite name="([^"]*)"/g), ([, name = ""]) => name);
    const one = await repo.evals(["run", "--model", "hot", ...reports]);
    expect(one.stdout).toMatch(/^PASSED {2}s \(hot\) /m);
    expect(repo.read("o.md")).toContain("## PASSED: s (hot)");
    await repo.evals(["run", "--model", "kind", ...reports]);
    expect(repo.read("o.md")).toContain("## PASSED: s\n");
    await repo.evals(["run", "--model", "kind", "--model", "hot", ...reports]);
    expect(suites()).toEqual(["s.kind", "s.kind gate", "s.hot", "s.hot gate"]);
    await repo.evals(["run", "--prompt", "p@1.0.0", "--prompt", "p@2.0.0", ...reports]);
    expect(suites()).toEqual(["s.p@1.0.0", "s.p@1.0.0 gate", "s.p@2.0.0", "s.p@2.0.0 gate"]);
    expect(repo.read("o.md").match(/^## .*/gm)).toEqual([
      expect.stringContaining("1.0.0"),
      expect.stringContaining("2.0.0"),
    ]);
  });

  it("combines prompts with models, and other options work as usual", async () => {
    const both = ["--model", "kind", "--model", "rude", "--prompt", "p@1.0.0", "--prompt", "p@1.1.0"];
    const crossed = await runs(...both, "--trials", "3", "--case", "a");
    expect(crossed.shown).toEqual(["1.0.0 passed", "1.0.0 not_gated", "1.1.0 not_gated", "1.1.0 not_gated"]);
    expect(crossed.runs.map((one) => one.counts.trials)).toEqual([3, 3, 3, 3]);
  });

  it("compares only the own target with the baseline, and asks all trials", async () => {
    await repo.evals(["run"]);
    await repo.evals(["promote"]);
    const beside = await runs("--no-cache", "--prompt", "p@1.0.0", "--prompt", "p@2.0.0");
    expect(beside.runs.map((one) => one.comparison === null)).toEqual([false, true]);
    expect(beside.runs.map((one) => one.counts.answered)).toEqual([6, 6]);
    expect(beside.exit).toBe(0);
  });

  it("puts cases and targets into one matrix, on the terminal and in the document", async () => {
    const args = ["run", "--prompt", "p@1.0.0", "--prompt", "p@2.0.0"];
    const { matrix } = (await repo.json(args)).document;
    expect(matrix.targets.map(({ name, gated }: { name: string; gated: boolean }) => [name, gated])).toEqual([
      ["p@1.0.0", true],
      ["p@2.0.0", false],
    ]);
    expect(matrix.cases).toEqual(["a", "b", "c"].map((id) => ({ case: id, marks: ["11", "00"] })));
    expect(matrix.differences).toMatchObject([{ a: "p@1.0.0", b: "p@2.0.0", delta: -1, sure: true }]);
    const { stdout } = await repo.evals(args);
    expect(stdout).toContain("p@1.0.0 is better than p@2.0.0 by 100.0 points");
    expect(stdout).toMatch(/ {2}b {11,}\+\+ +xx/);
    // The run of the other target is shown only in the matrix.
    expect(stdout).not.toMatch(/^DONE .*3 cases/m);
  });

  it("makes a matrix of a suite's several models, each of which is gated", async () => {
    repo.commit({ "evals/s.yaml": FILES["evals/s.yaml"].replace("model: kind", "models: [kind, rude]") });
    const { exit, document } = await repo.json(["run"]);
    expect(exit).toBe(1);
    expect(document.matrix.targets.map(({ name }: { name: string }) => name)).toEqual(["kind", "rude"]);
    expect((await repo.json(["run", "--model", "rude"])).document.matrix).toBeUndefined();
  });

  it("reads both from a commit too", async () => {
    repo.commit({ "prompts/p/1.1.0.md": prompt("Forget") });
    const at = await runs(
      "--at",
      "HEAD~1",
      "--prompt",
      "p@1.0.0",
      "--prompt",
      "p@1.1.0",
      "--baseline",
      "none",
    );
    expect([at.exit, at.shown]).toEqual([0, ["1.0.0 passed", "1.1.0 not_gated"]]);
  });

  it.each([
    [
      ["--prompt", "p@1.1.0", "--prompt", "p@^1"],
      "EVALS_TARGET_TWICE",
      "p@1.1.0 with kind is asked for twice",
    ],
    [["--model", "rude", "--model", "rude"], "EVALS_TARGET_TWICE", "p@1.0.0 with rude is asked for twice"],
    [["--prompt", "p@1.0.0", "--prompt", "q"], "EVALS_PROMPT_UNKNOWN", 'Unknown prompt "q"'],
    [["--model", "kind", "--model", "nice"], "EVALS_MODEL_UNKNOWN", "nice"],
  ])("refuses %j before anything is asked", async (args, code, what) => {
    const { exit, document } = await repo.json(["run", ...args]);
    expect([exit, document.problems.map((one: { code: string }) => one.code)]).toEqual([2, [code]]);
    expect(document.problems[0].what).toContain(what);
  });
});

describe("an option that takes one value", () => {
  it.each([
    ["run --trials 2 --trials 3", "--trials is given twice: 2 and 3."],
    ["run --baseline none --baseline latest", "--baseline is given twice"],
    ["run --budget 1 --budget=2", "--budget is given twice"],
    ["run --shard 1/2 --shard 2/2", "--shard is given twice"],
    ["history --limit 3 --limit 4", "--limit is given twice"],
    ["power s --drop 0.1 --model kind --model rude", "--model is given twice"],
    ["show latest --case a --case b", "--case is given twice"],
    ["promote --as a --as b", "--as is given twice"],
    ["check -C . -C ..", "-C is given twice"],
    ["-C . check -C .", "-C is given twice"],
    ["label s --rater a --rater b", "--rater is given twice"],
    ["calibrate j --suite a --suite b", "--suite is given twice"],
    ["report latest --format html --format json", "--format is given twice"],
    ["prompt new p --bump major --bump minor", "--bump is given twice"],
    ["export labels s --format csv --format csv", "--format is given twice"],
  ])("is a mistake when it is given twice: evals %s", async (args, what) => {
    const { exit, stderr, stdout } = await repo.evals(args.split(" "));
    expect(exit).toBe(2);
    expect(stderr + stdout).toContain(what);
  });

  it("may be a flag that is given twice", async () => {
    expect((await repo.evals(["check", "--json", "--json"])).exit).toBe(0);
  });
});
