import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Scenario, scenario } from "../testing/scenario.ts";

let repo: Scenario;
beforeEach(() => {
  repo = scenario(null);
  for (const folder of ["evals", "datasets", "judges", "judges/j"]) mkdirSync(join(repo.root, folder));
  config("temperature: 0");
  repo.write("evals/s.yaml", "dataset: s\nmodel: out\nscorers: [{ type: equals }]\n");
  repo.write("datasets/s.jsonl", '{"id":"a","input":"hi","expected":"hello"}\n');
  repo.write("out.jsonl", '{"case":"a","output":"hello"}\n');
  repo.write("judges/j/1.0.0.md", "---\nkind: binary\nmodel: gpt\n---\nIs it polite?\n");
});
afterEach(() => repo.remove());

/** Writes the config; line 5 has the parameters of the chat model. */
function config(params: string, provider = "openai"): void {
  repo.write(
    "evalconfig.yaml",
    `models:
  out: { provider: outputs, file: out.jsonl }
  gpt:
    provider: ${provider}
    params: { ${params} }
    model: a-model-2026-01-01
    price: { input: 1, output: 1 }
`,
  );
}

const check = async () => {
  const { exit, stderr } = await repo.evals("check");
  return { exit, warnings: stderr.split(/\n(?=\S+:\d+:\d+\n)/).filter((one) => one.includes("warning: ")) };
};

describe("params of a model", () => {
  it.each([
    ["temprature: 0", "5:15", "temprature", "temperature"],
    ["max_token: 9", "5:15", "max_token", "max_tokens"],
    ["top_k: 4, topp: 1", "5:25", "topp", "top_p"],
    ["reasoning: { efort: low }", "5:28", "efort", "effort"],
    ["response_format: { type: json_schema, json_schema: { shema: {} } }", "5:68", "shema", "schema"],
  ])("warns about { %s } at %s, and runs", async (params, place, written, known) => {
    config(params);
    const { exit, warnings } = await check();
    expect([exit, warnings]).toEqual([
      0,
      [
        expect.stringContaining(
          `evalconfig.yaml:${place}\nwarning: "${written}" is not a known parameter. Did you mean "${known}"?  [EVALS_PARAM_MISSPELT]`,
        ),
      ],
    ]);
    expect((await repo.evals("run --quiet")).exit).toBe(0);
  });

  it("knows the names of each provider", async () => {
    config("stop_sequence: [x], thinking: { budget_token: 1024 }, max_completion_token: 1", "anthropic");
    const { warnings } = await check();
    expect(warnings.map((one) => /Did you mean "(.*)"/.exec(one)?.[1])).toEqual([
      "stop_sequences",
      "budget_tokens",
    ]);
  });

  it("warns of nothing that a server may know, nor inside of a schema, tools or metadata", async () => {
    config(
      "lora: x, mode: instruct, min_new_tokens: 4, num_keep: 2, chat_template_kwargs: { enable_thnking: true }, metadata: { usr: 1 }, tools: [{ tpye: function }], response_format: { type: json_schema, json_schema: { name: n, schema: { tpye: object } } }",
    );
    expect(await check()).toEqual({ exit: 0, warnings: [] });
  });

  it("warns about params of a judge's file, whether or not a suite uses it", async () => {
    repo.write(
      "judges/j/1.0.0.md",
      "---\nkind: binary\nmodel: gpt\nparams: { temperture: 0 }\n---\nIs it polite?\n",
    );
    const { warnings } = await check();
    expect(warnings).toEqual([
      expect.stringContaining(
        'judges/j/1.0.0.md:4:11\nwarning: "temperture" is not a known parameter. Did you mean "temperature"?',
      ),
    ]);
  });
});

