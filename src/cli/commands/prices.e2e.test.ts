import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hashJson } from "../../domain/json.ts";
import { providers } from "../../providers/registry.ts";
import { gitProject } from "../testing/git-project.ts";

let origin = "";
let asked = 0;
const server = createServer((request, reply) => {
  request.resume().on("end", () => {
    asked++;
    reply.writeHead(200, { "content-type": "application/json" }).end(
      JSON.stringify({
        choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "blue" } }],
        answer: "blue",
        content: [{ type: "text", text: "blue" }],
        cost: 0.25,
      }),
    );
  });
});
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const QUESTION = "What colour is the sky?";
const MODEL = "gpt-5-mini-2025-08-07";
const request = hashJson({ model: MODEL, messages: [{ role: "user", content: QUESTION }] });
const usage = { input_tokens: 1000, output_tokens: 100, cached_input_tokens: 600 };

/** A project with one case and these models, of which `m` is asked. */
function project(models: string, more: Readonly<Record<string, string>> = {}) {
  return gitProject({
    "evalconfig.yaml": `models:\n${models}`,
    "evals/s.yaml": "dataset: d\nprompt: q\nmodel: m\nscorers:\n  - { type: contains, value: blue }\n",
    "prompts/q/1.0.0.md": `user:\n${QUESTION}\n`,
    "datasets/d.jsonl": '{"id":"a","input":{}}\n{"id":"b","input":{}}\n',
    "bot.mjs": 'export default () => ({ output: "blue" });\n',
    "dear.mjs": 'export default () => ({ output: "blue", cost_usd: 0.25 });\n',
    "fixtures/o.jsonl": '{"case":"a","output":"blue"}\n{"case":"b","output":"blue"}\n',
    "fixtures/real.jsonl": `${["a", "b"].map((id) => JSON.stringify({ case: id, trial: 1, request, output: "blue", usage })).join("\n")}\n`,
    ...more,
  });
}

const REPLAYED = "  m: { provider: replay, of: real, file: fixtures/real.jsonl }\n";

describe("a price", () => {
  it("is from the published table when the config has none, and every report says so", async () => {
    const { json, evals } = project(`${REPLAYED}  real: { provider: openai, model: ${MODEL} }\n`);
    const { document } = await json(["run"]);
    const { cost_usd, cost_per_trial } = document.runs[0].metrics;
    // 400 input, 600 cached and 100 output tokens, at $0.25, $0.025 and $2 per million.
    expect(cost_per_trial.value).toBeCloseTo((400 * 0.25 + 600 * 0.025 + 100 * 2) / 1e6, 12);
    expect(cost_usd.source).toMatch(/^price table \d{4}-\d{2}$/);
    const note = `The cost is computed with the ${cost_usd.source}`;
    for (const reporter of ["terminal", "markdown", "html"])
      expect([reporter, (await evals(["run", "--reporter", reporter])).stdout]).toEqual([
        reporter,
        expect.stringContaining(note),
      ]);
  });

  it("in the config has priority over the published one", async () => {
    const { json } = project(
      `${REPLAYED}  real: { provider: openai, model: ${MODEL}, price: { input: 1, output: 1, cached_input: 0 } }\n`,
    );
    const { metrics } = (await json(["run"])).document.runs[0];
    expect(metrics.cost_usd).toEqual({ value: 0.001, source: "evalconfig.yaml" });
  });

  it("of a model at another server is not the published price of the same name", async () => {
    const { json } = project(
      `${REPLAYED}  real: { provider: openai, model: ${MODEL}, base_url: "http://127.0.0.1:9/v1" }\n`,
    );
    expect((await json(["run"])).document.runs[0].metrics.cost_usd).toEqual({ value: null });
  });
});

