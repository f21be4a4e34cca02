import { describe, expect, it } from "vitest";
import { gitProject, isolateGit, promptText } from "../testing/git-project.ts";

isolateGit();

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
  const { exit, document } = await project.json(["check"]);
  expect(exit).toBe(2);
  return document.problems as { path: string; line: number; what: string; fix: string }[];
}

const KINDS = ["provider: openai, model: m-2025-01-01", "provider: anthropic, model: m-2025-01-01"];

describe.each(KINDS)("a model with %s", (model) => {
  it.each(["model", "messages", "input", "stream", "n"])(
    "may not set the parameter %s, and the mistake names it",
    async (name) => {
      const [problem, ...others] = await problemsOf(`{ ${model}, params: { temperature: 0, ${name}: 1 } }`);
      expect(others).toEqual([]);
      expect(problem).toMatchObject({
        path: "evalconfig.yaml",
        line: 2,
        what: `"models.m.params.${name}" must be left out.`,
        fix: expect.stringMatching(/^Delete it/),
      });
    },
  );

  it.each([
    ['base_url: "http://127.0.0.1/{{ input.n }}"', "base_url"],
    ['headers: { x-user: "{{ input.n }}" }', "headers.x-user"],
  ])("fills no template in %s, and reports it", async (setting, place) => {
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
    expect(problem?.what).toContain('"models.m.base_url" must be the address without the endpoint\'s path');
  });
});

describe("what is never sent", () => {
  it.each([
    ["base_url", '{ provider: openai, model: m-2025-01-01, base_url: "http://127.0.0.1:9/v1#x" }'],
    ["base_url", '{ provider: anthropic, model: m-2025-01-01, base_url: "http://127.0.0.1:9#x" }'],
    ["url", '{ provider: http, url: "http://127.0.0.1:9/#/chat", body: { q: 1 } }'],
  ])("may not be in %s of %s", async (place, model) => {
    const [problem] = await problemsOf(model);
    expect(problem?.what).toContain(`"models.m.${place}" must be an address without #`);
  });

  it.each(["openai", "anthropic"])(
    "may not be in the name of a model of %s, as a template",
    async (provider) => {
      const [problem] = await problemsOf(`{ provider: ${provider}, model: "{{ input.n }}" }`);
      expect(problem?.what).toContain('"models.m.model" must be text without a template');
    },
  );
});

describe("a body", () => {
  it("is not sent with GET, and reports that", async () => {
    const [problem] = await problemsOf(
      '{ provider: http, method: GET, url: "http://127.0.0.1:9/", body: { q: 1 } }',
    );
    expect(problem?.what).toContain('"models.m.body" must be left out: a GET request has no body');
  });
});

describe("a prompt", () => {
  const warningsOf = async (model: string, keys: string) => {
    const project = gitProject({
      "evalconfig.yaml": `models:\n  m: ${model}\n`,
      "evals/s.yaml": `dataset: d\n${keys}\nmodel: m\nscorers: [{ type: equals }]\n`,
      "datasets/d.jsonl": '{"id":"a","input":{"n":1},"expected":"x"}\n',
      "agents/m.mjs": "export default () => 'x';\n",
      "fixtures/a.jsonl": '{"case":"a","output":"x"}\n',
      "prompts/q/1.0.0.md": promptText("Answer."),
      "prompts/q/1.1.0.md": promptText("Answer well."),
    });
    const checked = await project.json(["check"]);
    expect(checked.exit).toBe(0);
    const warnings = checked.document.warnings as { code: string; line: number }[];
    const found = warnings.filter(({ code }) => code === "EVALS_PROMPT_UNHEARD");
    return { project, lines: found.map(({ line }) => line) };
  };
  const http = (more: string) => `{ provider: http, url: "http://127.0.0.1:9/"${more} }`;

  it.each([
    [http(', body: { q: "{{ input.n }}" }'), "prompt: q", [2]],
    [http(', body: { q: "{{ input.n }}" }'), "prompts: [q@1.0.0, q@1.1.0]", [2]],
    [http(', body: { q: "{{ input.n }}", m: "{{ messages | json }}" }'), "prompt: q", []],
    [http(', body: { q: "{{ messages.0.content }}" }'), "prompt: q", []],
    [
      http(
        `, body: { q: "{{ input.n }}", s: "{% for m in messages %}{% if m.role == 'user' %}{{ m.content }}{% endif %}{% endfor %}" }`,
      ),
      "prompt: q",
      [],
    ],
    [http(", method: GET"), "prompt: q", [2]],
    [http(""), "prompt: q", []],
    ["{ provider: module, file: agents/m.mjs }", "prompt: q", []],
    ["{ provider: outputs, file: fixtures/a.jsonl }", "prompt: q", []],
  ])("for %s (%s) is said to never reach it at line %j", async (model, keys, lines) => {
    expect((await warningsOf(model, keys)).lines).toEqual(lines);
  });

  it("is said to never reach an application in the notes of its run, too", async () => {
    const { project } = await warningsOf(http(', body: { q: "{{ input.n }}" }'), "prompt: q");
    const { document } = await project.json(["run", "s", "--trials", "1"]);
    expect(document.runs).toMatchObject([
      {
        notes: expect.arrayContaining([
          'The prompt "q" never reaches the model "m", because its request contains no messages.',
        ]),
      },
    ]);
  });
});

