import { describe, expect, it } from "vitest";
import { modelServer } from "../../providers/testing/model-server.ts";
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

const FILES = projectFiles(40, 4);
const SUITE = FILES["evals/s.yaml"] ?? "";

/** A promoted baseline with prompt 1.0.0, and a branch with another version. */
async function change(files: Record<string, string>, gate = "gate: { contract: true }\n"): Promise<void> {
  repo = await preparedProject({ ...FILES, "evals/s.yaml": `${SUITE}${gate}` }, [["run"], ["promote"]]);
  repo.git("switch", "-q", "-c", "change");
  repo.commit(files);
}
const ran = async () => {
  const { exit, document } = await repo.json(["run"]);
  const [run] = document.runs;
  return { exit, run, rule: run.gate.rules.find((one: { rule: string }) => one.rule === "contract") };
};

describe("gate.contract", () => {
  it("fails a patch that changed behaviour, and every report says so", async () => {
    await change({ "prompts/q/1.0.1.md": promptText("Answer.") });
    const { exit, run, rule } = await ran();
    expect(exit).toBe(1);
    expect(rule).toMatchObject({ outcome: "failed", required: "a patch does not move behaviour" });
    expect(run.comparison.contract).toMatchObject({
      prompt: "q",
      from: "1.0.0",
      to: "1.0.1",
      declared: "patch",
      needed: "major",
      outcome: "broken",
    });
    const sentence =
      "declared a patch. A patch must not change behaviour, and worse behaviour needs a major version";
    const ended = await repo.evals(["run", "--reporter", "terminal", "--reporter", "markdown=comment.md"]);
    expect(ended.stdout.replace(/\s+/g, " ")).toContain(sentence);
    expect(ended.stdout).toContain("missed  contract: a patch does not move behaviour");
    expect(repo.read("comment.md")).toContain(sentence);
    expect((await repo.json(["diff", "latest"])).document.comparisons[0].contract.outcome).toBe("broken");
  });

  it("allows a minor version that improves, and a patch that changes nothing", async () => {
    await change({ "prompts/q/1.0.1.md": promptText("Answer carefully, please.") });
    expect(await ran()).toMatchObject({ exit: 0, rule: { outcome: "passed" } });
    expect((await ran()).run.comparison.contract).toMatchObject({ outcome: "kept", needed: "patch" });
  });

  it("fails a minor version that got worse, and allows a major one", async () => {
    await change({ "prompts/q/1.1.0.md": promptText("Answer.") });
    expect((await ran()).run.comparison.contract).toMatchObject({ outcome: "broken", needed: "major" });
    repo.commit({ "prompts/q/2.0.0.md": promptText("Answer.") });
    const { run, rule } = await ran();
    expect(run.comparison.contract).toMatchObject({ declared: "major", outcome: "kept" });
    expect(rule.outcome).toBe("passed");
  });

  it("needs a major version for another variable, model, schema or tool", async () => {
    await change({
      "prompts/q/1.1.0.md": `---\nmodel: other\nparams: { tools: [{ name: look }] }\n---\n${promptText("Answer carefully {{ case.id }}.")}`,
      "evalconfig.yaml": "models:\n  bot: { provider: module, file: agents/other.mjs }\n",
      "agents/other.mjs": FILES["agents/bot.mjs"] ?? "",
    });
    const { exit, run } = await ran();
    expect(exit).toBe(1);
    expect(run.comparison.contract).toMatchObject({ declared: "minor", needed: "major", outcome: "broken" });
    expect(run.comparison.contract.changes.map((one: { what: string }) => one.what)).toEqual([
      "variables",
      "model",
    ]);
    expect(run.comparison.contract.said).toContain("variables: case.id is new; model: agents/bot.mjs became");
  });

  it("needs a major version for another schema of the answer, whatever the results", async () => {
    const schema = (max: number): string => JSON.stringify({ type: "string", maxLength: max });
    await change({ "schema.json": schema(50), "prompts/q/1.1.0.md": promptText("Answer carefully!") }, "");
    repo.git("switch", "-q", "main");
    const scorers = `${SUITE}  - { type: json-schema, name: shape, schema: schema.json, required: false }\ngate: { contract: true }\n`;
    repo.commit({ "evals/s.yaml": scorers, "schema.json": schema(40) });
    await repo.evals(["run"]);
    await repo.evals(["promote"]);
    repo.git("switch", "-q", "-C", "change");
    repo.commit({ "schema.json": schema(50), "prompts/q/1.1.0.md": promptText("Answer carefully!") });
    const { exit, run } = await ran();
    expect(run.comparison.contract).toMatchObject({
      outcome: "broken",
      needed: "major",
      changes: [{ what: "output schema", said: "the schema of shape changed" }],
    });
    expect(exit).toBe(1);
  });

  it("needs a major version for other tools, also against a baseline that was run elsewhere", async () => {
    const server = await modelServer(() => "ok");
    const config = (tools: string): string =>
      `models:\n  bot: { provider: openai, model: m, base_url: "http://127.0.0.1:${server.port}/v1", params: { tools: [${tools}] } }\n`;
    try {
      repo = gitProject({
        ...FILES,
        "evalconfig.yaml": config("{ name: look }"),
        "datasets/d.jsonl": '{"id":"a","input":{"n":1},"expected":"ok"}\n',
      });
      await repo.evals(["run"]);
      await repo.evals(["promote"]);
      repo.git("push", "-q", "origin", "main");
      const fresh = repo.clone("main");
      fresh.commit({
        "evalconfig.yaml": config("{ name: look }, { name: pay }"),
        "prompts/q/1.0.1.md": promptText("Answer carefully!"),
      });
      const { document } = await fresh.json(["run"], { EVALS_BASE_REF: "main" });
      expect(document.runs[0].comparison.contract).toMatchObject({
        declared: "patch",
        needed: "major",
        changes: [{ what: "tool contract", said: "tools changed" }],
      });
    } finally {
      await server.close();
    }
  });

  it("only reports it where the gate does not ask for it", async () => {
    await change(
      { "prompts/q/2.0.0.md": promptText("Answer.") },
      "gate: { regression: { max_drop: 0.5 } }\n",
    );
    await repo.evals(["run", "--baseline", "none"]);
    await repo.evals(["promote", "--accept", "start low"]);
    repo.commit({ "prompts/q/2.0.1.md": promptText("Answer carefully.") });
    const { exit, rule, run } = await ran();
    expect({ exit, rule }).toEqual({ exit: 0, rule: undefined });
    expect(run.comparison).toMatchObject({ verdict: "improved", contract: { declared: "patch" } });
  });

  it("is not fulfilled by accepting the regression: the version number must declare the change", async () => {
    await change({ "prompts/q/1.0.1.md": promptText("Answer.") });
    repo.git("push", "-q", "origin", "main");
    await repo.evals(["run", "--all-trials"]);
    await repo.evals(["promote", "--accept", "cheaper"]);
    const accepted = await repo.json(["run"], { EVALS_BASE_REF: "main" });
    expect(accepted.exit).toBe(1);
    const outcomes = accepted.document.runs[0].gate.rules.map(
      (one: { rule: string; outcome: string }) => `${one.rule}: ${one.outcome}`,
    );
    expect(outcomes).toEqual(["regression pass_rate: passed", "contract: failed"]);
  });

  it("reports nothing about the same version, an older version, or a version without a file", async () => {
    await change({ "README.md": "no new version\n" });
    expect((await ran()).run.comparison.contract).toBeUndefined();
    repo.commit({
      "prompts/q/1.0.1-rc.1.md": promptText("Answer."),
      "evals/s.yaml": `${SUITE.replace("prompt: q", "prompt: q@1.0.1-rc.1")}`,
    });
    expect((await ran()).run.comparison.contract).toBeUndefined();
  });
});

describe("a pinned context", () => {
  it("is reported by check and run when the suite asks with another", async () => {
    const pinned = (model: string): string =>
      `---\nmodel: ${model}\nretrieval: { k: 3 }\n---\n${promptText("Answer carefully.")}`;
    repo = gitProject({
      ...FILES,
      "prompts/q/1.0.0.md": pinned("gpt-5.4-mini-2026-03-17"),
      "evalconfig.yaml":
        "models:\n  bot: { provider: module, file: agents/bot.mjs, context: { retrieval: { k: 5 } } }\n",
    });
    const checked = await repo.json(["check"]);
    expect(checked.exit).toBe(0);
    expect(checked.document.warnings).toMatchObject([
      {
        code: "EVALS_PROMPT_CONTEXT",
        path: "evals/s.yaml",
        line: 3,
        what: 'Version 1.0.0 of prompt "q" was released with retrieval {"k":3}, and this suite asks with {"k":5}.',
      },
    ]);
    expect((await ran()).run.notes.join()).toContain('released with retrieval {"k":3}');
  });
});