describe("evals check", () => {
  it("lists models without a price, and warns of those that their provider shuts down", async () => {
    const { json, evals } = project(
      [
        "  m: { provider: openai, model: gpt-4.1-2025-04-14 }",
        '  own: { provider: openai, model: gpt-4.1-2025-04-14, base_url: "http://127.0.0.1:9/v1" }',
        '  service: { provider: http, url: "http://127.0.0.1:9/" }',
        '  telling: { provider: http, url: "http://127.0.0.1:9/", cost_usd: $.cost }',
        "  free: { provider: openai, model: x-2025-01-01, price: { input: 0, output: 0 } }\n",
      ].join("\n"),
    );
    const { document } = await json(["check"]);
    expect(document.unpriced).toEqual(["own", "service"]);
    expect(document.warnings).toMatchObject([
      {
        code: "EVALS_MODEL_RETIRES",
        path: "evalconfig.yaml",
        line: 2,
        what: expect.stringContaining("2027-01-14"),
      },
    ]);
    expect((await evals(["check"])).stdout).toContain("No price is known for own, service");
  });
});

describe("evals check --online", () => {
  it("asks providers for their lists, and reports missing models, shutdown dates, and providers that could not be asked", async () => {
    const lists = createServer((request, reply) => {
      const ours =
        request.headers.authorization === "Bearer k-secret" || request.headers["x-api-key"] === "k-secret";
      const data = [{ id: "a-2025-01-01" }, { id: "b-2025-01-01", deprecated_at: "2027-03-04T00:00:00Z" }];
      reply
        .writeHead(ours && /^\/v1\/models(\?|$)/.test(request.url ?? "") ? 200 : 401)
        .end(JSON.stringify({ data }));
    });
    await new Promise<void>((resolve) => lists.listen(0, "127.0.0.1", resolve));
    const at = `http://127.0.0.1:${(lists.address() as AddressInfo).port}`;
    const openai = (model: string, more = ", api_key_env: K") =>
      `{ provider: openai, model: ${model}, base_url: "${at}/v1"${more} }`;
    const { json } = project(
      [
        `  m: ${openai("a-2025-01-01")}`,
        `  last: { provider: anthropic, model: b-2025-01-01, base_url: "${at}", api_key_env: K }`,
        `  gone: ${openai("c-2025-01-01")}`,
        `  keyless: ${openai("a-2025-01-01", ", api_key_env: OTHER")}`,
        `  refused: ${openai("a-2025-01-01", "")}\n`,
      ].join("\n"),
    );
    const { exit, document } = await json(["check", "--online"], { K: "k-secret" });
    expect([
      exit,
      document.warnings.map((one: { code: string; line: number }) => [one.code, one.line]),
    ]).toEqual([
      0,
      [
        ["EVALS_MODEL_RETIRES", 3],
        ["EVALS_MODEL_NOT_LISTED", 4],
        ["EVALS_MODEL_LIST", 5],
        ["EVALS_MODEL_LIST", 6],
      ],
    ]);
    expect(document.warnings[0].what).toContain("2027-03-04");
    expect(JSON.stringify(document)).not.toContain("k-secret");
    lists.close();
    lists.closeAllConnections();
  });
});

describe("a reply that failed", () => {
  it("has a cost that counts in the report and against the budget, over all sessions", async () => {
    let replies = 0;
    const failing = createServer((request, reply) => {
      request.resume().on("end", () => {
        replies++;
        // The first session gets billed replies without an answer, the second gets answers.
        const choices =
          replies <= 2
            ? []
            : [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "blue" } }];
        const usage = { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 };
        reply.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ choices, usage }));
      });
    });
    await new Promise<void>((resolve) => failing.listen(0, "127.0.0.1", resolve));
    const base = `http://127.0.0.1:${(failing.address() as AddressInfo).port}/v1`;
    const { json } = project(
      `  m: { provider: openai, model: x-2025-01-01, base_url: "${base}", price: { input: 1, output: 10 }, params: { max_tokens: 50 } }\n`,
    );
    const each = (100 + 500) / 1e6;
    const first = await json(["run", "--budget", "0.01"]);
    expect([first.exit, first.document.runs[0].counts.errored]).toEqual([3, 2]);
    expect(first.document.runs[0].metrics).toMatchObject({
      cost_usd: { value: expect.closeTo(2 * each, 12) },
      cost_per_trial: { value: null },
    });
    const stopped = await json(["run", "--resume", "--budget", String(2.5 * each)]);
    expect([stopped.exit, replies]).toEqual([3, 2]);
    const { document } = await json(["run", "--resume", "--budget", "0.01"]);
    expect(document.runs[0].counts.answered).toBe(2);
    expect(document.runs[0].metrics).toMatchObject({
      cost_usd: { value: expect.closeTo(4 * each, 12) },
      cost_per_trial: { value: expect.closeTo(each, 12) },
    });
    failing.close();
    failing.closeAllConnections();
  });
});

