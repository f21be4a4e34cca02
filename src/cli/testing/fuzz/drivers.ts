import { braintrust, langfuse, langsmith, phoenix } from "../platform-traces.ts";
import { PRODUCERS } from "../producer-traces.ts";
import type { TextFormat } from "./mutate-text.ts";

/** One kind of file that the fuzzer changes, and the command that reads it. */
export interface FuzzDriver {
  readonly kind: string;
  /** Path of the changed file in the project. */
  readonly file: string;
  readonly format: TextFormat;
  /** Content of the file before the change; default: its content in `PROJECT`. */
  readonly text?: string;
  readonly command: string;
  /** Code of the mistake with which the command ends even for the unchanged file; absent for most. */
  readonly refused?: string;
}

const lines = (...values: readonly unknown[]): string =>
  values.map((one) => `${JSON.stringify(one)}\n`).join("");

const HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/** A project that uses most features of project files. */
export const PROJECT: Readonly<Record<string, string>> = {
  "evalconfig.yaml": `models:
  recorded: { provider: outputs, file: fixtures/answers.jsonl, price: { input: 1, output: 2 } }
  small: { provider: openai, model: m-2024-07-18, base_url: "http://127.0.0.1:9/v1", params: { temperature: 0, max_tokens: 20 } }
  replayed: { provider: replay, of: small, file: fixtures/small.jsonl }
defaults: { trials: 2, concurrency: 4 }
redact: [card, email]
`,
  "evals/triage.yaml": `description: Routes tickets.
dataset: tickets
prompt: triage@^1
model: recorded
trials: 2
scorers:
  - { type: equals, name: queue, select: { json: $.queue }, against: expected.queue }
  - { type: contains-any, name: word, value: [a, b], required: false, ignore_case: true }
  - { type: not, name: quiet, of: { type: regex, value: "sorry|excuse" } }
  - { type: json-schema, name: shape, schema: { type: object, required: [queue] } }
gate:
  require: { pass_rate: ">= 0.5", error_rate: "<= 0.5" }
  each_case: ">= 0.5"
filter: { tags: [even] }
concurrency: 3
`,
  "evals/faq.yaml":
    "dataset: faq\nprompt: triage\nmodel: replayed\nscorers:\n  - { type: equals, name: exact }\n  - length: { max: 400 }\n",
  "evals/judged.yaml":
    "dataset: more\nprompt: triage\nmodel: small\nscorers:\n  - { type: judge, name: tone, judge: polite@^1, required: false }\n",
  "datasets/tickets.jsonl": lines(
    ...["a", "b", "c", "d"].map((id, at) => ({
      ...{ id, input: { message: `Where is ${id}? {{ x }}`, n: at }, expected: { queue: "shipping" } },
      ...{ tags: at % 2 === 0 ? ["even", "x"] : ["even"], metadata: { at: [1, { b: null }] } },
    })),
  ),
  "datasets/faq.csv": 'id,input.message,expected,tags\nq1,"How, then?",so,a;b\nq2,"Two\nlines",no,\n',
  "datasets/more.yaml":
    "- { id: m1, input: { message: Hello } }\n- id: m2\n  input:\n    message: |\n      Two\n      lines\n  tags: [x]\n",
  "prompts/triage/1.0.0.md":
    "---\ndescription: Route the ticket.\nparams: { temperature: 0.5 }\n---\nsystem:\nYou route {{ input.n | default: 1 }} tickets.\n{% if input.n > 1 %}Often.{% endif %}\nuser:\n{{ input.message | upcase }}\n",
  "judges/polite/1.0.0.md":
    "---\nkind: rubric\nmodel: small\ncriteria:\n  - { name: kind, text: Is it kind?, weight: 2 }\n  - { name: clear, text: Is it clear?, must: true }\n---\nThe answer passes when it is polite.\n",
  "fixtures/answers.jsonl": lines(
    ...["a", "b", "c", "d"].flatMap((id) => [
      {
        case: id,
        trial: 1,
        output: '{"queue":"shipping"}',
        usage: { input_tokens: 5, output_tokens: 2 },
        latency_ms: 20,
      },
      {
        case: id,
        trial: 2,
        output: '{"queue":"billing"}',
        model: "m",
        cost_usd: 0.001,
        messages: [
          { role: "user", content: "x" },
          { role: "assistant", content: "y" },
        ],
      },
    ]),
  ),
  "fixtures/small.jsonl": lines(
    {
      case: "q1",
      trial: 1,
      request: HASH,
      output: "so",
      usage: { input_tokens: 3, output_tokens: 1 },
      latency_ms: 12,
    },
    { case: "q2", trial: 1, request: HASH, output: "no", finish_reason: "stop" },
  ),
  "labels/judged.jsonl": lines(
    {
      case: "m1",
      answer_hash: "a9bd6ffdb14fca1d77ee81cbad7296f2b05b3181ee85febe510c884ff0fd1a38",
      answer: "Kindly",
      rater: "ana",
      verdict: "pass",
      at: "2025-03-01",
      picked: "random",
      weight: 1,
    },
    {
      case: "m2",
      answer_hash: "1ea442a134b2a184bd5d40104401f2a37fbc09ccf3f4bc9da161c6099be3691d",
      answer: "No",
      rater: "bo",
      verdict: "fail",
      criteria: { kind: "fail" },
      at: "2025-03-01T10:00:00Z",
      picked: "stratified",
      weight: 2,
    },
  ),
};