describe("members of a line of recorded outputs", () => {
  const line = (members: string): string => `{"case":"a","output":"hello",${members}}\n`;

  it.each([
    ['"tool_call":[]', "tool_call", "tool_calls"],
    ['"toolCalls":[]', "toolCalls", "tool_calls"],
    ['"usage":{"input_token":3}', "usage.input_token", "input_tokens"],
    ['"refussal":"no"', "refussal", "refusal"],
    ['"latency_m":3', "latency_m", "latency_ms"],
    ['"cost-usd":3', "cost-usd", "cost_usd"],
    ['"trail":2', "trail", "trial"],
    ['"finishreason":"stop"', "finishreason", "finish_reason"],
    ['"retrieval":[]', "retrieval", "retrievals"],
  ])("warns about {%s}, and runs", async (members, written, known) => {
    repo.write("out.jsonl", line(members));
    const { exit, warnings } = await check();
    const key = written.split(".").at(-1) ?? "";
    const column = line(members).indexOf(`"${key}"`) + 1;
    expect([exit, warnings]).toEqual([
      0,
      [
        expect.stringContaining(
          `out.jsonl:1:${column}\nwarning: "${written}" is not a known member. Did you mean "${known}"?  [EVALS_OUTPUTS_MISSPELT]`,
        ),
      ],
    ]);
    expect((await repo.evals("run --quiet")).exit).toBe(0);
  });

  it("counts the lines, at the place of the first", async () => {
    repo.write("out.jsonl", line('"note":1') + line('"tool_call":[]') + line('"tool_call":[]'));
    const { warnings } = await check();
    expect(warnings).toEqual([
      expect.stringMatching(
        /^out\.jsonl:2:30\n.*"tool_call" is not a known member, and 2 lines have it\. Did/m,
      ),
    ]);
  });

  it.each([
    '"note":1,"question":"x","category":"y","expected":"z","id":3,"tags":[]',
    '"message":"ok","status":"done","success":true,"error":null,"errors":[]',
    '"model":"m","models":["m"],"steps":2,"step":1',
    '"usage":{"input_tokens":1,"prompt_tokens":1,"total_tokens":2}',
  ])("takes {%s} for notes", async (members) => {
    repo.write("out.jsonl", line(members));
    expect(await check()).toEqual({ exit: 0, warnings: [] });
  });

  it.each([
    [
      '{"case":"a","outptu":"hello"}',
      'The line has no "output". Did you mean "output" where the line has "outptu"?',
    ],
    ['{"caes":"a","output":"hello"}', 'that is a text. Did you mean "case" where the line has "caes"?'],
  ])("refuses %s with the member that was meant", async (text, what) => {
    repo.write("out.jsonl", `${text}\n`);
    const { exit, stderr } = await repo.evals("check");
    expect([exit, stderr.replace(/\s+/g, " ")]).toEqual([2, expect.stringContaining(what)]);
  });
});

describe("members of a line of a command's file", () => {
  const notesOf = async (line: string): Promise<string[]> =>
    JSON.parse((await repo.evals(`${line} --json`)).stdout).notes;

  it("are noted by evals ab", async () => {
    repo.write(
      "a.jsonl",
      '{"sesion":"s1","output":"x","pass":true}\n{"sesion":"s2","output":"y","pass":true,"note":1}\n',
    );
    repo.write("b.jsonl", '{"session":"s1","output":"x","latency_m":3,"pass":true}\n');
    expect((await notesOf("ab file:a.jsonl file:b.jsonl")).slice(0, 2)).toEqual([
      '"sesion" in 2 lines of a.jsonl is not a known member and is not read. Did you mean "session"?',
      '"latency_m" in a line of b.jsonl is not a known member and is not read. Did you mean "latency_ms"?',
    ]);
  });

  it.each([
    ["latency", 3, "latency_ms"],
    ["cost", 0.1, "cost_usd"],
    ["passed", true, "pass"],
  ])("are noted by evals ab also where %s is written for another form", async (name, value, known) => {
    repo.write("a.jsonl", `${JSON.stringify({ output: "x", [name]: value })}\n`);
    repo.write("b.jsonl", '{"output":"x","pass":true,"latency_ms":2,"cost_usd":1,"passed":3}\n');
    expect(await notesOf("ab file:a.jsonl file:b.jsonl")).toContain(
      `"${name}" in a line of a.jsonl is not a known member and is not read. Did you mean "${known}"?`,
    );
  });

  it("are noted by evals escalation", async () => {
    repo.write("c.jsonl", '{"confidence":0.9,"correct":true,"startum":"de"}\n'.repeat(3));
    expect(await notesOf("escalation c.jsonl")).toEqual([
      '"startum" in 3 lines of c.jsonl is not a known member and is not read. Did you mean "stratum"?',
    ]);
  });
});