describe("a budget in dollars", () => {
  /** For each kind of target, one without a known price; null for kinds whose answers are recorded. */
  const UNPRICED: Readonly<Record<string, (() => string) | null>> = {
    openai: () => `{ provider: openai, model: x-2025-01-01, base_url: "${origin}/v1" }`,
    anthropic: () => `{ provider: anthropic, model: x-2025-01-01, base_url: "${origin}", api_key_env: K }`,
    http: () => `{ provider: http, url: "${origin}/", answer: $.answer }`,
    command: () => `{ provider: command, command: [node, -e, 'console.log("blue")'] }`,
    module: () => "{ provider: module, file: bot.mjs }",
    outputs: null,
    replay: null,
  };

  it.each(providers.names)(
    "is refused for a %s target without a price, unless its answers are recorded",
    async (kind) => {
      const unpriced = UNPRICED[kind];
      expect(unpriced).toBeDefined();
      if (unpriced === undefined || unpriced === null) return;
      const { json } = project(`  m: ${unpriced()}\n`);
      asked = 0;
      const { exit, document } = await json(["run", "--budget", "1"], { K: "k" });
      expect(exit).toBe(2);
      expect(document.problems[0]).toMatchObject({
        code: "EVALS_BUDGET_UNPRICED",
        what: expect.stringContaining('"m"'),
      });
      expect(asked).toBe(0);
    },
  );

  it.each([
    ["recorded outputs", "{ provider: outputs, file: fixtures/o.jsonl }"],
    ["a module that says what it costs", "{ provider: module, file: dear.mjs }"],
    ["a price of nothing", "{ provider: module, file: bot.mjs, price: { input: 0, output: 0 } }"],
  ])("is kept for %s", async (_, model) => {
    const { json } = project(`  m: ${model}\n`);
    const { exit, document } = await json(["run", "--budget", "1"]);
    expect([exit, document.runs?.[0].counts.answered]).toEqual([0, 2]);
  });

  it("works for a service whose replies state their cost, and stops before it is exceeded", async () => {
    const { json } = project(
      `  m: { provider: http, url: "${origin}/", answer: $.answer, cost_usd: $.cost }\n`,
    );
    const { exit, document } = await json(["run", "--budget", "0.4"]);
    expect([exit, document.runs[0].counts.answered, document.runs[0].metrics.cost_usd.value]).toEqual([
      3, 1, 0.25,
    ]);
  });

  it("needs no price for answers that are in the cache", async () => {
    const { json } = project(`  m: { provider: openai, model: x-2025-01-01, base_url: "${origin}/v1" }\n`);
    expect((await json(["run"])).exit).toBe(0);
    expect((await json(["run", "--budget", "1"])).exit).toBe(0);
    expect((await json(["run", "--budget", "1", "--no-cache"])).exit).toBe(2);
  });
});

