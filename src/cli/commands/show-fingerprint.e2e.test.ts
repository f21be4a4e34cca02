import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ModelServer, modelServer } from "../../providers/testing/model-server.ts";
import { type GitProject, gitProject, isolateGit, projectFiles, promptText } from "../testing/git-project.ts";

isolateGit();
let repo: GitProject;
let server: ModelServer;
beforeAll(async () => {
  server = await modelServer((text) => `item ${text}`);
});
afterAll(() => server.close());

function start(): void {
  repo = gitProject({
    ...projectFiles(3, 1),
    "evalconfig.yaml": `models:\n  m:\n    provider: openai\n    model: m-2024-01-01\n    base_url: http://127.0.0.1:${server.port}/v1\n    params: { temperature: 0, max_tokens: 9 }\n    context: { index: { version: 7, k: 3 } }\n`,
    "evals/s.yaml":
      "dataset: d\nprompt: q\nmodel: m\nscorers:\n  - { type: equals, name: exact }\n  - { type: module, name: mine, file: scorers/mine.mjs, required: false }\n",
    "scorers/mine.mjs": "export default ({ output }) => output.length > 0;\n",
  });
}
const edit = (path: string, from: string, to: string): void => {
  expect(repo.read(path)).toContain(from);
  repo.write(path, repo.read(path).replace(from, to));
};
async function run(): Promise<{ id: string; fingerprint: string }> {
  const { exit, document } = await repo.json(["run", "--baseline", "none", "--no-cache"]);
  expect(exit).toBe(0);
  return document.runs[0];
}

describe("evals show --fingerprint", () => {
  it("lists prompt, model and parameters, the target's own, the dataset, the scorers with their files", async () => {
    start();
    const { id, fingerprint } = await run();
    const { document } = await repo.json(["show", id, "--fingerprint"]);
    expect(document).toMatchObject({
      fingerprint,
      parts: {
        prompt: "q@1.0.0",
        request: { model: "m-2024-01-01", temperature: 0, max_tokens: 9 },
        target: { provider: "openai", context: { index: { version: 7, k: 3 } } },
        dataset: { path: "datasets/d.jsonl", cases: 3 },
        scorers: [
          { name: "exact", required: true },
          {
            name: "mine",
            required: false,
            identity: { files: { "scorers/mine.mjs": expect.stringMatching(/^[0-9a-f]{64}$/) } },
          },
        ],
      },
    });
    const { stdout } = await repo.evals(["show", id, "--fingerprint"]);
    for (const words of [
      "prompt   q@1.0.0",
      "temperature 0",
      "context.index.version 7",
      "datasets/d.jsonl, 3 cases",
      "mine, not required",
      "scorers/mine.mjs",
    ])
      expect(stdout).toContain(words);
  });

  it("needs --fingerprint for two runs", async () => {
    start();
    const { id } = await run();
    expect((await repo.evals(["show", id, id])).stderr).toContain("evals show <a> <b> --fingerprint");
  });
});

