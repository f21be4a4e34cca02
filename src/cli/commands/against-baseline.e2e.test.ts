import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type JudgeServer,
  judgeServer,
  type ModelRequest,
  pairShown,
} from "../../providers/testing/judge-server.ts";
import { type GitProject, gitProject, ownGit } from "../testing/git-project.ts";
import { JUDGE, TARGET } from "../testing/judged-suite.ts";

let restore: () => void;
let server: JudgeServer;
let repo: GitProject;
beforeEach(async () => {
  restore = ownGit();
  server = await judgeServer({ [TARGET]: answers, [JUDGE]: prefersLonger });
  repo = gitProject(files());
});
afterEach(async () => {
  repo.remove();
  restore();
  await server.close();
});

/**
 * A model that answers longer with the second prompt, except for case b (the same answer) and d (a shorter
 * one).
 */
function answers({ messages }: ModelRequest): string {
  const words = messages.at(-1)?.content ?? "";
  if (words.startsWith("v1")) return words.endsWith("b") ? "same" : "some words";
  return { a: "many more words than before", b: "same", d: "few" }[words.at(-1) ?? ""] ?? "some more words";
}

function prefersLonger(request: ModelRequest): string {
  const [first, second] = pairShown(request);
  const verdict = first.length > second.length ? "first" : "second";
  return JSON.stringify({ reason: `${first} | ${second}`, verdict });
}

function files(entry = "against: baseline, required: false"): Record<string, string> {
  const at = `http://127.0.0.1:${server.port}/v1`;
  return {
    "evalconfig.yaml": `models:
  target: { provider: openai, model: ${TARGET}, base_url: "${at}" }
  judge: { provider: openai, model: ${JUDGE}, base_url: "${at}" }
`,
    "evals/reply.yaml": `dataset: reply
prompt: reply
model: target
trials: 2
scorers:
  - { type: contains, value: "e" }
  - { type: judge, name: better, judge: better, ${entry} }
`,
    "datasets/reply.jsonl": ["a", "b", "c", "d"]
      .map((id) => `${JSON.stringify({ id, input: id, expected: "unused" })}\n`)
      .join(""),
    "prompts/reply/1.0.0.md": "user:\nv1 {{ input }}\n",
    "judges/better/1.0.0.md": "---\nkind: pairwise\nmodel: judge\n---\n",
  };
}

/** The next prompt is promoted over the first one's answers. */
async function secondPrompt(flags: readonly string[] = []): Promise<void> {
  const first = await repo.json(["run"]);
  expect(first.document.runs[0].metrics["score.better"].value).toBe(null);
  expect((await repo.evals(["promote", ...flags])).exit).toBe(0);
  repo.commit({ "prompts/reply/1.1.0.md": "user:\nv2 {{ input }}\n" });
}

const ofCases = (rate: number) => expect.closeTo(rate, 12);

describe("a judge that compares with the baseline's answers", () => {
  it("sees both answers in both orders, and is not asked about two equal answers", async () => {
    await secondPrompt();
    const before = server.of(JUDGE).length;
    const { document } = await repo.json(["run", "--all-trials"]);
    const [run] = document.runs;
    // a and c win, b is the same, d loses.
    expect(run.metrics["score.better"].value).toEqual(ofCases((1 + 0.5 + 1 + 0) / 4));
    const asked = server.of(JUDGE).slice(before);
    expect(asked).toHaveLength(6);
    expect(JSON.stringify(asked)).toContain("some words");
    expect(JSON.stringify(asked)).not.toContain("unused");
    const compared = run.comparison.metrics.find((one: { metric: string }) => one.metric === "score.better");
    expect(compared).toMatchObject({ baseline: 0.5, candidate: ofCases(0.625) });
  });

  it("finds them in git when the store has none, and reports when neither has them", async () => {
    await secondPrompt(["--with-answers"]);
    rmSync(join(repo.root, ".evals"), { recursive: true });
    const kept = (await repo.json(["run", "--all-trials"])).document.runs[0];
    expect(kept.metrics["score.better"].value).toEqual(ofCases(0.625));
    repo.git("rm", "-q", "evals/baselines/reply.answers.jsonl");
    repo.commit({});
    rmSync(join(repo.root, ".evals"), { recursive: true });
    const before = server.of(JUDGE).length;
    const none = (await repo.json(["run", "--all-trials"])).document.runs[0];
    expect(none.metrics["score.better"].value).toBe(null);
    expect(none.notes.join("\n")).toContain(
      "better compares with the baseline's answers, which are not stored on this machine, so its score is void. To keep answers in git: evals promote --with-answers",
    );
    expect(server.of(JUDGE)).toHaveLength(before);
  });

  it.each([
    ["against: baseline", "kind: pairwise", "A judge that compares with the baseline cannot be required."],
    [
      "against: baseline, required: false",
      "kind: binary",
      "A judge of kind binary does not compare two answers.",
    ],
    ["against: baseline, value: x, required: false", "kind: pairwise", "both"],
  ])("is refused as %s with %s", async (entry, kind, what) => {
    repo.write("evals/reply.yaml", files(entry)["evals/reply.yaml"] ?? "");
    repo.write("judges/better/1.0.0.md", `---\n${kind}\nmodel: judge\n---\nGood?\n`);
    const { exit, stderr } = await repo.evals(["check"]);
    expect(exit).toBe(2);
    expect(stderr).toMatch(/evals\/reply\.yaml:7:\d+/);
    expect(stderr).toContain(what);
  });
});