const PROMPTFOO = `description: shop
prompts: ["Answer {{name}}: {{ q | upper }}", file://in/chat.json]
providers: [{ id: openai:gpt-4o-mini, label: mini, config: { temperature: 0 } }, echo]
defaultTest: { vars: { name: Ada }, assert: [{ type: not-icontains, value: sue }] }
scenarios: [{ config: [{ vars: { a: 1 } }], tests: [{ vars: { q: x } }] }]
evaluateOptions: { repeat: 2 }
tests:
  - description: greets
    vars: { q: [One, Two] }
    threshold: 0.5
    assert:
      - { type: contains, value: "{{name}}", weight: 2 }
      - { type: javascript, value: "output.length < 5", metric: short }
      - { type: assert-set, assert: [{ type: regex, value: "^(?!x)" }, { type: is-json, value: { type: object } }] }
  - { vars: { q: Any }, assert: [{ type: llm-rubric, value: "kind to {{name}}", threshold: 0.7 }, { type: levenshtein, value: a }] }
  - { vars: { q: "file://in/q.txt" }, assert: [{ type: trajectory:tool-used, value: { name: a*, min: 1 } }, { type: latency, threshold: 5 }] }
`;

const REGISTRY = `shop:
  id: shop.dev.v0
  metrics: [accuracy]
shop.dev.v0:
  class: evals.elsuite.basic.match:Match
  args: { samples_jsonl: in/samples.jsonl }
`;

const HOSTED = {
  ...{ id: "eval_1", object: "eval", name: "shop" },
  data_source_config: {
    type: "custom",
    schema: { type: "object", properties: { item: { type: "object" } } },
  },
  testing_criteria: [
    {
      type: "string_check",
      name: "same",
      input: "{{ sample.output_text }}",
      operation: "eq",
      reference: "{{ item.answer }}",
    },
    {
      type: "label_model",
      name: "kind",
      model: "gpt-4o",
      input: [{ role: "user", content: "{{ sample.output_text }}" }],
      labels: ["a", "b"],
      passing_labels: ["a"],
    },
  ],
};

const HOSTED_RUN = {
  ...{ id: "evalrun_1", object: "eval.run", eval_id: "eval_1", model: "gpt-4o-mini" },
  data_source: {
    type: "completions",
    model: "gpt-4o-mini",
    source: { type: "file_content", content: [{ item: { question: "x", answer: "y" } }] },
    input_messages: { type: "template", template: [{ role: "user", content: "{{ item.question }}" }] },
  },
};

const INSPECT = {
  version: 2,
  status: "success",
  eval: { task: "shop", dataset: { sample_ids: [1, "b"] } },
  results: { scores: [{ name: "match", scorer: "match", params: { location: "end" }, metrics: {} }] },
  samples: [
    {
      id: 1,
      epoch: 1,
      input: "q",
      target: ["a", "b"],
      choices: ["x"],
      output: { model: "m", completion: "a", choices: [{ message: { content: "a" } }], time: 1.5 },
      messages: [{ role: "user", content: "q" }],
    },
    {
      id: "b",
      epoch: 2,
      input: [{ role: "user", content: [{ type: "text", text: "q" }] }],
      target: "b",
      error: { message: "no" },
    },
  ],
};

const HELICONE = {
  ...{
    request_id: "r1",
    request_created_at: "2025-01-01T00:00:00Z",
    request_body: { messages: [{ role: "user", content: "hi" }] },
  },
  ...{
    response_body: {
      choices: [{ message: { content: "ho" } }],
      usage: { prompt_tokens: 1, completion_tokens: 2 },
    },
    delay_ms: 20,
  },
};

const TAU = {
  task_id: 1,
  trial: 0,
  reward: 1,
  info: { task: { instruction: "Return it", actions: [{ name: "find", kwargs: { id: "x" } }] } },
  traj: [
    { role: "user", content: "Return" },
    { role: "assistant", content: "Done" },
  ],
};

const ITEMS = [
  { id: "x1", input: { q: "a" }, expected: "b", metadata: { m: 1 }, tags: ["t"] },
  { id: "x2", input: "a" },
];

const imported = (
  tool: string,
  text: string,
  format: TextFormat,
  file = `in/source.${format}`,
): FuzzDriver => ({
  kind: `import ${tool}`,
  ...{ file, format, text, command: `import ${tool} ${file} --dry-run --json` },
});

const checked = (kind: string, file: string, format: TextFormat): FuzzDriver => ({
  kind,
  file,
  format,
  command: "check --json",
});
const ran = (kind: string, file: string, format: TextFormat, suite: string): FuzzDriver => ({
  kind,
  ...{ file, format, command: `run ${suite} --baseline none --json` },
});

