import { describe, expect, it } from "vitest";
import {
  type GitProject,
  gitProject,
  isolateGit,
  preparedProject,
  projectFiles,
  promptText,
} from "../testing/git-project.ts";

isolateGit();
let repo: GitProject;

/** A model whose answers are cached, so that a second run may have the answers of the first. */
const CACHED = {
  ...projectFiles(8, 2),
  "evalconfig.yaml": 'models:\n  bot: { provider: module, file: agents/bot.mjs, version: "1" }\n',
};

interface Compared {
  readonly suite: string;
  readonly verdict: string;
  readonly baseline: { readonly side: string; readonly run: string | null; readonly target: string };
  readonly candidate: { readonly run: string | null };
}
const diff = async (...words: string[]) => {
  const { exit, document } = await repo.json(["diff", ...words]);
  const comparisons: Compared[] = document.comparisons ?? [];
  return { exit, verdict: document.verdict, comparisons, code: document.problems?.[0].code };
};
const run = async (...words: string[]): Promise<string> =>
  (await repo.json(["run", "--all-trials", ...words])).document.runs[0].id;

describe("answers are never compared with themselves", () => {
  const BASES = ["v1", "evals/v1", "ref:v1", "ref:HEAD", "main", "prompt:q@1.0.0", "q"];
  const CANDIDATES = [undefined, "latest", "ref:HEAD", "v1", "prompt:q@1.0.0"];
  it.each(BASES)("when %s is one side, whatever the other side is", async (base) => {
    repo = await preparedProject(CACHED, [["run"], ["promote", "--as", "v1"]]);
    const [{ id }] = (await repo.json(["history"])).document.runs;
    for (const candidate of [...CANDIDATES, id, `run:${id}`]) {
      const words = candidate === undefined ? [base] : [base, candidate];
      expect({ words, code: (await diff(...words)).code }).toEqual({ words, code: "EVALS_DIFF_SAME_RUN" });
    }
    // This run has only cached answers, which are the answers of the other side.
    const cached = await run("--baseline", "none");
    for (const words of [[base, cached], [id, cached], [base]])
      expect({ words, code: (await diff(...words)).code }).toEqual({ words, code: "EVALS_DIFF_SAME_RUN" });

    const fresh = await run("--no-cache");
    const { exit, comparisons } = await diff("v1");
    expect({ exit, run: comparisons[0]?.candidate.run }).toEqual({ exit: 0, run: fresh });
    expect(comparisons[0]?.baseline.side).toBe("evals/baselines/s.jsonl at v1");
  });

  it("when the tagged lines are from an earlier run", async () => {
    repo = await preparedProject(projectFiles(8, 2), [["run"], ["promote"]]);
    await run();
    // No result changed, so no line names the run that was promoted under the tag.
    expect((await repo.evals(["promote", "--as", "v2"])).stdout).toContain("nothing to commit");
    expect((await diff("v2")).code).toBe("EVALS_DIFF_SAME_RUN");
  });

  it("when both are from one recording: neither a run nor a diff compares them", async () => {
    const outputs = (right: number): string =>
      Array.from({ length: 8 }, (_, n) =>
        JSON.stringify({ case: `c00${n}`, output: n < right ? `item ${n}` : "no" }),
      ).join("\n");
    repo = gitProject({
      ...projectFiles(8, 1),
      "evalconfig.yaml": "models:\n  bot: { provider: outputs, file: fixtures/o.jsonl }\n",
      "fixtures/o.jsonl": outputs(8),
    });
    await repo.evals(["run"]);
    await repo.evals(["promote", "--as", "v1"]);
    const again = await repo.json(["run"]);
    expect(again).toMatchObject({
      exit: 0,
      document: { runs: [{ comparison: null, gate: { verdict: "none" } }] },
    });
    expect(again.document.runs[0].notes.join()).toContain("nothing to compare");
    expect(await diff("v1")).toMatchObject({
      exit: 0,
      verdict: "none",
      comparisons: [{ verdict: "none", metrics: [], cases: { paired: 8, broken: [] } }],
    });
    expect((await repo.evals(["diff", "v1"])).stderr).toContain("s: The same recorded answers");

    // A removed case is still reported, and other answers are compared.
    const lines = repo.read("datasets/d.jsonl").split("\n");
    repo.commit({
      "datasets/d.jsonl": lines.slice(1).join("\n"),
      "fixtures/o.jsonl": outputs(8).split("\n").slice(1).join("\n"),
    });
    expect((await repo.json(["run"])).document.runs[0].gate).toMatchObject({
      outcome: "failed",
      rules: [{ rule: "removed cases" }],
    });
    repo.commit({ "datasets/d.jsonl": lines.join("\n"), "fixtures/o.jsonl": outputs(0) });
    expect((await repo.json(["run"])).exit).toBe(1);
    expect((await diff("v1")).exit).toBe(1);
  });

  it("when a replay has the answers that the promoted run recorded", async () => {
    repo = gitProject({ ...projectFiles(8, 2), ".gitignore": ".evals/\n" });
    await repo.evals(["run", "--record"]);
    repo.commit({});
    await repo.evals(["promote"]);
    repo.git("push", "-q", "origin", "main");
    const fresh = repo.clone("main");
    const { exit, document } = await fresh.json(["run", "--replay"]);
    expect({ exit, verdict: document.runs[0].gate.verdict }).toEqual({ exit: 0, verdict: "none" });
  });
});