describe("two fingerprints", () => {
  it.each<[string, () => void, string, RegExp]>([
    [
      "a new prompt version",
      () => repo.write("prompts/q/1.1.0.md", promptText("Answer.")),
      "prompt",
      /^q@1\.0\.0 → q@1\.1\.0$/,
    ],
    [
      "an edited prompt",
      () => {
        repo.git("remote", "remove", "origin");
        repo.write("prompts/q/1.0.0.md", promptText("Answer."));
      },
      "prompt",
      /^3 cases with another text in the same version$/,
    ],
    [
      "a parameter",
      () => edit("evalconfig.yaml", "temperature: 0", "temperature: 0.7"),
      "request",
      /^temperature 0 → 0\.7$/,
    ],
    [
      "a parameter that is gone",
      () => edit("evalconfig.yaml", ", max_tokens: 9", ""),
      "request",
      /^max_tokens 9 → absent$/,
    ],
    [
      "another model",
      () => edit("evalconfig.yaml", "m-2024-01-01", "m-2025-01-01"),
      "request",
      /^model "m-2024-01-01" → "m-2025-01-01"$/,
    ],
    [
      "declared context",
      () => edit("evalconfig.yaml", "version: 7", "version: 8"),
      "target",
      /^context\.index\.version 7 → 8$/,
    ],
    [
      "cases",
      () => edit("datasets/d.jsonl", '"expected":"item 0"', '"expected":"item zero"'),
      "dataset",
      /^1 case changed$/,
    ],
    [
      "a scorer's file",
      () => edit("scorers/mine.mjs", "> 0", "> 1"),
      "scorer",
      /^mine: files\.scorers\/mine\.mjs [0-9a-f]{12} → [0-9a-f]{12}$/,
    ],
    [
      "a scorer's option",
      () => edit("evals/s.yaml", "name: exact }", "name: exact, trim: true }"),
      "scorer",
      /^exact: .*trim .* → true$/,
    ],
    [
      "a scorer that decides now",
      () => edit("evals/s.yaml", ", required: false", ""),
      "scorer",
      /^mine is required now$/,
    ],
    [
      "a scorer that is gone",
      () =>
        edit(
          "evals/s.yaml",
          "  - { type: module, name: mine, file: scorers/mine.mjs, required: false }\n",
          "",
        ),
      "scorer",
      /^mine is gone$/,
    ],
  ])("report which part differs: %s", async (_name, change, part, pattern) => {
    start();
    const before = await run();
    change();
    const after = await run();
    expect(after.fingerprint).not.toBe(before.fingerprint);
    const shown = (await repo.json(["show", before.id, after.id, "--fingerprint"])).document;
    expect(shown.differences).toEqual([{ part, said: expect.stringMatching(pattern) }]);
    const diff = await repo.json(["diff", before.id, after.id]);
    expect(diff.document.comparisons[0].differing).toEqual(shown.differences);
    expect((await repo.evals(["diff", before.id, after.id])).stdout).toContain("what differs");
  });

  it.each<[string, () => void]>([
    [
      "formatting and a comment in the suite",
      () =>
        repo.write(
          "evals/s.yaml",
          `# a comment\n${repo.read("evals/s.yaml").replace("{ type: equals, name: exact }", "name: exact\n    type: equals   # here")}`,
        ),
    ],
    [
      "formatting and the order of keys in the config",
      () =>
        edit(
          "evalconfig.yaml",
          "params: { temperature: 0, max_tokens: 9 }",
          "params:\n      max_tokens: 9 # few\n      temperature: 0",
        ),
    ],
    [
      "alias, price, timeout and limits",
      () => {
        edit(
          "evalconfig.yaml",
          "  m:\n",
          "  other:\n    timeout: 9s\n    limits: { concurrency: 2 }\n    price: { input: 1, output: 1 }\n",
        );
        edit("evals/s.yaml", "model: m", "model: other");
      },
    ],
    [
      "gate and trials",
      () =>
        repo.write("evals/s.yaml", `${repo.read("evals/s.yaml")}trials: 2\ngate: { regression: false }\n`),
    ],
    [
      "tags, metadata, order and spacing of the cases",
      () =>
        repo.write(
          "datasets/d.jsonl",
          repo
            .read("datasets/d.jsonl")
            .trimEnd()
            .split("\n")
            .reverse()
            .map((line) =>
              JSON.stringify({ ...JSON.parse(line), tags: ["x"], metadata: { a: 1 } }, null, 0).replace(
                /":/g,
                '" : ',
              ),
            )
            .join("\n"),
        ),
    ],
    [
      "Windows line ends",
      () => {
        for (const path of ["evals/s.yaml", "evalconfig.yaml", "datasets/d.jsonl", "prompts/q/1.0.0.md"])
          repo.write(path, repo.read(path).replaceAll("\n", "\r\n"));
        repo.git("config", "core.autocrlf", "true");
      },
    ],
  ])("are equal after %s", async (_name, change) => {
    start();
    const before = await run();
    change();
    const after = await run();
    expect(after.fingerprint).toBe(before.fingerprint);
    expect((await repo.evals(["show", before.id, after.id, "--fingerprint"])).stdout).toContain(
      "have the same fingerprint",
    );
  });
});
