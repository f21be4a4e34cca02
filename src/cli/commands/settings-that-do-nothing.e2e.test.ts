import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type GitProject, gitProject, ownGit, promptText } from "../testing/git-project.ts";

let restore: () => void;
beforeAll(() => {
  restore = ownGit();
});
afterAll(() => restore());
const open: GitProject[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.remove();
});

async function problemsOf(model: string, judge?: string) {
  const project = gitProject({
    "evalconfig.yaml": `models:\n  m: ${model}\n`,
    "evals/s.yaml": `dataset: d\nprompt: q\nmodel: m\nscorers:\n  - ${judge === undefined ? "type: equals" : "{ type: judge, judge: j }"}\n`,
    "datasets/d.jsonl": '{"id":"a","input":{"n":1},"expected":"x"}\n',
    "prompts/q/1.0.0.md": promptText("Answer."),
    ...(judge === undefined
      ? {}
      : { "judges/j/1.0.0.md": `---\nkind: binary\nmodel: m\n${judge}\n---\nIs it good?\n` }),
  });
  open.push(project);
  const { exit, document } = await project.json(["check"]);
  expect(exit).toBe(2);
  return document.problems as { path: string; line: number; what: string; fix: string }[];
}

const KINDS = ["provider: openai, model: m-2025-01-01", "provider: anthropic, model: m-2025-01-01"];

describe.each(KINDS)("a model with %s", (model) => {
  it.each(["model", "messages", "input", "stream", "n"])(
    "may not set the parameter %s, and is told so by its name",
    async (name) => {
      const [problem, ...others] = await problemsOf(`{ ${model}, params: { temperature: 0, ${name}: 1 } }`);
      expect(others).toEqual([]);
      expect(problem).toMatchObject({
        path: "evalconfig.yaml",
        line: 2,
        what: `"models.m.params.${name}" must be left out, not 1.`,
        fix: expect.stringMatching(/^Delete it/),
      });
    },
  );

  it.each([
    ['base_url: "http://127.0.0.1/{{ input.n }}"', "base_url"],
    ['headers: { x-user: "{{ input.n }}" }', "headers.x-user"],
  ])("fills no template in %s, and says so", async (setting, place) => {
    const [problem] = await problemsOf(`{ ${model}, ${setting} }`);
    expect(problem?.what).toContain(`"models.m.${place}" must be text without a template`);
  });
});

describe("an address", () => {
  it.each([
    "http://127.0.0.1:9/v1/chat/completions",
    "http://127.0.0.1:9/v1/responses?a=b",
    "http://127.0.0.1:9/v1/messages/",
  ])("may not hold the endpoint that is added to it: %s", async (url) => {
    const [problem] = await problemsOf(`{ provider: openai, model: m-2025-01-01, base_url: "${url}" }`);
    expect(problem?.what).toContain('"models.m.base_url" must be the address before the endpoint');
  });
});

describe("what is never sent", () => {
  it.each([
    ["base_url", '{ provider: openai, model: m-2025-01-01, base_url: "http://127.0.0.1:9/v1#x" }'],
    ["base_url", '{ provider: anthropic, model: m-2025-01-01, base_url: "http://127.0.0.1:9#x" }'],
    ["url", '{ provider: http, url: "http://127.0.0.1:9/#/chat", body: { q: 1 } }'],
  ])("may not stand in %s of %s", async (place, model) => {
    const [problem] = await problemsOf(model);
    expect(problem?.what).toContain(`"models.m.${place}" must be an address without #`);
  });

  it.each(["openai", "anthropic"])("is no template in the name of a model of %s", async (provider) => {
    const [problem] = await problemsOf(`{ provider: ${provider}, model: "{{ input.n }}" }`);
    expect(problem?.what).toContain('"models.m.model" must be text without a template');
  });
});

describe("a body", () => {
  it("is not sent with GET, and that is said", async () => {
    const [problem] = await problemsOf(
      '{ provider: http, method: GET, url: "http://127.0.0.1:9/", body: { q: 1 } }',
    );
    expect(problem?.what).toContain('"models.m.body" must be left out: a GET request has none');
  });
});

describe("a judge", () => {
  it("may not set a parameter that is decided for it", async () => {
    const [problem] = await problemsOf(
      "{ provider: openai, model: m-2025-01-01 }",
      "params: { stream: true }",
    );
    expect(problem).toMatchObject({ what: 'The judge\'s params may not hold "stream".' });
  });
});
