import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Problem } from "../../domain/problem.ts";
import type { Kept, Left } from "../../interchange/imported.ts";
import { main } from "../main.ts";
import { fakeIo } from "../testing/fake-io.ts";

const lines = (...rows: unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

/** The files of a registry with the basic evals, judges of each form, and evals that cannot be imported. */
const REGISTRY: Readonly<Record<string, string>> = {
  "reg/evals/basic.yaml": `capital:
  id: capital.dev.v0
  description: Capitals of countries.
  metrics: [accuracy]
capital.dev.v0:
  class: evals.elsuite.basic.match:Match
  args:
    samples_jsonl: capital/match.jsonl
    few_shot_jsonl: capital/shots.jsonl
    num_few_shot: 1
    temperature: 0.5
named.s1.v0:
  class: evals.elsuite.basic.includes:Includes
  args: { samples_jsonl: capital/mixed.jsonl, ignore_case: true }
fuzzy.s1.v0:
  class: evals.elsuite.basic.fuzzy_match:FuzzyMatch
  args: { samples_jsonl: capital/text.jsonl }
json.s1.v0:
  class: evals.elsuite.basic.json_match:JsonMatch
  args: { samples_jsonl: capital/json.jsonl }
custom.s1.v0:
  class: my.own:Eval
  args: { samples_jsonl: capital/text.jsonl }
gone.s1.v0:
  class: evals.elsuite.basic.match:Match
  args: { samples_jsonl: capital/gone.jsonl }
basics:
  evals: [capital, named]
`,
  "reg/evals/judged.yaml": `fact.s1.v0:
  class: evals.elsuite.modelgraded.classify:ModelBasedClassify
  args: { samples_jsonl: capital/text.jsonl, modelgraded_spec: fact, eval_type: cot_classify }
funny.s1.v0:
  class: evals.elsuite.modelgraded.classify:ModelBasedClassify
  args: { samples_jsonl: capital/text.jsonl, modelgraded_spec: funny }
closed.s1.v0:
  class: evals.elsuite.modelgraded.classify:ModelBasedClassify
  args: { samples_jsonl: capital/text.jsonl, modelgraded_spec: closed }
one.s1.v0:
  class: evals.elsuite.modelgraded.classify:ModelBasedClassify
  args: { samples_jsonl: capital/text.jsonl, modelgraded_spec: closed, modelgraded_spec_args: { criteria: "polite: {kind}" } }
scoreless.s1.v0:
  class: evals.elsuite.modelgraded.classify:ModelBasedClassify
  args: { samples_jsonl: capital/text.jsonl, modelgraded_spec: scoreless }
`,
  "reg/modelgraded/fact.yaml": `prompt: |-
  Compare {{the}} answers.
  user:
  Question: {input} Expert: {ideal} Answer: {completion} Level: {level}
  (A) same (B) other
choice_strings: AB
choice_scores: { A: 1.0, B: 0.0 }
input_outputs: { input: completion }
`,
  "reg/modelgraded/set.yaml": `funny:
  prompt:
    - { role: system, content: You know jokes. }
    - { role: user, content: "Is it funny? {completion}" }
  choice_strings: ["Yes", "No", "Unsure"]
  choice_scores: { "Yes": 2.0, "No": 0.0, "Unsure": 1.0 }
  input_outputs: { input: completion }
closed:
  prompt: "Is it {criteria}? {completion}"
  choice_strings: YN
  choice_scores: { Y: 1.0, N: 0.0 }
  args: { criteria: { short: "short?", true: "true?" } }
  input_outputs: { input: completion }
scoreless:
  prompt: "{completion}"
  choice_strings: ABC
  input_outputs: { input: completion }
`,
  "reg/data/capital/match.jsonl": `${lines(
    {
      input: [
        { role: "system", content: "Short." },
        { role: "user", content: "Norway?" },
      ],
      ideal: "Oslo",
    },
    { input: [{ role: "user", content: "Italy?" }], ideal: ["Rome", "Roma"] },
    { input: [{ role: "user", content: "No ideal?" }] },
    { ideal: "x" },
  )}{"input":\n`,
  "reg/data/capital/shots.jsonl": lines(
    {
      sample: [
        { role: "user", content: "Spain?" },
        { role: "assistant", content: "Madrid" },
      ],
    },
    { sample: [] },
  ),
  "reg/data/capital/mixed.jsonl": lines(
    { input: "Norway?", ideal: "Oslo" },
    { input: [{ role: "user", content: "Italy?" }], ideal: ["Rome"] },
  ),
  "reg/data/capital/text.jsonl": lines(
    { input: "Norway?", ideal: ["The Oslo", "Kristiania"], level: "easy" },
    { input: "Italy?", ideal: "Rome", level: "{{ hard }}" },
  ),
  "reg/data/capital/json.jsonl": lines(
    { input: "n", ideal: '{"a":1,"b":[1,{"c":"x"}]}' },
    { input: "m", ideal: ["[1,2]", "3"] },
  ),
};

const ITEMS = [
  { question: "Norway?", answer: "Oslo", rank: 1, notes: { by: "the fjord" } },
  { question: "Italy?", answer: "Rome", rank: 2 },
];
const grader = (type: string, name: string, more: object) => ({ type, name, ...more });
const ANSWER = "{{ sample.output_text }}";
const CRITERIA = [
  grader("string_check", "same", { input: ANSWER, reference: "{{ item.answer }}", operation: "eq" }),
  grader("string_check", "not rank", { input: ANSWER, reference: "{{item.rank}}", operation: "ne" }),
  grader("string_check", "framed", {
    input: `<${ANSWER}>`,
    reference: "o {{ item.gone }}",
    operation: "ilike",
  }),
  grader("text_similarity", "near", {
    input: ANSWER,
    reference: "{{ item.answer }} town",
    evaluation_metric: "rouge_1",
    pass_threshold: 0.6,
  }),
  grader("text_similarity", "cosine", {
    input: ANSWER,
    reference: "{{ item.answer }}",
    evaluation_metric: "cosine",
    pass_threshold: 0.6,
  }),
  grader("label_model", "tone", {
    model: "gpt-4.1-2025-04-14",
    labels: ["kind", "rude"],
    passing_labels: ["kind"],
    input: [
      { role: "developer", content: "Judge." },
      {
        role: "user",
        content: { type: "input_text", text: `Says ${ANSWER} about {{ item.notes }} and {{ other }}` },
      },
    ],
  }),
  grader("score_model", "grade", {
    model: "gpt-4.1-2025-04-14",
    range: [1, 5],
    pass_threshold: 4,
    input: [{ role: "user", content: [{ type: "input_text", text: `Grade ${ANSWER}` }] }],
  }),
  grader("python", "short", {
    source:
      'def grade(sample, item):\n    return 1.0 if len(sample["output_text"]) <= item["rank"] + 3 else 0.0',
    pass_threshold: 1,
  }),
  grader("endpoint", "remote", {}),
];
const EVAL = {
  object: "eval",
  id: "eval_1",
  name: "Capitals of the World",
  data_source_config: { type: "custom" },
  testing_criteria: CRITERIA,
};
const run = (id: string, more: object) => ({
  object: "eval.run",
  id,
  eval_id: "eval_1",
  data_source: {
    type: "completions",
    model: "gpt-4o-mini-2024-07-18",
    sampling_params: { temperature: 0.2, max_completions_tokens: 64 },
    input_messages: {
      type: "template",
      template: [
        { role: "system", content: "user:\nBe brief." },
        { role: "user", content: { type: "input_text", text: "{{ item.question }} {{item.notes.by}}" } },
      ],
    },
    source: { type: "file_content", content: ITEMS.map((item) => ({ item })) },
    ...more,
  },
});
const output = (item: unknown, content: string | null) => ({
  object: "eval.run.output_item",
  run_id: "run_1",
  eval_id: "eval_1",
  datasource_item: item,
  sample:
    content === null
      ? { error: { message: "server overloaded" } }
      : {
          output: [{ role: "assistant", content }],
          model: "gpt-4o-mini-2024-07-18",
          usage: { prompt_tokens: 9, completion_tokens: 2, cached_tokens: 1 },
        },
});
const HOSTED: Readonly<Record<string, string>> = {
  "saved/eval.json": JSON.stringify(EVAL, null, 2),
  "saved/run.json": JSON.stringify(run("run_1", {})),
  "saved/outputs.json": JSON.stringify(
    {
      object: "list",
      data: [
        output(ITEMS[0], "Oslo"),
        output(ITEMS[1], "Milan town"),
        output({ ...ITEMS[0] }, "Os"),
        output(ITEMS[1], null),
      ],
    },
    null,
    1,
  ),
  "saved/prompts.json": JSON.stringify([
    {
      object: "prompt",
      id: "pmpt_1",
      name: "Greeter",
      version: "2",
      model: "gpt-4.1-2025-04-14",
      temperature: 0.3,
      messages: [
        { role: "developer", content: [{ type: "input_text", text: "Greet {{ name }}. {% odd %}" }] },
        { role: "user", content: "{{question}}" },
      ],
    },
    {
      object: "prompt",
      id: "pmpt_1",
      name: "Greeter",
      version: "1",
      messages: [{ role: "user", content: "Hi {{ name }}" }],
    },
  ]),
};

const hasPython = spawnSync("python3", ["--version"]).status === 0;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "evals-openai-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const rowsOf = (path: string): Record<string, unknown>[] =>
  read(path)
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

interface Document {
  readonly left?: readonly Left[];
  readonly kept?: readonly Kept[];
  readonly taken?: Readonly<Record<string, number>>;
  readonly problems?: readonly Problem[];
  readonly runs?: readonly {
    readonly id: string;
    readonly metrics: Readonly<Record<string, { readonly value: number | null }>>;
  }[];
  readonly written?: readonly string[];
}

async function evals(...args: readonly string[]): Promise<Document & { exit: number }> {
  const io = fakeIo(root, { env: { OPENAI_API_KEY: "k", PATH: process.env.PATH } });
  const exit = await main([...args, "--json"], io);
  return { exit, ...(JSON.parse(io.printed.stdout) as Document) };
}
const places = (found: readonly Left[] = []): string[] =>
  found.map(({ path, line, what }) => `${path}:${line} ${what}`);

function written(): Record<string, string> {
  const all = readdirSync(root, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  const paths = all.map((one) => join(one.parentPath, one.name).slice(root.length + 1));
  return Object.fromEntries(
    paths
      .filter((path) => !/^(?:reg|saved|\.evals)\//.test(path))
      .sort()
      .map((path) => [path, read(path)]),
  );
}

/** Runs a suite over one recorded answer per case. @returns its pass rate */
async function passRate(
  suite: string,
  answers: Readonly<Record<string, string>>,
): Promise<number | null | undefined> {
  const config = read("evalconfig.yaml");
  put({
    "fixtures/x.jsonl": lines(
      ...Object.entries(answers).map(([id, answer]) => ({ case: id, output: answer })),
    ),
    "evalconfig.yaml": config.includes("  x:")
      ? config
      : config.replace("models:\n", "models:\n  x: { provider: outputs, file: fixtures/x.jsonl }\n"),
  });
  const { runs, problems } = await evals("run", suite, "--model", "x", "--baseline", "none");
  expect(problems).toBeUndefined();
  return runs?.[0]?.metrics.pass_rate?.value;
}

describe("an import of registry files", () => {
  const take = () => {
    put(REGISTRY);
    return evals("import", "openai-evals", "reg/evals/basic.yaml", "reg/evals/judged.yaml");
  };

  it("imports every eval that it can, names the others by line, and makes a project that passes check", async () => {
    const { exit, left, taken, kept } = await take();
    expect(exit).toBe(0);
    expect(places(left)).toEqual([
      "reg/evals/basic.yaml:11 temperature: 0.5",
      "reg/data/capital/match.jsonl:3 a sample without an ideal",
      "reg/data/capital/match.jsonl:4 a sample without an input",
      "reg/data/capital/match.jsonl:5 a line that is not JSON",
      "reg/evals/basic.yaml:22 class my.own:Eval",
      "reg/evals/basic.yaml:26 samples capital/gone.jsonl",
      "reg/evals/basic.yaml:27 the set basics",
      "reg/modelgraded/set.yaml:14 choices of scoreless",
    ]);
    expect(taken).toMatchObject({ suites: 8, judges: 5 });
    expect(kept?.[0]).toEqual({
      path: "reg/evals/basic.yaml",
      line: 6,
      what: "evals.elsuite.basic.match:Match",
      suite: "capital",
      scorer: "match",
    });
    expect(await evals("check")).toMatchObject({ exit: 0, problems: [] });
  });

  it("keeps input and ideal unchanged, puts examples before the last message, and gives mixed inputs one form", async () => {
    await take();
    const shot = [
      { role: "user", content: "Spain?" },
      { role: "assistant", content: "Madrid" },
    ];
    expect(rowsOf("datasets/capital.jsonl")).toEqual([
      {
        id: "case-1",
        input: [{ role: "system", content: "Short." }, ...shot, { role: "user", content: "Norway?" }],
        expected: "Oslo",
      },
      { id: "case-2", input: [...shot, { role: "user", content: "Italy?" }], expected: ["Rome", "Roma"] },
    ]);
    expect(rowsOf("datasets/named.s1.v0.jsonl").map(({ input }) => input)).toEqual([
      [{ role: "user", content: "Norway?" }],
      [{ role: "user", content: "Italy?" }],
    ]);
  });

  it.each([
    ["capital", { "case-1": "Oslo.", "case-2": "It is Rome" }, 0.5],
    ["capital", { "case-1": " Oslo", "case-2": "Roma!" }, 0.5],
    ["named.s1.v0", { "case-1": "it is OSLO", "case-2": "Ro" }, 0.5],
    ["fuzzy.s1.v0", { "case-1": "an Oslo!", "case-2": "the" }, 0.5],
    ["fuzzy.s1.v0", { "case-1": "kristian", "case-2": "ROME, of course" }, 1],
    ["json.s1.v0", { "case-1": ' {"b":[1,{"c":"x"}],"a":1.0}', "case-2": "[2,1]" }, 0.5],
    ["json.s1.v0", { "case-1": '{"a":1,"b":[1,{"c":"x"}],"d":null}', "case-2": "3" }, 0.5],
  ])("%s judges %j as the open repository does", async (suite, answers, rate) => {
    await take();
    expect(await passRate(suite, answers)).toBe(rate);
  });

  it("writes judges whose questions print the case and the answer, whatever is in the text", async () => {
    await take();
    const fact = read("judges/fact.s1.v0-fact/1.0.0.md");
    expect(fact).toContain(
      "user:\nCompare {the} answers.\n\\user:\nQuestion: {{ question }} Expert: {{ reference }} Answer: {{ output }} Level: {{ case.metadata.level }}",
    );
    expect(fact).toContain(
      'The verdict is pass where you would choose "A", and fail where you would choose "B".',
    );
    expect(read("judges/funny.s1.v0-funny/1.0.0.md")).toContain(
      "threshold: 1\nscale:\n  - score: 1\n    means: Yes\n    value: 1\n  - score: 2\n    means: No\n    value: 0\n  - score: 3\n    means: Unsure\n    value: 0.5\n",
    );
    expect(read("judges/closed.s1.v0-closed-short/1.0.0.md")).toContain("Is it short?? {{ output }}");
    expect(read("judges/one.s1.v0-closed/1.0.0.md")).toContain("Is it polite: {kind}? {{ output }}");
    expect(read("evals/closed.s1.v0.yaml")).toContain("name: closed-true");
  });
});

describe("an import of hosted objects", () => {
  const take = (...files: string[]) => {
    put(HOSTED);
    return evals("import", "openai-evals", ...(files.length === 0 ? Object.keys(HOSTED) : files));
  };

  it("says of each answer that it leaves out why", async () => {
    const whys = async (one: object) => {
      put({ "saved/one.json": JSON.stringify(one) });
      const { left } = await take("saved/eval.json", "saved/run.json", "saved/one.json");
      return left?.filter(({ path }) => path === "saved/one.json").map(({ what, why }) => `${what}: ${why}`);
    };
    expect(await whys(output(ITEMS[0], null))).toEqual([
      "an answer to item-1: The request ended with an error, which is not an answer: server overloaded",
    ]);
    expect(await whys({ ...output(ITEMS[0], "Oslo"), sample: { output: [] } })).toEqual([
      "an answer to item-1: The sample has no text of the assistant.",
    ]);
    expect(await whys({ ...output(ITEMS[0], "Oslo"), datasource_item: undefined })).toEqual([
      "an answer to an unknown item: It does not say which item it answers: `datasource_item` is missing.",
    ]);
  });

  it("imports items, template, model and graders, names what it leaves out, and passes check", async () => {
    const { exit, left, taken } = await take();
    expect(exit).toBe(0);
    expect(places(left)).toEqual([
      "saved/outputs.json:82 an answer to item-2",
      "saved/eval.json:38 grader cosine (cosine)",
      "saved/eval.json:46 {{ other }} in grader tone",
      "saved/eval.json:98 grader remote (endpoint)",
    ]);
    expect(taken).toMatchObject({ cases: 2, suites: 1, scorers: 7, judges: 2, prompts: 3, answers: 3 });
    expect(await evals("check")).toMatchObject({ exit: 0, problems: [] });
    expect(rowsOf("datasets/capitals-of-the-world.jsonl")).toEqual(
      ITEMS.map((input, at) => ({ id: `item-${at + 1}`, input })),
    );
    expect(read("prompts/capitals-of-the-world/1.0.0.md")).toContain(
      'system:\n\\user:\nBe brief.\nuser:\n{{ input.question }} {{ input.notes.by | default: "" }}\n',
    );
    expect(read("evalconfig.yaml")).toContain(
      "gpt-4o-mini-2024-07-18:\n    provider: openai\n    model: gpt-4o-mini-2024-07-18\n    params:\n      temperature: 0.2\n      max_completion_tokens: 64\n",
    );
    expect(rowsOf("fixtures/capitals-of-the-world.jsonl")).toMatchObject([
      {
        case: "item-1",
        trial: 1,
        output: "Oslo",
        usage: { input_tokens: 9, output_tokens: 2, cached_input_tokens: 1 },
      },
      { case: "item-2", trial: 1, output: "Milan town" },
      { case: "item-1", trial: 2, output: "Os" },
    ]);
  });

  // A python grader runs in Python.
  it.skipIf(!hasPython)("scores answers as the graders are defined", async () => {
    await take();
    const suite = read("evals/capitals-of-the-world.yaml");
    const withoutJudges = suite.replace(/ {2}- type: judge\n(?: {4}.*\n)+/g, "");
    put({ "evals/capitals-of-the-world.yaml": withoutJudges });
    const { runs, problems } = await evals("run");
    expect(problems).toBeUndefined();
    const rates = Object.entries(runs?.[0]?.metrics ?? {}).flatMap(([name, { value }]) =>
      name.startsWith("score.") ? [[name, value]] : [],
    );
    expect(Object.fromEntries(rates)).toEqual({
      // The answers are "Oslo" and "Os" for item 1, and "Milan town" for item 2.
      "score.same": 0.25,
      "score.not rank": 1,
      "score.framed": 0,
      "score.near": expect.closeTo(((2 / 3 + 0) / 2 + 0.5) / 2, 9),
      "score.short": 0.5,
    });
  });

  it("converts graders that ask a model to judges, which only inform", async () => {
    await take();
    const tone = read("judges/capitals-of-the-world-tone/1.0.0.md");
    expect(tone).toContain(
      "developer:\nJudge.\nuser:\nSays {{ output }} about {% if input.notes %}{{ input.notes | json }}{% endif %} and {% raw %}{{ other }}{% endraw %}\n",
    );
    expect(tone).toContain('The verdict is pass for "kind", and fail for "rude".');
    expect(read("judges/capitals-of-the-world-grade/1.0.0.md")).toContain(
      "scale:\n  min: 1\n  max: 5\nthreshold: 0.75\n",
    );
    expect(read("evals/capitals-of-the-world.yaml")).toContain(
      "    judge: capitals-of-the-world-tone@1.0.0\n    required: false\n",
    );
  });

  it("writes prompts of the dashboard, oldest version first", async () => {
    await take();
    expect(read("prompts/Greeter/1.0.0.md")).toContain(
      "rationale: pmpt_1, version 1 in OpenAI's dashboard.\n---\nuser:\nHi {{ input.name }}\n",
    );
    expect(read("prompts/Greeter/1.1.0.md")).toContain(
      "developer:\nGreet {{ input.name }}{% raw %}. {% odd %}{% endraw %}\nuser:\n{{ input.question }}\n",
    );
  });

  it("imports prompts without an eval", async () => {
    expect(await take("saved/prompts.json")).toMatchObject({ exit: 0, left: [], taken: { prompts: 2 } });
    expect((await evals("check")).problems).toEqual([]);
  });

  it("reports missing items when only the eval was saved", async () => {
    expect(await take("saved/eval.json")).toMatchObject({
      exit: 2,
      left: [{ path: "saved/eval.json", line: 1 }],
      problems: [{ code: "EVALS_IMPORT_NOTHING" }],
    });
  });
});

it.each([
  ["registry files", REGISTRY, ["reg/evals/basic.yaml", "reg/evals/judged.yaml"]],
  ["hosted objects", HOSTED, Object.keys(HOSTED)],
])(
  "an import of %s changes nothing the second time and gives the same bytes in an empty place",
  async (_, files, args) => {
    put(files);
    await evals("import", "openai-evals", ...args);
    const before = written();
    expect(await evals("import", "openai-evals", ...args)).toMatchObject({ exit: 0, written: [] });
    for (const path of readdirSync(root))
      if (!/^(?:reg|saved)$/.test(path)) rmSync(join(root, path), { recursive: true });
    await evals("import", "openai-evals", ...args);
    expect(written()).toEqual(before);
  },
);

it.each([
  ["not YAML", "reg/x.yaml", "a: [\n", "EVALS_IMPORT_SYNTAX"],
  ["no eval", "reg/x.yaml", "a: 1\n", "EVALS_IMPORT_NOTHING"],
  ["cut JSON", "saved/x.json", '{"object":\n', "EVALS_IMPORT_SYNTAX"],
  ["another object", "saved/x.json", '{"object":"file"}\n', "EVALS_IMPORT_NOTHING"],
])("a file that is %s is a mistake with its place", async (_, path, text, code) => {
  put({ [path]: text });
  expect(await evals("import", "openai-evals", path)).toMatchObject({ exit: 2, problems: [{ code, path }] });
  expect(written()).toEqual({});
});
