import { describe, expect, it } from "vitest";
import { EvalsError } from "../../domain/problem.ts";
import { importPromptfoo } from "../import-promptfoo.ts";
import type { Imported, SourceFiles } from "../imported.ts";

/** Files in memory, as an importer reads them. */
function filesOf(files: Readonly<Record<string, string>>): SourceFiles {
  const text = (path: string): string => {
    const found = files[path];
    if (found === undefined)
      throw new EvalsError({ code: "EVALS_FILE_MISSING", path, what: "missing", why: "", fix: "" });
    return found;
  };
  return {
    text,
    bytes: (path) => Buffer.from(text(path)),
    lines: async function* (path) {
      yield* text(path).split("\n");
    },
    kind: (path) => (Object.hasOwn(files, path) ? "file" : undefined),
    glob: (pattern) => {
      const [before = "", after = ""] = pattern.split("*");
      return Object.keys(files).filter((path) => path.startsWith(before) && path.endsWith(after));
    },
    inProject: (path) => path,
  };
}

const brought = (config: string, more: Readonly<Record<string, string>> = {}): Promise<Imported> =>
  importPromptfoo({
    sources: ["p.yaml"],
    options: {},
    files: filesOf({ "p.yaml": config, ...more }),
    tools: { refuses: async () => undefined, renderLiquid: async () => "" },
    ask: async () => ({ status: null, text: "" }),
    env: {},
  });

const reported = async (config: string, more: Readonly<Record<string, string>> = {}): Promise<string[]> => {
  const { left } = await brought(config, more);
  return left.map(({ path, line, what, why }) => `${path}:${line} ${what}: ${why}`);
};

const HEAD = "prompts: [x]\nproviders: [echo]\n";