describe("a judge", () => {
  it("may not set a parameter that is decided for it", async () => {
    const [problem] = await problemsOf(
      "{ provider: openai, model: m-2025-01-01 }",
      "params: { stream: true }",
    );
    expect(problem).toMatchObject({ what: 'The judge\'s params must not contain "stream".' });
  });
});

describe("a comparison of calls", () => {
  it.each(["tool-calls", "golden-trace"])(
    "of %s has no use for `reads` while it counts them",
    async (type) => {
      const project = gitProject({
        "evalconfig.yaml": "models:\n  m: { provider: command, command: [cat] }\n",
        "evals/s.yaml": `dataset: d\nmodel: m\nscorers:\n  - { type: ${type}, required: false, reads: [find] }\n`,
        "datasets/d.jsonl": '{"id":"a","input":1,"expected":{"calls":[]}}\n',
      });
      const { document } = await project.json(["check"]);
      expect(document.problems).toMatchObject([
        { code: "EVALS_SCORER_READS", path: "evals/s.yaml", line: 4, column: 30 + type.length + 9 },
      ]);
    },
  );
});

describe("what check warns of", () => {
  async function warningsOf(
    suite: string,
    cases: readonly object[] = [{ id: "a", input: 1, expected: "x" }],
  ) {
    const project = gitProject({
      "evalconfig.yaml": "models:\n  m: { provider: command, command: [cat] }\n",
      "evals/s.yaml": `dataset: d\nmodel: m\n${suite}`,
      "datasets/d.jsonl": cases.map((one) => `${JSON.stringify(one)}\n`).join(""),
    });
    const { exit, document } = await project.json(["check"]);
    const warnings = document.warnings as { code: string; line: number; what: string }[];
    return { exit, found: warnings.filter(({ code }) => /ALWAYS_PASSES|LOOKS_ALIKE/.test(code)) };
  }

  it("is a required scorer that no answer can fail", async () => {
    const { exit, found } = await warningsOf(
      "scorers:\n  - { type: levenshtein, threshold: 0 }\n  - { type: rouge, threshold: 0, required: false }\n  - { type: chrf, threshold: 0.1 }\n",
    );
    expect(exit).toBe(0);
    expect(found).toMatchObject([
      { code: "EVALS_SCORER_ALWAYS_PASSES", line: 4, what: expect.stringContaining("levenshtein") },
    ]);
  });

  it("is an id that looks like another", async () => {
    const ids = ["caf\u00e9", "cafe\u0301", "a", "a ", "b", "B"];
    const cases = ids.map((id) => ({ id, input: 1, expected: "x" }));
    const { exit, found } = await warningsOf("scorers: [{ type: equals }]\n", cases);
    expect(exit).toBe(0);
    expect(found).toMatchObject([
      {
        code: "EVALS_CASE_LOOKS_ALIKE",
        line: 2,
        what: expect.stringMatching(/line 1.*normal form: U\+0301/),
      },
      { code: "EVALS_CASE_LOOKS_ALIKE", line: 4, what: expect.stringContaining("blanks or line ends") },
    ]);
  });
});

describe("a requirement", () => {
  it.each(['pass_rate: "> 1"', 'pass_rate: "< 0"', 'flaky_rate: "< 0"', 'latency_p95: "< 0s"'])(
    "may not be one that no run can meet: %s",
    async (bound) => {
      const project = gitProject({
        "evalconfig.yaml": "models:\n  m: { provider: command, command: [cat] }\n",
        "evals/s.yaml": `dataset: d\nmodel: m\nscorers: [{ type: equals }]\ngate: { require: { ${bound} } }\n`,
        "datasets/d.jsonl": '{"id":"a","input":1,"expected":"x"}\n',
      });
      const { exit, document } = await project.json(["check"]);
      expect(exit).toBe(2);
      expect(document.problems).toMatchObject([{ code: "EVALS_BOUND_RANGE", path: "evals/s.yaml" }]);
    },
  );
});