export const DRIVERS: readonly FuzzDriver[] = [
  checked("config", "evalconfig.yaml", "yaml"),
  ran("config of a run", "evalconfig.yaml", "yaml", "triage"),
  checked("suite", "evals/triage.yaml", "yaml"),
  ran("suite of a run", "evals/triage.yaml", "yaml", "triage"),
  checked("dataset", "datasets/tickets.jsonl", "jsonl"),
  ran("dataset of a run", "datasets/tickets.jsonl", "jsonl", "triage"),
  checked("dataset of a table", "datasets/faq.csv", "csv"),
  checked("dataset in YAML", "datasets/more.yaml", "yaml"),
  checked("prompt", "prompts/triage/1.0.0.md", "markdown"),
  ran("prompt of a run", "prompts/triage/1.0.0.md", "markdown", "triage"),
  checked("judge", "judges/polite/1.0.0.md", "markdown"),
  ran("outputs", "fixtures/answers.jsonl", "jsonl", "triage"),
  ran("recording", "fixtures/small.jsonl", "jsonl", "faq"),
  {
    kind: "labels",
    file: "labels/judged.jsonl",
    format: "jsonl",
    command: "calibrate polite --json",
    refused: "EVALS_JUDGE_NO_VERDICT",
  },
  {
    kind: "escalation",
    ...{ file: "in/escalation.jsonl", format: "jsonl", command: "escalation in/escalation.jsonl --json" },
    text: lines(
      ...Array.from({ length: 12 }, (_, at) => ({ confidence: (at + 1) / 13, correct: at % 3 > 0 })),
    ),
  },
  {
    kind: "arms",
    ...{ file: "in/arm.jsonl", format: "jsonl", command: "ab file:in/arm.jsonl file:in/other.jsonl --json" },
    text: lines(
      ...Array.from({ length: 8 }, (_, at) => ({
        session: `s${at}`,
        at: "2025-01-01T00:00:00Z",
        pass: at % 2 === 0,
        output: "Yes.",
        tags: ["x"],
      })),
    ),
  },
  ...PRODUCERS.map(
    ({ name, text }): FuzzDriver => ({
      kind: `traces of ${name}`,
      ...{
        file: "in/traces.jsonl",
        format: text.split("\n").length > 2 ? "jsonl" : "json",
        text,
        command: "import traces in/traces.jsonl --dry-run --json",
      },
    }),
  ),
  imported("promptfoo", PROMPTFOO, "yaml"),
  imported("openai-evals", REGISTRY, "yaml"),
  imported("openai-evals", JSON.stringify([HOSTED, HOSTED_RUN]), "json"),
  imported("csv", 'id,input,answer\na,"x, y",b\nb,z,"q""r"\n', "csv"),
  imported(
    "braintrust",
    JSON.stringify(ITEMS.map((one, at) => ({ ...one, _xact_id: `100000000000000000${at}` }))),
    "json",
  ),
  imported(
    "langsmith",
    JSON.stringify(
      ITEMS.map(({ input, expected, ...one }) => ({
        ...one,
        inputs: { q: input },
        outputs: { a: expected },
      })),
    ),
    "json",
  ),
  imported(
    "langfuse",
    JSON.stringify({
      data: ITEMS.map(({ expected, ...one }) => ({ ...one, expectedOutput: expected, status: "ACTIVE" })),
    }),
    "json",
  ),
  imported(
    "phoenix",
    lines(...ITEMS.map(({ expected, ...one }) => ({ ...one, output: { a: expected } }))),
    "jsonl",
  ),
  imported("helicone", lines(HELICONE, { ...HELICONE, request_id: "r2" }), "jsonl"),
  imported("inspect", JSON.stringify(INSPECT, null, 1), "json"),
  imported("tau-bench", JSON.stringify([TAU, { ...TAU, trial: 1, reward: 0 }]), "json"),
  { ...imported("traces", lines(langfuse), "jsonl"), kind: "traces of langfuse's export" },
  { ...imported("traces", lines(...langsmith), "jsonl"), kind: "traces of langsmith's export" },
  { ...imported("traces", lines(...braintrust), "jsonl"), kind: "traces of braintrust's export" },
  { ...imported("traces", lines(phoenix), "jsonl"), kind: "traces of phoenix's export" },
];

/** Files that imports read in addition to the changed file. */
export const BESIDE: Readonly<Record<string, string>> = {
  "in/chat.json": '[{"role":"system","content":"Be {{name}}"},{"role":"user","content":"{{q}}"}]',
  "in/q.txt": "A question?\n",
  "in/samples.jsonl": lines({ input: [{ role: "user", content: "x" }], ideal: "y" }),
  "in/other.jsonl": lines(
    ...Array.from({ length: 8 }, (_, at) => ({
      session: `t${at}`,
      at: "2025-01-01T00:00:00Z",
      pass: true,
      output: "No.",
      tags: ["x"],
    })),
  ),
};