describe("a promptfoo config with mistakes", () => {
  it.each<[name: string, config: string, more: Record<string, string>, pattern: RegExp]>([
    [
      "tests in a file that names itself",
      `${HEAD}tests: file://a.yaml\n`,
      { "a.yaml": "- file://b.yaml\n", "b.yaml": "- file://a.yaml\n" },
      /^b\.yaml:1 tests of file:\/\/a\.yaml: The file names itself/,
    ],
    [
      "tests in a file that is not there",
      `${HEAD}tests: gone.csv\n`,
      {},
      /^p\.yaml:3 tests of gone\.csv: There is no such file/,
    ],
    [
      "tests that code makes",
      `${HEAD}tests: file://tests.py:make\n`,
      {},
      /^p\.yaml:3 tests of file:\/\/tests\.py:make: Only CSV.*runpy\.run_path\("tests\.py"\)\["make"\]\(\).*> tests\.json/,
    ],
    [
      "tests in a broken file",
      `${HEAD}tests: [file://a.yaml]\n`,
      { "a.yaml": "- {a: [}\n" },
      /^a\.yaml:1 tests of file:\/\/a\.yaml: This file cannot be read/,
    ],
    [
      "a reference to another file",
      `${HEAD}tests: [{ assert: [{ $ref: "other.yaml#/a" }] }]\n`,
      {},
      /^p\.yaml:3 \$ref: other\.yaml#\/a/,
    ],
    [
      "an assertion without a type",
      `${HEAD}tests: [{ assert: [{ value: a }] }]\n`,
      {},
      /^p\.yaml:3 an assertion without a type/,
    ],
    [
      "assert: that is not a list",
      `${HEAD}tests: [{ assert: { type: contains, value: a } }]\n`,
      {},
      /^p\.yaml:3 assert:/,
    ],
    [
      "a value with an unknown filter",
      `${HEAD}tests: [{ vars: { a: b }, assert: [{ type: contains, value: "{{ a | slice(2) }}" }] }]\n`,
      {},
      /^p\.yaml:3 contains: Its template cannot be imported: the filter "slice"/,
    ],
    ...["{{ name", "{{ name | unheardof }}", "{% extends 'x' %}"].map(
      (broken): [string, string, Readonly<Record<string, string>>, RegExp] => [
        `a rubric with the template ${broken}`,
        `${HEAD}tests: [{ assert: [{ type: llm-rubric, value: ${JSON.stringify(`kind to ${broken}`)} }] }]\n`,
        {},
        /^p\.yaml:3 llm-rubric: Its template cannot be imported: /,
      ],
    ),
    [
      "a value from the environment",
      `prompts: ["{{ env.HOME }}"]\nproviders: [echo]\ntests: [{ vars: { a: b } }]\n`,
      {},
      /^p\.yaml:1 an inline prompt: line 1 of it: it reads a variable of the environment/,
    ],
    [
      "a variable from the environment",
      `${HEAD}tests: [{ vars: { a: "{{ env.HOME }}" } }]\n`,
      {},
      /^p\.yaml:3 vars: a: The text reads a variable of the environment/,
    ],
    [
      "what is compared with the environment",
      `${HEAD}tests: [{ assert: [{ type: contains, value: "{{env.CITY}}" }] }]\n`,
      {},
      /^p\.yaml:3 contains: Its template cannot be imported: it reads a variable of the environment/,
    ],
    [
      "a transform in a file that is not there",
      `${HEAD}tests: [{ options: { transform: "file://t.js" }, assert: [{ type: equals, value: a }] }]\n`,
      {},
      /^p\.yaml:3 equals: The transform file:\/\/t\.js: there is no such file/,
    ],
    [
      "a transform in Python",
      `${HEAD}tests: [{ assert: [{ type: javascript, value: "true", transform: "file://t.py" }] }]\n`,
      { "t.py": "" },
      /^p\.yaml:3 javascript: The transform file:\/\/t\.py is not JavaScript/,
    ],
    [
      "a negated score in a mean",
      `${HEAD}tests: [{ threshold: 0.5, assert: [{ type: not-rouge-n, value: a }] }]\n`,
      {},
      /^p\.yaml:3 the score of not-rouge-n: In a weighted mean/,
    ],
    [
      "a threshold when no assertion has a weight",
      `${HEAD}tests: [{ threshold: 0.5, assert: [{ type: contains, value: a, weight: 0 }] }]\n`,
      {},
      /^p\.yaml:3 threshold: of a test: All assertions of the test have the weight 0/,
    ],
    [
      "a minimum pass rate, which promptfoo does not know",
      `${HEAD}passRateThreshold: 0.85\n`,
      {},
      /^p\.yaml:3 passRateThreshold: is not a key of a config: promptfoo ignores this key.*gate: \{ require: \{ pass_rate/,
    ],
    [
      "a prompt that code makes",
      "prompts: [file://p.py]\nproviders: [echo]\ntests: [{ vars: { a: b } }]\n",
      { "p.py": "" },
      /^p\.yaml:1 the prompt file:\/\/p\.py: Code makes this prompt/,
    ],
    [
      "a key in the config",
      `prompts: [x]\nproviders: [{ id: openai:gpt-4.1, config: { apiKey: sk-abc } }]\n`,
      {},
      /^p\.yaml:2 apiKey: of openai:gpt-4\.1: A key must not be in a file/,
    ],
    [
      "a key in a header",
      `prompts: [x]\nproviders: [{ id: "https://a.example/x", config: { body: {}, headers: { authorization: Bearer abc } } }]\n`,
      {},
      /^p\.yaml:2 the header authorization: A key must not be in a file/,
    ],
    [
      "a JavaScript file that is not there",
      `${HEAD}tests: [{ assert: [{ type: javascript, value: "file://a.js" }] }]\n`,
      {},
      /^p\.yaml:3 javascript: file:\/\/a\.js: there is no such file/,
    ],
    [
      "a compared file of a kind that is not read",
      `${HEAD}tests: [{ assert: [{ type: equals, value: "file://a.md" }] }]\n`,
      { "a.md": "# yes\n" },
      /^p\.yaml:3 equals: file:\/\/a\.md: only files \.txt, \.json, \.yaml and \.yml are read/,
    ],
    [
      "a column with one underscore",
      `${HEAD}tests: a.csv\n`,
      { "a.csv": "q,_expected\na,b\n" },
      /^a\.csv:1 the column _expected/,
    ],
    [
      "variables that code makes",
      `${HEAD}tests: [{ vars: { a: "file://a.py" } }]\n`,
      { "a.py": "" },
      /^p\.yaml:3 vars: a: file:\/\/a\.py: Code computes/,
    ],
    [
      "a provider's key outside of its config",
      "prompts: [x]\nproviders:\n  - id: openai:gpt-4.1\n    delay: 5\n",
      {},
      /^p\.yaml:4 delay: of the provider openai:gpt-4\.1: Pace/,
    ],
    ["settings of a run", `${HEAD}evaluateOptions:\n  delay: 5\n`, {}, /^p\.yaml:4 delay:/],
    [
      "a value that parses invalid JSON",
      `${HEAD}tests: [{ vars: { a: b }, assert: [{ type: contains, value: "{{ a | load }}" }] }]\n`,
      {},
      /^p\.yaml:3 contains: Its template cannot be imported: it fails/,
    ],
    ["an invalid address", 'prompts: [x]\nproviders: ["https://"]\n', {}, /^p\.yaml:2 url: of https:\/\//],
  ])("reports %s, with its place", async (_, config, more, pattern) => {
    expect(await reported(config, more)).toContainEqual(expect.stringMatching(pattern));
  });

  it("rejects anchors that multiply", async () => {
    const bomb = [
      "a: &a [x, x, x, x, x, x, x, x, x]",
      ..."bcdefgh"
        .split("")
        .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${"abcdefg"[index]}`).join(", ")}]`),
    ];
    await expect(brought(`${HEAD}${bomb.join("\n")}\n`)).rejects.toThrow(EvalsError);
  });

  it("copies no secret key into the project", async () => {
    const { files, models } = await brought(
      "prompts: [x]\nproviders: [{ id: openai:gpt-4.1, config: { apiKey: sk-very-secret, headers: { api-key: other-secret } } }]\n",
    );
    expect(JSON.stringify([files, models])).not.toContain("secret");
  });

  it("reads values from the environment only in headers", async () => {
    const { models } = await brought(
      'prompts: [x]\nproviders: [{ id: "https://a.example/x", config: { body: { q: "{{prompt}}" }, headers: { authorization: "Bearer {{env.TOKEN}}" } } }]\n',
    );
    expect(Object.values(models)[0]).toMatchObject({
      headers: { authorization: "Bearer ${env:TOKEN}" },
      body: { q: "{{ messages[0].content }}" },
    });
  });
});

describe("a provider", () => {
  it.each<[id: string, entry: object]>([
    ["openai:gpt-4.1", { provider: "openai", model: "gpt-4.1" }],
    ["openai:chat:gpt-4.1", { provider: "openai", model: "gpt-4.1" }],
    [
      "openai:responses:gpt-5-mini-2025-08-07",
      { provider: "openai", model: "gpt-5-mini-2025-08-07", api: "responses" },
    ],
    [
      "anthropic:messages:claude-haiku-4-5-20251001",
      { provider: "anthropic", model: "claude-haiku-4-5-20251001" },
    ],
    [
      "ollama:chat:llama3.2:1b",
      { provider: "openai", model: "llama3.2:1b", base_url: "http://localhost:11434/v1" },
    ],
    ["google:gemini-2.5-pro", { provider: "openai", model: "gemini-2.5-pro", api_key_env: "GOOGLE_API_KEY" }],
    [
      "openrouter:meta-llama/llama-3.1-8b",
      { provider: "openai", model: "meta-llama/llama-3.1-8b", api_key_env: "OPENROUTER_API_KEY" },
    ],
    ["echo", { provider: "module", file: "targets/echo.mjs" }],
    [
      'exec:python3 "my bot.py"',
      { provider: "command", command: ["node", "targets/promptfoo-exec.mjs", "python3", "my bot.py"] },
    ],
  ])("%s becomes a model", async (id, entry) => {
    const { models } = await brought(`prompts: [x]\nproviders: [${JSON.stringify(id)}]\n`);
    expect(Object.values(models)).toEqual([expect.objectContaining(entry)]);
  });

  it.each<[id: string, config: object]>([
    ["openai:gpt-4.1", { apiBaseUrl: "{{ env.GATEWAY }}" }],
    ["openai:gpt-4.1", { apiBaseUrl: "https://{{ env.GATEWAY }}/v1" }],
    ["openai:gpt-4.1", { apiHost: "{{ env.GATEWAY }}" }],
    ["openai:gpt-4.1", { apiBaseUrl: 8080 }],
    ["openai:gpt-4.1", { apiBaseUrl: "gateway.example" }],
    ["anthropic:messages:claude-haiku-4-5-20251001", { apiBaseUrl: "{{ env.GATEWAY }}" }],
    ["groq:llama-3.1-8b", { apiBaseUrl: "{{ env.GATEWAY }}" }],
    ["azure:chat:gpt-4.1", { apiHost: "{{ env.RESOURCE }}.openai.azure.com" }],
  ])(
    "%s whose address %o cannot be used is left out, so that nothing goes to another one",
    async (id, config) => {
      const provider = JSON.stringify({ id, config });
      const { left, models } = await brought(`prompts: [x]\nproviders: [${provider}]\n`);
      expect(left).toContainEqual(expect.objectContaining({ what: `the provider ${id}`, line: 2 }));
      expect(JSON.stringify(models)).not.toContain("gpt-4.1");
      expect(Object.values(models).filter(({ provider: kind }) => kind !== "module")).toEqual([]);
    },
  );

  it.each([
    "bedrock:anthropic.claude",
    "vertex:gemini",
    "replicate:x",
    "websocket:wss://x",
    "openai:realtime:x",
  ])("%s is skipped and reported", async (id) => {
    expect(await reported(`prompts: [x]\nproviders: [${JSON.stringify(id)}]\n`)).toContainEqual(
      expect.stringContaining(`the provider ${id}`),
    );
  });
});

describe("the model of an assertion about meaning", () => {
  const EMBEDDING =
    '{ id: "openai:embedding:text-embedding-3-small", config: { apiBaseUrl: "http://own.example/v1" } }';
  const own = { model: "text-embedding-3-small", api: "embeddings", base_url: "http://own.example/v1" };
  it.each<[where: string, config: string]>([
    ["of the assertion", `tests: [{ assert: [{ type: similar, value: x, provider: ${EMBEDDING} }] }]`],
    [
      "of its test",
      `tests: [{ options: { provider: ${EMBEDDING} }, assert: [{ type: similar, value: x }] }]`,
    ],
    [
      "of every test, beside a grader of texts",
      `defaultTest: { options: { provider: { text: "openai:gpt-4o", embedding: ${EMBEDDING} } } }\ntests: [{ assert: [{ type: similar, value: x }] }]`,
    ],
  ])("is the one %s", async (_, config) => {
    const { models } = await brought(`${HEAD}${config}\n`);
    expect(Object.values(models).filter(({ provider }) => provider === "openai")).toEqual([
      expect.objectContaining(own),
    ]);
  });

  it("is promptfoo's own where a test names only a grader of texts", async () => {
    const { models } = await brought(
      `${HEAD}defaultTest: { options: { provider: "openai:gpt-4o" } }\ntests: [{ assert: [{ type: similar, value: x }] }]\n`,
    );
    expect(Object.values(models).filter(({ provider }) => provider === "openai")).toEqual([
      expect.objectContaining({ model: "text-embedding-3-large" }),
    ]);
  });

  it("may be one for moderation", async () => {
    const provider = '{ moderation: { id: "openai:moderation:omni-moderation-latest" } }';
    const { models } = await brought(
      `${HEAD}defaultTest: { options: { provider: ${provider} } }\ntests: [{ assert: [{ type: moderation }] }]\n`,
    );
    expect(Object.values(models)).toContainEqual(
      expect.objectContaining({ model: "omni-moderation-latest", api: "moderations" }),
    );
  });
});

describe("the settings of a provider", () => {
  const model = async (config: string, files: Readonly<Record<string, string>> = {}) => {
    const { models, left } = await brought(
      `prompts: [x]\nproviders: [{ id: "openai:chat:m", config: ${config} }]\n`,
      files,
    );
    return { entry: models.m, left: left.map(({ what }) => what) };
  };

  it("may be the content of files of data", async () => {
    const { entry, left } = await model(
      '{ tools: "file://t/tools.json", response_format: "file://form.yaml" }',
      { "t/tools.json": '[{"type":"function"}]', "form.yaml": "type: json_object\n" },
    );
    expect(entry).toMatchObject({
      params: { tools: [{ type: "function" }], response_format: { type: "json_object" } },
    });
    expect(left.filter((what) => /tools|response_format/.test(what))).toEqual([]);
  });

  it.each(["file://gone.json", "file://tools.js"])("are reported when they are in %s", async (named) => {
    const { entry, left } = await model(`{ tools: "${named}" }`, { "tools.js": "" });
    expect(entry).not.toHaveProperty("params");
    expect(left).toContain(`tools: ${named} of openai:chat:m`);
  });

  it("have no address under another name, which would be sent as a parameter", async () => {
    const { entry, left } = await model('{ baseUrl: "http://own.example", temperature: 0 }');
    expect(entry).toMatchObject({ params: { temperature: 0 } });
    expect(JSON.stringify(entry)).not.toContain("own.example");
    expect(left).toContain("baseUrl: of openai:chat:m");
  });

  it("have a price without rounding errors", async () => {
    const { entry } = await model("{ inputCost: 0.0000001, outputCost: 0.0000006 }");
    expect(entry).toMatchObject({ price: { input: 0.1, output: 0.6 } });
  });
});

describe("a column of a table of tests", () => {
  const cases = async (table: string) => {
    const { files, left } = await brought(`${HEAD}tests: file://t.csv\n`, { "t.csv": table });
    const text = String(files.find(({ path }) => path.endsWith(".jsonl"))?.text);
    const suites = JSON.stringify(files.filter(({ path }) => path.startsWith("evals/")));
    return {
      suites,
      rows: text
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
      left: left.map(({ what }) => what),
    };
  };

  it("is a variable when promptfoo reserves no such name", async () => {
    const { rows } = await cases("q,__provider,_note\na,m1,x\n");
    expect(rows[0]?.input).toEqual({ q: "a", __provider: "m1", _note: "x" });
  });

  it("is reported when it holds a setting that an assertion cannot have here", async () => {
    const { left } = await cases("q,__expected,__config:__expected:weight\na,b,2\n");
    expect(left).toContain("the column __config:__expected:weight");
  });

  it.each(["", "high", "0"])("of thresholds holds none where it says %o", async (cell) => {
    const { suites } = await cases(`q,__expected,__threshold\na,b,${cell}\n`);
    expect(suites).not.toContain("mean");
    expect((await cases("q,__expected,__threshold\na,b,0.5\n")).suites).toContain("mean");
  });
});

describe("a file of providers", () => {
  const LIST = "- openai:chat:a\n- id: openai:chat:b\n  label: second\n";

  it.each([
    ["as the whole list", "providers: file://p/list.yaml\n", { "p/list.yaml": LIST }],
    [
      "beside others",
      "providers: [openai:chat:a, file://one.json]\n",
      { "one.json": '{"id":"openai:chat:b","label":"second"}' },
    ],
  ])("stands for its providers, %s", async (_, config, files) => {
    const { models, left } = await brought(`prompts: [x]\n${config}`, files as Record<string, string>);
    expect(left.filter(({ what }) => what.includes("provider"))).toEqual([]);
    expect(Object.entries(models)).toMatchObject([
      ["a", { model: "a" }],
      ["second", { model: "b" }],
    ]);
  });

  it("reports its mistakes with their place in it, and names no further file", async () => {
    const found = await reported("prompts: [x]\nproviders: file://list.yaml\n", {
      "list.yaml": "- openai:chat:a\n- id: vertex:x\n- file://list.yaml\n",
    });
    expect(found).toContainEqual(expect.stringMatching(/^list\.yaml:2 the provider vertex:x/));
    expect(found).toContainEqual(expect.stringMatching(/^list\.yaml:1 providers in another file/));
    expect(await reported("prompts: [x]\nproviders: file://gone.yaml\n")).toContainEqual(
      expect.stringMatching(/^p\.yaml:2 the provider file:\/\/gone\.yaml/),
    );
  });
});

describe("a transform of the answer", () => {
  it("leaves assertions about the call as they are", async () => {
    const call = "{ type: latency, threshold: 2000 }, { type: cost, threshold: 0.5 }";
    const before = `defaultTest: { options: { transform: "output.trim()" } }`;
    const { left } = await brought(
      `${HEAD}${before}\ntests: [{ assert: [${call}, { type: webhook, value: x }] }]\n`,
    );
    expect(left.map(({ what }) => what)).toContain("webhook");
    expect(left.filter(({ what }) => /latency|cost/.test(what))).toEqual([]);
  });

  const behind = (transform: string, assertion: string): string =>
    `${HEAD}tests:\n  - vars: { a: b }\n    options: { transform: ${JSON.stringify(transform)} }\n    assert:\n      - ${assertion}\n      - { type: contains, value: x }\n`;
  const SCHEMA = "{ type: is-json, value: { type: object, required: [queue] } }";

  it.each([
    "output",
    "output.trim()",
    "JSON.parse(output)",
    "JSON.stringify(JSON.parse(output))",
    "JSON.stringify( JSON.parse(output) ).trimEnd();",
    "return output.trim();\n",
  ])("that keeps its JSON value leaves a check by a schema to the scorer: %j", async (transform) => {
    const { left, files } = await brought(behind(transform, SCHEMA));
    expect(left.filter(({ what }) => what === "is-json")).toEqual([]);
    const suite = files.find(({ path }) => path.startsWith("evals/"));
    expect(JSON.stringify(suite)).toContain("json-schema");
  });

  it.each([
    "JSON.parse(output).queue",
    "JSON.parse(output).trim()",
    "output.toUpperCase()",
    "output.replace(/```/g, '')",
    "output.trim()\n",
    "return output",
  ])("that changes it is named with what to write instead: %j", async (transform) => {
    const { left } = await brought(behind(transform, SCHEMA));
    expect(left.filter(({ what }) => what === "is-json")).toMatchObject([
      { path: "p.yaml", line: 7, why: expect.stringContaining("select: { json: $.part }") },
    ]);
  });

  it("is run before is-json without a schema, as before other checks", async () => {
    for (const assertion of ["{ type: is-json }", '{ type: is-json, value: "" }']) {
      const { left } = await brought(behind("output.toUpperCase()", assertion));
      expect(left.filter(({ what }) => what === "is-json")).toEqual([]);
    }
  });
});