describe("a scorer or rule about cost", () => {
  const suite = (rest: string) => ({
    "evals/s.yaml": `dataset: d\nprompt: q\nmodel: m\n${rest}`,
  });
  const unpriced = () => `  m: { provider: openai, model: x-2025-01-01, base_url: "${origin}/v1" }\n`;

  it.each([
    ["a scorer", "scorers:\n  - { type: cost, max: 0.01 }\n", 'The scorer "cost"', 5],
    [
      "a scorer within a mean",
      "scorers:\n  - { type: contains, value: blue }\n  - { type: mean, name: all, of: [{ type: cost, max: 0.01 }], threshold: 0.5 }\n",
      'The scorer "all"',
      6,
    ],
    [
      "a required metric",
      'scorers:\n  - { type: contains, value: blue }\ngate:\n  require: { cost_per_trial: "<= 0.01" }\n',
      "The gate requires cost_per_trial",
      7,
    ],
  ])("is refused before a model without a price is asked: %s", async (_, rest, what, line) => {
    const { json } = project(unpriced(), suite(rest));
    asked = 0;
    const { exit, document } = await json(["run"], { OPENAI_API_KEY: "k" });
    expect(exit).toBe(2);
    expect(document.problems).toMatchObject([
      { code: "EVALS_COST_UNPRICED", path: "evals/s.yaml", line, what: expect.stringContaining(what) },
    ]);
    expect(asked).toBe(0);
    expect((await json(["check"])).document).toMatchObject({ exit: 0, warnings: document.problems });
  });

  it("is checked before a budget in dollars, as a run does, and only for models that a suite names", async () => {
    const rest = "scorers:\n  - { type: cost, max: 0.01 }\n";
    const { json } = project(
      `${unpriced()}${unpriced().replace("m:", "n:")}budget: { usd: 1 }\n`,
      suite(rest),
    );
    const { document } = await json(["run"], { OPENAI_API_KEY: "k" });
    expect(document.problems).toMatchObject([{ code: "EVALS_BUDGET_UNPRICED", path: "evalconfig.yaml" }]);
    expect((await json(["check"])).document).toMatchObject({ exit: 0, warnings: document.problems });
  });

  it.each([
    [
      "an optional scorer",
      "scorers:\n  - { type: contains, value: blue }\n  - { type: cost, max: 0.01, required: false }\n",
    ],
    [
      "a choice of scorers",
      "scorers:\n  - { type: any-of, of: [{ type: contains, value: blue }, { type: cost, max: 0.01 }] }\n",
    ],
  ])("is kept where an answer of unknown cost can pass: %s", async (_, rest) => {
    const { json } = project(unpriced(), suite(rest));
    const { exit, document } = await json(["run"], { OPENAI_API_KEY: "k" });
    expect([exit, document.runs?.[0].counts.answered]).toEqual([0, 2]);
  });

  it("is kept where no case of the run names it", async () => {
    const { json } = project(unpriced(), {
      ...suite("scorers:\n  - { type: contains, value: blue }\n  - { type: cost, max: 0.01 }\n"),
      "datasets/d.jsonl": '{"id":"a","input":{},"scorers":["contains"]}\n{"id":"b","input":{}}\n',
    });
    const env = { OPENAI_API_KEY: "k" };
    expect((await json(["run", "--case", "a"], env)).exit).toBe(0);
    expect((await json(["run", "--no-cache"], env)).document.problems).toMatchObject([
      { code: "EVALS_COST_UNPRICED" },
    ]);
  });

  it("is kept where only the fallback has no price, which may never be asked", async () => {
    const own = `{ provider: openai, model: x-2025-01-01, base_url: "${origin}/v1", price: { input: 1, output: 1 }, fallback: n }`;
    const { json } = project(
      `  m: ${own}\n${unpriced().replace("  m:", "  n:")}`,
      suite(
        'scorers:\n  - { type: contains, value: blue }\ngate:\n  require: { cost_per_trial: "<= 0.01" }\n',
      ),
    );
    const { document } = await json(["run"], { OPENAI_API_KEY: "k" });
    expect(document.problems).toBeUndefined();
    expect(document.runs[0].counts.answered).toBe(2);
    expect((await json(["run", "--no-cache", "--budget", "1"])).document.problems).toMatchObject([
      { code: "EVALS_BUDGET_UNPRICED" },
    ]);
  });

  it("is kept for a module that says what it costs", async () => {
    const { json } = project(
      "  m: { provider: module, file: dear.mjs }\n",
      suite("scorers:\n  - { type: cost, max: 0.3 }\n"),
    );
    expect((await json(["run"])).exit).toBe(0);
  });
});