describe("the sides of a commit are runs of the targets in its files", () => {
  const MODELS =
    "models:\n  a: { provider: module, file: agents/bot.mjs }\n  b: { provider: module, file: agents/bot.mjs, context: b }\n  c: { provider: module, file: agents/bot.mjs, context: c }\n";
  const suite = (models: string): string =>
    `dataset: d\nprompt: q\n${models}\ntrials: 2\nscorers:\n  - { type: equals, name: exact }\n`;

  it("with one comparison per model", async () => {
    repo = await preparedProject(
      { ...projectFiles(8, 2), "evalconfig.yaml": MODELS, "evals/s.yaml": suite("models: [a, b]") },
      [["run"], ["promote", "--as", "v1"]],
    );
    await repo.evals(["run", "--all-trials"]);
    const sides = ({ comparisons }: Awaited<ReturnType<typeof diff>>) =>
      comparisons.map((one) => one.baseline.side);
    const both = ["evals/baselines/s.a.jsonl at v1", "evals/baselines/s.b.jsonl at v1"];
    expect(sides(await diff("v1"))).toEqual(both);
    // A newer run of one model does not change the side of the other.
    const b = await run("--model", "b");
    const again = await diff("v1");
    expect(sides(again)).toEqual(both);
    expect(again.comparisons[1]?.candidate.run).toBe(b);
    expect(sides(await diff("v1", b))).toEqual([both[1]]);
    expect(sides(await diff("v1", "ref:HEAD"))).toEqual(both);
    // A model that is not in the tag has nothing to be compared with.
    const c = await run("--model", "c", "--baseline", "none");
    expect(await diff("v1", c)).toMatchObject({ exit: 2, code: "EVALS_DIFF_OTHER_MODEL" });
    expect((await diff(b, c)).comparisons).toHaveLength(1);
  });

  it("never a run of another model or prompt that the command line named", async () => {
    repo = await preparedProject(
      {
        ...projectFiles(8, 2),
        "evalconfig.yaml": MODELS,
        "evals/s.yaml": suite("model: a").replace("prompt: q", "prompt: q@1.0.0"),
        "prompts/q/2.0.0.md": promptText("Answer."),
      },
      [["run"], ["promote", "--as", "v1"]],
    );
    const own = await run();
    await run("--prompt", "q@2.0.0", "--baseline", "none");
    await run("--model", "b", "--baseline", "none");
    const main = (await diff("ref:HEAD", own)).comparisons[0];
    expect(main?.baseline.side).toBe("evals/baselines/s.jsonl at HEAD");
    const { comparisons } = await diff("v1");
    expect(comparisons.map((one) => one.baseline.target)).toEqual(["prompt 1.0.0 · agents/bot.mjs"]);
    // The newest run is of model b; the newest run of model a has the other prompt.
    expect(comparisons[0]).toMatchObject({ verdict: "regressed" });
    // Promote uses the run of HEAD's own target, whatever was run since.
    expect((await repo.json(["promote", "--dry-run"])).document.promoted[0].run).toBe(own);
  });

  it("when a commit changed the model, its new model is compared", async () => {
    repo = await preparedProject(
      { ...projectFiles(8, 2), "evalconfig.yaml": MODELS, "evals/s.yaml": suite("model: a") },
      [["run"], ["promote", "--as", "v1"]],
    );
    repo.commit({ "evals/s.yaml": suite("model: c") });
    const newer = await run();
    const { exit, comparisons } = await diff("v1");
    expect({ exit, run: comparisons[0]?.candidate.run }).toEqual({ exit: 0, run: newer });
  });
});
