import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ModelServer, modelServer } from "../../providers/testing/model-server.ts";
import { type GitProject, preparedProject } from "../testing/git-project.ts";

const KINDS = ["openai", "anthropic", "http"] as const;
let server: ModelServer;
let project: GitProject;

const config = (port: number): string => `models:
  openai: { provider: openai, model: m-2024-01-01, base_url: "http://127.0.0.1:${port}/v1", api_key_env: BOT_KEY }
  anthropic: { provider: anthropic, model: claude-x-20250101, base_url: "http://127.0.0.1:${port}", api_key_env: BOT_KEY }
  http: { provider: http, url: "http://127.0.0.1:${port}/", headers: { Authorization: "Bearer \${env:BOT_KEY}" }, answer: "$.choices[0].message.content", body: { model: m, messages: "{{ messages | json }}" } }
`;

beforeAll(async () => {
  server = await modelServer(() => "yes");
  project = await preparedProject(
    {
      ".gitignore": ".evals/\n",
      "evalconfig.yaml": config(server.port),
      "evals/s.yaml":
        "dataset: d\nprompt: q\nmodel: http\nscorers:\n  - { type: equals, name: exact, value: yes }\n",
      "datasets/d.jsonl": '{"id":"c1","input":{"n":1}}\n',
      "prompts/q/1.0.0.md": "user:\n{{ input.n }}\n",
    },
    [],
  );
});
afterAll(async () => {
  project.remove();
  await server.close();
});

describe("a key", () => {
  it.each(KINDS)("that is not set is reported before %s is asked", async (kind) => {
    const ended = await project.json(["run", "--model", kind], { BOT_KEY: "" });
    expect(ended).toMatchObject({
      exit: 2,
      document: { problems: [{ code: "EVALS_KEY_UNSET", path: "evalconfig.yaml" }] },
    });
    expect(server.asked).toEqual([]);
  });

  it.each(KINDS)(
    "with characters that a header cannot contain is reported, and not shown, before %s is asked",
    async (kind) => {
      for (const key of ["sk-hidden\nEXTRA=1", "sk-hidden\u2026"]) {
        const ended = await project.json(["run", "--model", kind], { BOT_KEY: key });
        expect(ended).toMatchObject({
          exit: 2,
          document: { problems: [{ code: "EVALS_KEY_UNSENDABLE", path: "evalconfig.yaml" }] },
        });
        const result = await project.evals(["run", "--model", kind], { BOT_KEY: key });
        expect(result.stdout + result.stderr).not.toContain("hidden");
      }
      expect(server.asked).toEqual([]);
    },
  );

  it("may end in a line break, as a file does", async () => {
    const ended = await project.json(["run", "--model", "http"], { BOT_KEY: "sk-0123456789\n" });
    expect(ended).toMatchObject({ exit: 0, document: { runs: [{ counts: { answered: 1 } }] } });
  });
});

describe("headers of a model", () => {
  it("are checked with everything else", async () => {
    const bad = config(server.port).replace("headers: {", 'headers: { "X Team": a, X-Smile: "\u263a", ');
    project.write("evalconfig.yaml", bad);
    const { exit, document } = await project.json(["check"]);
    project.write("evalconfig.yaml", config(server.port));
    expect(exit).toBe(2);
    expect(document.problems.map(({ what }: { what: string }) => what)).toEqual([
      `"X Team" cannot be a key in "models.http.headers": a header's name is letters, digits and hyphens.`,
      expect.stringContaining('"models.http.headers.X-Smile" must be one line of Latin letters'),
    ]);
  });
});