describe("recorded answers", () => {
  const OUTPUTS = "{ provider: outputs, file: answers.jsonl }";

  async function problemsWith(more: string, model = OUTPUTS) {
    const project = gitProject({
      "evalconfig.yaml": `models:\n  m: ${model}\n  live: { provider: openai, model: m-2025-01-01 }\n`,
      "evals/s.yaml": `dataset: d\nprompt: q\nmodel: m\n${more}scorers: [{ type: equals }]\n`,
      "datasets/d.jsonl": '{"id":"a","input":{"n":1,"turns":["Hello"]},"expected":"x"}\n',
      "answers.jsonl": '{"case":"a","output":"x"}\n',
      "prompts/q/1.0.0.md": promptText("Answer."),
      "tools/t.mjs": "export default { t: { run: () => 1 } };\n",
    });
    const { exit, document } = await project.json(["check"]);
    return { exit, problems: document.problems as { what: string }[], ran: await project.json(["run"]) };
  }

  it("have no use for `agent`, which is a mistake", async () => {
    const { problems, ran } = await problemsWith("agent: { tools: [tools/t.mjs] }\n");
    const mistake = {
      code: "EVALS_AGENT_MODEL",
      path: "evals/s.yaml",
      line: 4,
      what: "`agent:` runs the tools of a chat model, and answers.jsonl has answers that were made elsewhere.",
    };
    expect(problems).toMatchObject([mistake]);
    expect(ran.document).toMatchObject({ exit: 2, problems: [mistake] });
  });

  it("may have been given to a person, whose words `user` tells", async () => {
    const { exit, ran } = await problemsWith("user: { turns: input.turns }\n");
    expect([exit, ran.exit]).toEqual([0, 0]);
  });

  it.each([
    ["timeout: 5s", OUTPUTS],
    ["limits: { concurrency: 2 }", OUTPUTS],
  ])("may keep the settings of the model that they replace: %s", async (setting, model) => {
    const { exit, ran } = await problemsWith("", model.replace(" }", `, ${setting} }`));
    expect([exit, ran.exit]).toEqual([0, 0]);
  });
});

describe("`user`", () => {
  async function problemsWith(user: string, body: string) {
    const project = gitProject({
      "evalconfig.yaml": `models:\n  m: { provider: http, url: "http://127.0.0.1:9/", body: ${body} }\n`,
      "evals/s.yaml": `dataset: d\nmodel: m\nuser: ${user}\nscorers: [{ type: length, max: 9 }]\n`,
      "datasets/d.jsonl": '{"id":"a","input":{"turns":["Hello","And now?"]}}\n',
    });
    return (await project.json(["check"])).document.problems as { what: string }[];
  }

  it("may not be said to an application that never receives it", async () => {
    const mistake = { code: "EVALS_USER_UNHEARD", path: "evals/s.yaml", line: 3, column: 1 };
    expect(await problemsWith("{ turns: input.turns }", '{ q: "{{ input.turns[0] }}" }')).toMatchObject([
      mistake,
    ]);
    for (const body of ['{ q: "{{ messages | json }}" }', '{ q: "{{ messages | last | json }}" }'])
      expect(await problemsWith("{ turns: input.turns }", body)).toEqual([]);
  });

  it("may not bound the number of turns that are written", async () => {
    const problems = await problemsWith(
      "{ turns: input.turns, max_turns: 3 }",
      '{ q: "{{ messages | json }}" }',
    );
    expect(problems).toMatchObject([
      { what: '"user.max_turns" must be left out: written turns end by themselves.' },
    ]);
  });
});

describe("a template", () => {
  it.each([
    ['{ provider: openai, model: m-2025-01-01, params: { user: "{{ case.id }}" } }', "{{ case.id }}"],
    ['{ provider: command, command: [python3, bot.py, "{{input.n}}"] }', "{{input.n}}"],
    ['{ provider: command, command: [bot], env: { Q: "{{ messages | json }}" } }', "{{ messages | json }}"],
  ])("that a model's setting does not fill is reported: %s", async (model, written) => {
    const [problem] = await problemsOf(model);
    expect(problem).toMatchObject({
      path: "evalconfig.yaml",
      line: 2,
      what: `${written} is not filled here.`,
    });
  });

  it("in a scorer is reported at its place, but not in what its own code is given", async () => {
    const project = gitProject({
      "evalconfig.yaml":
        'models:\n  made: { provider: outputs, file: o.jsonl }\n  d: { provider: command, command: [docker, "{{.State}}"] }\n',
      "evals/s.yaml":
        'dataset: d\nmodel: made\nscorers:\n  - { type: contains, value: "{{ input.n }}" }\n  - { type: module, file: m.mjs, config: { hint: "{{ input.n }}" } }\n',
      "datasets/d.jsonl": '{"id":"a","input":"{{ input }}","expected":"x"}\n',
      "o.jsonl": '{"case":"a","output":"x"}\n',
      "m.mjs": "export default () => true;\n",
    });
    const { exit, document } = await project.json(["check"]);
    expect(exit).toBe(2);
    expect(document.problems).toHaveLength(1);
    expect(document.problems[0]).toMatchObject({
      code: "EVALS_TEMPLATE_NOT_FILLED",
      path: "evals/s.yaml",
      line: 4,
      fix: expect.stringContaining("against: input.name"),
    });
  });
});
