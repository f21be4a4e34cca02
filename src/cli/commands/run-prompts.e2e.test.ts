import { readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { type GitProject, gitProject, isolateGit } from "../testing/git-project.ts";

const prompt = (text: string): string => `---\ndescription: Echo.\n---\nuser:\n${text} {{ input }}\n`;
const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const CASES = Array.from({ length: 20 }, (_, at) => ({ id: `c${at}`, input: `${at}`, expected: `${at}` }));
const suite = (targets: string): string =>
  `dataset: d\n${targets}\ntrials: 2\nscorers:\n  - type: equals\ngate:\n  require: { pass_rate: '>= 0' }\n  regression: { max_drop: 0.3 }\n`;

const FILES = {
  ".gitignore": ".evals/\n",
  "evalconfig.yaml":
    "models:\n  kind: { provider: module, file: echo.mjs, version: '1' }\n  same: { provider: module, file: echo.mjs, version: '1' }\n  made: { provider: outputs, file: made.jsonl }\n",
  "echo.mjs":
    "export default (input, { messages }) => (messages[0].content.startsWith('Echo') ? input : 'nothing');\n",
  "made.jsonl": lines(CASES.map(({ id }) => ({ case: id, output: "x" }))),
  "datasets/d.jsonl": lines(CASES),
  "prompts/p/1.0.0.md": prompt("Echo"),
  "prompts/p/1.1.0.md": prompt("Echoes"),
  "prompts/teams/polite/1.0.0.md": prompt("Echo, please,"),
  "evals/s.yaml": suite("prompts: [p@1.0.0, p@1.1.0]\nmodel: kind"),
};

/** An agent that gets worse only with the second prompt. */
const WITHOUT_ECHOES = FILES["echo.mjs"].replace("'Echo'", "'Echo '");

isolateGit();
let repo: GitProject;
beforeEach(() => {
  repo = gitProject(FILES);
});

interface Run {
  readonly id: string;
  readonly alias: string;
  readonly prompt: { readonly name: string; readonly version: string };
  readonly counts: { readonly answered: number };
  readonly gate: { readonly outcome: string; readonly verdict: string };
  readonly comparison: { readonly prompt?: string; readonly alias?: string } | null;
}

async function runs(
  ...args: string[]
): Promise<{ exit: number; runs: Run[]; document: { matrix?: unknown } }> {
  const { exit, document } = await repo.json(["run", ...args]);
  return { exit, runs: document.runs as Run[], document };
}

const baselines = (): string[] => readdirSync(join(repo.root, "evals/baselines")).sort();
const shown = ({ prompt, alias, gate }: Run): string =>
  `${prompt.name}@${prompt.version} ${alias} ${gate.outcome} ${gate.verdict}`;

describe("a suite that lists prompts", () => {
  it("runs each, in one matrix, with a baseline for each", async () => {
    const first = await runs();
    expect(first.exit).toBe(0);
    expect(first.runs.map(shown)).toEqual(["p@1.0.0 kind passed none", "p@1.1.0 kind passed none"]);
    expect(first.document.matrix).toMatchObject({ targets: [{ name: "p@1.0.0" }, { name: "p@1.1.0" }] });
    expect((await repo.evals(["promote"])).exit).toBe(0);
    expect(baselines()).toEqual(["s.p@1.0.0.jsonl", "s.p@1.1.0.jsonl"]);
    const again = await runs("--no-cache", "--all-trials");
    expect(again.runs.map(shown)).toEqual([
      "p@1.0.0 kind passed no_regression",
      "p@1.1.0 kind passed no_regression",
    ]);
    expect(again.runs.map(({ comparison }) => comparison?.prompt)).toEqual(["p@1.0.0", "p@1.1.0"]);
  });

  it("blocks only because of the prompt that got worse", async () => {
    await repo.evals(["run"]);
    await repo.evals(["promote"]);
    repo.commit({ "echo.mjs": WITHOUT_ECHOES });
    const { exit, runs: after } = await runs("--no-cache");
    expect([exit, after.map(({ gate }) => gate.outcome)]).toEqual([1, ["passed", "failed"]]);
    const { stdout } = await repo.evals(["run", "--no-cache"]);
    expect(stdout).toMatch(/^FAILED +s \(p@1\.1\.0\)/m);
  });

  it("gates a prompt from the list that the command line names by its own baseline", async () => {
    await repo.evals(["run"]);
    await repo.evals(["promote"]);
    for (const word of ["p@1.1.0", "p"]) {
      const { runs: one } = await runs("--prompt", word, "--no-cache");
      expect(one.map(shown)).toEqual(["p@1.1.0 kind passed no_regression"]);
    }
    const other = await runs("--prompt", "teams/polite", "--no-cache");
    expect(other.runs.map(({ gate }) => gate.verdict)).toEqual(["none"]);
    const two = await runs("--prompt", "p@1.1.0", "--prompt", "teams/polite");
    expect(two.runs.map(({ gate }) => gate.outcome)).toEqual(["passed", "not_gated"]);
  });

  it("crosses them with several models; folders of a prompt's name are in a file's name with a plus sign", async () => {
    repo.commit({ "evals/s.yaml": suite("prompts: [p@1.0.0, teams/polite@1.0.0]\nmodels: [kind, same]") });
    expect((await runs()).runs).toHaveLength(4);
    await repo.evals(["promote"]);
    expect(baselines()).toEqual([
      "s.p@1.0.0.kind.jsonl",
      "s.p@1.0.0.same.jsonl",
      "s.teams+polite@1.0.0.kind.jsonl",
      "s.teams+polite@1.0.0.same.jsonl",
    ]);
    const again = await runs("--no-cache", "--all-trials");
    expect(again.runs.map(({ gate }) => gate.verdict)).toEqual(Array(4).fill("no_regression"));
    expect(again.runs.map(({ comparison }) => [comparison?.prompt, comparison?.alias])).toEqual([
      ["p@1.0.0", "kind"],
      ["p@1.0.0", "same"],
      ["teams/polite@1.0.0", "kind"],
      ["teams/polite@1.0.0", "same"],
    ]);
  });

  it("is compared prompt by prompt by diff, logged, tagged and rolled back whole", async () => {
    await repo.evals(["run"]);
    expect((await repo.evals(["promote", "--as", "v1"])).exit).toBe(0);
    repo.commit({ "echo.mjs": WITHOUT_ECHOES });
    await repo.evals(["run", "--no-cache", "--baseline", "none"]);
    const { document } = await repo.json(["diff", "evals/v1"]);
    expect(
      document.comparisons.map((one: { prompt: string; verdict: string }) => [one.prompt, one.verdict]),
    ).toEqual([
      ["p@1.0.0", "no_regression"],
      ["p@1.1.0", "regressed"],
    ]);
    const between = await repo.json(["diff", "prompt:p@1.0.0", "prompt:p@1.1.0"]);
    expect(between.document.comparisons).toMatchObject([{ verdict: "regressed" }]);
    const log = await repo.evals(["log"]);
    expect(log.stdout).toContain("v1");
    const rolled = await repo.evals(["rollback", "v1"]);
    expect([rolled.exit, rolled.stdout.match(/s \(p@1\.\d\.0\)/g)]).toEqual([
      0,
      ["s (p@1.0.0)", "s (p@1.1.0)"],
    ]);
  });

  it("reports a baseline whose prompt is no longer in the list, unless the change removes the baseline too", async () => {
    await repo.evals(["run"]);
    await repo.evals(["promote"]);
    repo.git("push", "-q", "origin", "main");
    repo.git("switch", "-q", "-c", "change");
    repo.commit({ "evals/s.yaml": suite("prompts: [p@1.1.0]\nmodel: kind") });
    const env = { CI: "true", GITHUB_BASE_REF: "main" };
    const kept = await repo.json(["run", "--no-cache"], env);
    expect([kept.exit, JSON.stringify(kept.document.runs[0].gate.rules)]).toEqual([
      1,
      expect.stringContaining("s.p@1.0.0.jsonl"),
    ]);
    repo.git("rm", "-q", "evals/baselines/s.p@1.0.0.jsonl");
    repo.git("commit", "-q", "-m", "Let the first prompt go");
    expect((await repo.json(["run", "--no-cache"], env)).exit).toBe(0);
  });

  it("resumes, plans, rescores and shows the failing cases of each by itself", async () => {
    repo.commit({
      "prompts/p/2.0.0.md": prompt("Forget"),
      "evals/s.yaml": suite("prompts: [p@1.0.0, p@2.0.0]\nmodel: kind"),
    });
    const first = await runs();
    const plan = await repo.json(["run", "--dry-run"]);
    expect(plan.document.runs.map(({ cached }: { cached: number }) => cached)).toEqual([40, 40]);
    const resumed = await runs("--resume");
    expect(resumed.runs.map(({ id }) => id)).toEqual(first.runs.map(({ id }) => id));
    const failing = await runs("--failing");
    expect(failing.runs.map(({ prompt: { version }, counts }) => [version, counts.answered])).toEqual([
      ["2.0.0", 40],
    ]);
    const [, second] = first.runs;
    expect((await repo.evals(["rescore", second?.id ?? ""])).exit).toBe(0);
    const { stdout } = await repo.evals(["history", "s"]);
    expect(stdout).toMatch(/^ {2}p@2\.0\.0 {3}3 runs$/m);
    expect(stdout).toMatch(/^ {2}p@1\.0\.0 {3}1 run$/m);
  });

  it("is counted once by check", async () => {
    const { exit, document } = await repo.json(["check"]);
    expect([exit, document.suites, document.cases]).toEqual([0, 1, 20]);
  });

  it.each([
    ["with prompt: beside it", "prompt: p\nprompts: [p@1.0.0]\nmodel: kind", "EVALS_SUITE_PROMPT", 3],
    ["with one version twice", "prompts: [p@1.0.0, p@~1.0]\nmodel: kind", "EVALS_SUITE_PROMPT", 2],
    ["with a prompt's own text", "prompts: ['Say {{ input }}']\nmodel: kind", "EVALS_SUITE_PROMPT", 2],
    [
      "with a version that is not there",
      "prompts: [p@1.0.0, p@9.0.0]\nmodel: kind",
      "EVALS_PROMPT_NO_VERSION",
      2,
    ],
    ["with outputs made elsewhere", "prompts: [p@1.0.0]\nmodel: made", "EVALS_SUITE_PROMPT", 2],
    ["with nothing in it", "prompts: []\nmodel: kind", "EVALS_SUITE_INVALID", 2],
  ])("is refused at its line %s", async (_what, targets, code, line) => {
    repo.write("evals/s.yaml", suite(targets));
    const { exit, document } = await repo.json(["run"]);
    expect([exit, document.problems[0]?.code, document.problems[0]?.line]).toEqual([2, code, line]);
    expect(document.problems[0].path).toBe("evals/s.yaml");
  });
});
