import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Problem } from "../../domain/problem.ts";
import type { Left } from "../../interchange/imported.ts";
import { zipArchive } from "../../interchange/testing/zip-archive.ts";
import { main } from "../main.ts";
import { fakeIo } from "../testing/fake-io.ts";

const json = (value: unknown): string => JSON.stringify(value, null, 2);
const lines = (...rows: unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

interface Case {
  readonly id: string;
  readonly input: unknown;
  readonly expected?: unknown;
  readonly tags?: readonly string[];
  readonly metadata?: unknown;
}

/** One export of another tool, and the expected result of its import. */
interface Export {
  readonly title: string;
  readonly args: readonly string[];
  readonly files: Readonly<Record<string, string | Buffer>>;
  readonly cases: readonly Case[];
  /** `path:line what` of each thing that is not imported. */
  readonly left: readonly string[];
  readonly outputs?: readonly object[];
}

const chat = (content: string) => ({
  choices: [{ message: { role: "assistant", content } }],
  usage: { prompt_tokens: 9, completion_tokens: 2 },
});
const logged = (question: string, more: object = {}) => ({
  request_id: question,
  request_body: { model: "m", system: "Be brief.", messages: [{ role: "user", content: question }] },
  response_body: chat("Oslo"),
  response_status: 200,
  ...more,
});

/** A log of two samples in two epochs; one epoch ended with an error, one sample has several targets. */
function inspectLog() {
  const sample = (id: number, epoch: number, answer: string | null) => ({
    id,
    epoch,
    input:
      id === 1
        ? "Capital of Norway?"
        : [{ id: "x", role: "user", content: [{ type: "text", text: "Of Italy?" }] }],
    target: id === 1 ? "Oslo" : ["Rome", "Roma"],
    messages: [],
    output:
      answer === null
        ? { choices: [] }
        : { model: "m", choices: [{ message: { role: "assistant", content: answer } }], time: 0.5 },
    model_usage: { m: { input_tokens: 30, output_tokens: 4, input_tokens_cache_read: 3 } },
    ...(answer === null ? { error: { message: "connection reset" } } : {}),
  });
  const header = {
    version: 2,
    eval: { task: "demo/capitals", model: "openai/m", dataset: { sample_ids: [2, 1] } },
    results: {
      scores: [
        { name: "match", scorer: "match", params: {} },
        { name: "judge", scorer: "model_graded_fact", params: {} },
      ],
    },
  };
  return {
    header,
    samples: [sample(1, 1, null), sample(1, 2, "It is Oslo."), sample(2, 1, "Roma!"), sample(2, 2, "Milan")],
  };
}
const inspectCases: readonly Case[] = [
  { id: "2", input: [{ role: "user", content: "Of Italy?" }], expected: ["Rome", "Roma"] },
  { id: "1", input: "Capital of Norway?", expected: "Oslo" },
];
const inspectOutput = (id: string, trial: number, output: string) => ({
  case: id,
  trial,
  output,
  model: "m",
  usage: { input_tokens: 30, output_tokens: 4, cached_input_tokens: 3 },
  latency_ms: 500,
});
const inspectOutputs = [
  inspectOutput("2", 1, "Roma!"),
  inspectOutput("2", 2, "Milan"),
  inspectOutput("1", 1, "It is Oslo."),
];
const inspectEntries = () => [
  ...inspectLog().samples.map((one): [string, unknown] => [`samples/${one.id}_epoch_${one.epoch}.json`, one]),
  ["header.json", inspectLog().header] as [string, unknown],
];

const EXPORTS: readonly Export[] = [
  {
    title: "a table whose columns are those of a dataset, with semicolons, quotes and line ends in cells",
    args: ["csv", "in/a.csv"],
    files: {
      "in/a.csv":
        '\uFEFFid;input.q;expected;tags;metadata.n\r\na;"two\r\nlines; ""x""";007;x; y;1;\r\n;;;;\r\nb;q;;;\r\na;r;;;\r\nc;;;;\r\n'.replace(
          "x; y;1;",
          '"x; y";1',
        ),
    },
    cases: [
      { id: "a", input: { q: 'two\nlines; "x"' }, expected: "007", tags: ["x", "y"], metadata: { n: "1" } },
      { id: "b", input: { q: "q" } },
      { id: "c", input: { q: "" } },
    ],
    left: ['in/a.csv:6 a second item with the id "a"'],
  },
  {
    title: "a table with columns of its own names, and a map",
    args: [
      "csv",
      "in/b.tsv",
      "--map",
      "id=Nr,input.question=Frage, kurz",
      "--map",
      "expected.answer=Antwort",
    ],
    files: {
      "in/b.tsv":
        "Nr\tFrage, kurz\tAntwort\tQuelle\n1\tWo?\tHier\tS. 3\n2\tWann?\t\t\n3\tx\ty\tz\ttoo much\n",
    },
    cases: [
      { id: "1", input: { question: "Wo?" }, expected: { answer: "Hier" }, metadata: { Quelle: "S. 3" } },
      { id: "2", input: { question: "Wann?" } },
    ],
    left: ["in/b.tsv:4 a row of 5 cells"],
  },
  {
    title: "a table with the usual names and a stated separator",
    args: ["csv", "in/c.csv", "--separator", "tab"],
    files: { "in/c.csv": "question\tanswer\tlevel\n1, 2; 3?\tyes\thard\n" },
    cases: [
      {
        id: "case-1",
        input: { question: "1, 2; 3?" },
        expected: { answer: "yes" },
        metadata: { level: "hard" },
      },
    ],
    left: [],
  },
  {
    title:
      "a Parquet file with nested lists, whole numbers of 64 bits, dates, and bytes that are text or not",
    args: ["parquet", "in/a.parquet"],
    files: {
      "in/a.parquet": Buffer.from(
        parquetWriteBuffer({
          columnData: [
            { name: "id", data: ["a", "b", "c"], type: "STRING" },
            { name: "input.question", data: ["Wo?", null, "What?"], type: "STRING" },
            { name: "expected.n", data: [9007199254740993n, 4n, 5n], type: "INT64" },
            { name: "metadata.list", data: [{ x: [1, [2]] }, {}, {}], type: "JSON" },
            {
              name: "metadata.at",
              data: [new Date("2026-01-02T03:04:05Z"), null, null],
              type: "TIMESTAMP",
            },
            {
              name: "metadata.plain",
              data: ["Größe", "x", String.fromCharCode(2, 3)].map((one) => Buffer.from(one)),
              type: "BYTE_ARRAY",
            },
          ],
        }),
      ),
    },
    cases: [
      {
        id: "a",
        input: { question: "Wo?" },
        expected: { n: "9007199254740993" },
        metadata: { list: { x: [1, [2]] }, at: "2026-01-02T03:04:05.000Z", plain: "Größe" },
      },
    ],
    left: ["in/a.parquet:2 an item without an input", "in/a.parquet:3 column metadata.plain"],
  },
  {
    title: "rows of Braintrust: newest versions beyond 2^53, deleted and empty ones left",
    args: ["braintrust", "in/b.json"],
    files: {
      "in/b.json": `{"data":[
  {"id":"a","_xact_id":"1000000000000000002","input":"q","expected":"new","tags":["t"]},
  {"id":"a","_xact_id":"1000000000000000001","input":"q","expected":"old"},
  {"id":"b","_xact_id":9007199254740993,"input":{"n":1},"expected":"x"},
  {"id":"b","_xact_id":9007199254740992,"input":{"n":1},"expected":"y"},
  {"id":"c","_xact_id":"1","input":null},
  {"id":"d","_xact_id":"1","input":"q","_object_delete":true},
  {"id":"e","_xact_id":"1","input":{"n":12345678901234567890}}
]}`,
    },
    cases: [
      { id: "a", input: "q", expected: "new", tags: ["t"] },
      { id: "b", input: { n: 1 }, expected: "x" },
    ],
    left: [
      'in/b.json:3 an older version of item "a"',
      'in/b.json:5 an older version of item "b"',
      'in/b.json:6 item "c"',
      'in/b.json:7 the deleted item "d"',
      "in/b.json:8 The number 12345678901234567890 cannot be represented exactly.",
    ],
  },
  {
    title: "examples of LangSmith with splits and attachments",
    args: ["langsmith", "in/l.jsonl"],
    files: {
      "in/l.jsonl": `${lines(
        {
          id: "a",
          inputs: { q: "x\u2028y" },
          outputs: { a: 1 },
          metadata: { dataset_split: ["base"], n: 1 },
          attachments: { "a.png": {} },
        },
        { id: "b", inputs: {}, outputs: { a: 1 } },
      )}not JSON\n`,
    },
    cases: [{ id: "a", input: { q: "x\u2028y" }, expected: { a: 1 }, tags: ["base"], metadata: { n: 1 } }],
    left: [
      "in/l.jsonl:1 attachments a.png",
      'in/l.jsonl:2 example "b"',
      "in/l.jsonl:3 a line that is not JSON",
    ],
  },
  {
    title: "items of Langfuse from a file",
    args: ["langfuse", "in/f.json"],
    files: {
      "in/f.json": json({
        data: [
          { id: "a", status: "ACTIVE", input: { q: 1 }, expectedOutput: "x", metadata: "note" },
          { id: "b", status: "ARCHIVED", input: "q" },
          { id: "c", status: "ACTIVE", input: "q", expectedOutput: null, metadata: null },
        ],
        meta: { page: 1, totalPages: 1 },
      }),
    },
    cases: [
      { id: "a", input: { q: 1 }, expected: "x", metadata: { value: "note" } },
      { id: "c", input: "q" },
    ],
    left: ['in/f.json:12 item "b"'],
  },
  {
    title: "items of Langfuse from the table of its page",
    args: ["langfuse", "in/f.csv"],
    files: { "in/f.csv": 'id,input,expectedOutput,metadata\na,"{""q"":1}",plain,"{""n"":2}"\n' },
    cases: [{ id: "a", input: { q: 1 }, expected: "plain", metadata: { n: 2 } }],
    left: [],
  },
  {
    title: "examples of Phoenix as a table",
    args: ["phoenix", "in/p.csv"],
    files: {
      "in/p.csv": 'example_id,input_q,input_list,output_a,metadata_m,other\nRQ==,Wo?,"[1,2]",Hier,,x\n',
    },
    cases: [{ id: "RQ==", input: { q: "Wo?", list: [1, 2] }, expected: { a: "Hier" } }],
    left: ['in/p.csv:2 "other" of an item'],
  },
  {
    title: "examples of Phoenix as its API says them",
    args: ["phoenix", "in/p.json"],
    files: {
      "in/p.json": json({
        data: { dataset_id: "d", examples: [{ id: "a", input: { q: "x" }, output: {}, metadata: { m: 1 } }] },
      }),
    },
    cases: [{ id: "a", input: { q: "x" }, metadata: { m: 1 } }],
    left: [],
  },
  {
    title: "examples of Phoenix in the forms for OpenAI",
    args: ["phoenix", "in/p.jsonl"],
    files: {
      "in/p.jsonl": lines(
        {
          messages: [
            { role: "user", content: "x" },
            { role: "assistant", content: "y" },
          ],
        },
        { messages: [{ role: "user", content: "x" }], ideal: "z" },
      ),
    },
    cases: [
      { id: "case-1", input: [{ role: "user", content: "x" }], expected: "y" },
      { id: "case-2", input: [{ role: "user", content: "x" }], expected: "z" },
    ],
    left: [],
  },
  {
    title: "requests that Helicone logged, answers beside the cases",
    args: ["helicone", "in/h.jsonl"],
    files: {
      "in/h.jsonl": lines(
        logged("a", { delay_ms: 400, costUSD: 0.002, properties: { team: "x" } }),
        logged("b", { response_status: 429 }),
        logged("c", { response_body: {} }),
        logged("d", { request_body: '{"input":"hello"}', response_body: JSON.stringify(chat("hi")) }),
      ),
    },
    cases: [
      {
        id: "a",
        input: [
          { role: "system", content: "Be brief." },
          { role: "user", content: "a" },
        ],
        metadata: { team: "x" },
      },
      { id: "d", input: [{ role: "user", content: "hello" }] },
    ],
    left: ["in/h.jsonl:2 request b (HTTP 429)", "in/h.jsonl:3 request c"],
    outputs: [
      {
        case: "a",
        trial: 1,
        output: "Oslo",
        usage: { input_tokens: 9, output_tokens: 2 },
        latency_ms: 400,
        cost_usd: 0.002,
      },
      { case: "d", trial: 1, output: "hi", usage: { input_tokens: 9, output_tokens: 2 } },
    ],
  },
  {
    title: "results of τ-bench, trials counted from 1",
    args: ["tau-bench", "in/t.json"],
    files: {
      "in/t.json": json(
        [3, 0]
          .map((trial) => ({
            task_id: 7,
            trial,
            reward: trial === 3 ? 0 : 1,
            info: {
              task: { instruction: "Book it.", actions: [{ name: "book", kwargs: { id: 1 } }], outputs: [] },
            },
            traj: [
              { role: "user", content: "Hi" },
              { role: "tool", content: "Error: no seats" },
              { role: "assistant", content: `said ${trial}` },
            ],
          }))
          .concat([{ task_id: 8, trial: 0 } as never]),
      ),
    },
    cases: [
      {
        id: "task-7",
        input: { instruction: "Book it." },
        expected: { calls: [{ name: "book", arguments: { id: 1 } }] },
      },
    ],
    left: ["in/t.json:68 an entry without task"],
    outputs: [0, 3].map((trial, at) => ({
      case: "task-7",
      trial: at + 1,
      output: { reward: trial === 3 ? 0 : 1, said: `said ${trial}` },
      messages: [
        { role: "user", content: "Hi" },
        { role: "tool", content: '{"error":"no seats"}' },
        { role: "assistant", content: `said ${trial}` },
      ],
    })),
  },
  ...(
    [
      ["a JSON file", "in/i.json", json({ ...inspectLog().header, samples: inspectLog().samples }), [13, 28]],
      ["an archive, deflated", "in/i.eval", zipArchive(inspectEntries(), "deflate"), [1, 1]],
      ["an archive in several frames of zstd", "in/i.eval", zipArchive(inspectEntries(), "zstd"), [1, 1]],
    ] as const
  ).map(
    ([form, path, content, [results, errored]]): Export => ({
      title: `a log of Inspect: ${form}`,
      args: ["inspect", path],
      files: { [path]: content },
      cases: inspectCases,
      left: [`${path}:${errored} epoch 1 of sample 1`, `${path}:${results} scorer model_graded_fact`],
      outputs: inspectOutputs,
    }),
  ),
];

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "evals-import-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(files: Readonly<Record<string, string | Buffer>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

interface Document {
  readonly written?: readonly string[];
  readonly left?: readonly Left[];
  readonly taken?: Readonly<Record<string, number>>;
  readonly problems?: readonly Problem[];
  readonly runs?: readonly { readonly metrics: Readonly<Record<string, { readonly value: number }>> }[];
}

async function evals(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Document & { exit: number }> {
  const io = fakeIo(root, { env });
  const exit = await main([...args, "--json"], io);
  return { exit, ...(JSON.parse(io.printed.stdout) as Document) };
}

/** Every file of the project except the exports, with its text. */
function written(): Record<string, string> {
  const all = readdirSync(root, { recursive: true, withFileTypes: true });
  const files = all
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name).slice(root.length + 1));
  return Object.fromEntries(
    files
      .filter((path) => !path.startsWith("in/") && !path.startsWith(".evals/"))
      .sort()
      .map((path) => [path, readFileSync(join(root, path), "utf8")]),
  );
}

function rows(folder: string): unknown[] {
  return Object.entries(written())
    .filter(([path]) => path.startsWith(`${folder}/`))
    .flatMap(([, text]) =>
      text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    );
}

describe.each(EXPORTS)("an import of $title", ({ args, files, cases, left, outputs = [] }) => {
  it("gives its cases, reports what it leaves out, and makes a project that passes check", async () => {
    put(files);
    const found = await evals(["import", ...args]);
    expect(found.problems).toBeUndefined();
    expect(found.exit).toBe(0);
    expect(rows("datasets")).toEqual(cases);
    expect(rows("fixtures")).toEqual(outputs);
    expect(found.left?.map(({ path, line, what }) => `${path}:${line} ${what}`).sort()).toEqual(
      [...left].sort(),
    );
    expect(found.taken).toMatchObject({ cases: cases.length, suites: 1 });
    expect(await evals(["check"])).toMatchObject({ exit: 0, problems: [] });
  });

  it("changes nothing the second time, and writes the same bytes into an empty folder", async () => {
    put(files);
    await evals(["import", ...args]);
    const before = written();
    expect(await evals(["import", ...args])).toMatchObject({ exit: 0, written: [] });
    expect(written()).toEqual(before);
    for (const path of readdirSync(root)) if (path !== "in") rmSync(join(root, path), { recursive: true });
    await evals(["import", ...args]);
    expect(written()).toEqual(before);
  });

  it("writes nothing on a dry run, and reports what it would", async () => {
    put(files);
    const { written: named = [], left: leftOut } = await evals(["import", ...args, "--dry-run"]);
    expect(written()).toEqual({});
    const real = await evals(["import", ...args]);
    expect([...named].sort()).toEqual(Object.keys(written()));
    expect(leftOut).toEqual(real.left);
  });
});

describe("what an import does not know of an item", () => {
  const full = { content: { a: 1 }, note: "n", flag: false, count: 0 };
  const empty = { nothing: null, blank: "", object: {}, list: [] };
  it.each([
    ["braintrust", { id: "a", input: "q", _xact_id: "1", created: "2026-01-01", is_root: true }],
    ["langsmith", { id: "a", inputs: { q: "q" }, created_at: "2026-01-01", source_run_id: "r" }],
    ["langfuse", { id: "a", input: "q", status: "ACTIVE", sourceTraceId: "t" }],
    ["phoenix", { id: "a", node_id: "n", input: { q: "q" }, updated_at: "2026-01-01" }],
    ["phoenix", { messages: [{ role: "user", content: "q" }], ideal: "x" }],
  ])("is listed as left, ids and times and what is empty apart: %s", async (tool, item) => {
    put({ "in/x.jsonl": lines({ ...item, ...full, ...empty }) });
    const { exit, left = [], taken } = await evals(["import", tool, "in/x.jsonl", "--dry-run"]);
    expect([exit, taken]).toMatchObject([0, { cases: 1 }]);
    expect(left.map(({ line, what }) => `${line} ${what}`)).toEqual(
      Object.keys(full).map((name) => `1 "${name}" of an item`),
    );
  });

  it.each([
    ["braintrust", { id: "a", input: "q", output: "o", scores: { right: 1 }, error: "e" }],
    ["helicone", logged("q", { scores: { right: 1 }, feedback: { rating: true }, feedback_rating: true })],
  ])("names the import that takes the answers and their scores: %s", async (tool, item) => {
    put({ "in/x.jsonl": lines(item) });
    const { left = [] } = await evals(["import", tool, "in/x.jsonl", "--dry-run"]);
    expect(left).toHaveLength(3);
    for (const { why } of left) expect(why).toContain("evals import traces");
  });
});

describe("the suite of an imported dataset", () => {
  it.each([
    ["q,answer\n", "x,y\n", "  - type: equals\n    against: expected.answer\n    trim: true\n"],
    ["q,expected.a,expected.b\n", "x,y,z\n", "  - type: json-equals\n"],
    ["q,expected\n", "x,y\n", "  - type: equals\n    trim: true\n"],
    ["q,note\n", "x,y\n", "  - type: length\n    min: 1\n"],
  ])("begins with the scorer that fits what is expected: %j", async (header, row, scorer) => {
    put({ "in/d.csv": header.replace("q", "input.q") + row });
    await evals(
      ["import", "csv", "in/d.csv", "--name", "d"].concat(
        header.includes(",answer") ? ["--map", "input.q=input.q,expected.answer=answer"] : [],
      ),
    );
    expect(written()["evals/d.yaml"]).toContain(`scorers:\n${scorer}`);
  });
});

describe("scorers of an Inspect log", () => {
  it("score the recorded answers as Inspect does: with any of several targets, at the end, without punctuation", async () => {
    put({ "in/i.eval": zipArchive(inspectEntries(), "deflate") });
    await evals(["import", "inspect", "in/i.eval"]);
    const { runs } = await evals(["run"]);
    // Sample 1 has one answer, and it passes. Of the two answers of sample 2 one passes.
    expect(runs?.[0]?.metrics["score.match"]?.value).toBe(0.75);
  });
});

describe("a dataset of a Langfuse server", () => {
  const items = ["a", "b", "c"].map((id) => ({
    id,
    status: id === "b" ? "ARCHIVED" : "ACTIVE",
    input: `q ${id}`,
    expectedOutput: id,
  }));
  const env = { LANGFUSE_PUBLIC_KEY: "pk", LANGFUSE_SECRET_KEY: "sk-secret" };
  let url: string;
  let asked: string[];
  let close: () => void;
  beforeEach(async () => {
    asked = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? "");
      const page = Number(new URL(request.url ?? "", "http://x").searchParams.get("page"));
      const right = `Basic ${Buffer.from("pk:sk-secret").toString("base64")}`;
      response.writeHead(request.headers.authorization === right ? 200 : 401);
      response.end(
        JSON.stringify({ data: items.slice((page - 1) * 2, page * 2), meta: { page, totalPages: 2 } }),
      );
    });
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    close = () => server.close();
  });
  afterEach(() => close());

  it("is fetched page by page without archived items, and no key is written", async () => {
    const found = await evals(["import", "langfuse", "my set", "--url", `${url}/`], env);
    expect(found).toMatchObject({ exit: 0, taken: { cases: 2 }, left: [{ path: "my set", line: 2 }] });
    expect(asked.map((one) => new URL(one, url).searchParams.get("datasetName"))).toEqual([
      "my set",
      "my set",
    ]);
    expect(Object.keys(written())).toContain("datasets/my-set.jsonl");
    expect(JSON.stringify(written())).not.toContain("sk-secret");
  });

  it.each([
    ["a wrong key", { ...env, LANGFUSE_SECRET_KEY: "other" }, "EVALS_IMPORT_KEY"],
    ["no key", {}, "EVALS_IMPORT_KEY"],
  ])("ends with exit 2 for %s", async (_, keys, code) => {
    expect(await evals(["import", "langfuse", "x", "--url", url], keys)).toMatchObject({
      exit: 2,
      problems: [{ code }],
    });
    expect(written()).toEqual({});
  });

  it("ends with exit 2 without a server, and for an invalid address", async () => {
    expect(await evals(["import", "langfuse", "x", "--url", "http://127.0.0.1:9"], env)).toMatchObject({
      exit: 2,
      problems: [{ code: "EVALS_IMPORT_SERVER" }],
    });
    expect(await evals(["import", "langfuse", "x", "--url", "cloud"], env)).toMatchObject({
      exit: 2,
      problems: [{ code: "EVALS_OPTION_INVALID" }],
    });
  });
});

describe("a file that cannot be imported", () => {
  const tools = [
    "csv",
    "braintrust",
    "langsmith",
    "langfuse",
    "phoenix",
    "helicone",
    "tau-bench",
    "inspect",
    "parquet",
  ];
  const bad: readonly (readonly [string, string | Buffer, readonly string[]])[] = [
    ["empty", "", tools],
    [
      "cut off",
      '[\n  {"id": "a", "input": "x"},\n  {"id":',
      ["braintrust", "langsmith", "langfuse", "phoenix", "helicone", "tau-bench", "inspect"],
    ],
    ["compressed", gzipSync("[]"), tools],
    ["a pointer of Git LFS", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", tools],
    ["UTF-16", Buffer.from('[{"id":"a"}]', "utf16le"), tools],
    ["no UTF-8", Buffer.from([0x5b, 0xe9, 0x5d]), tools.filter((tool) => tool !== "csv")],
    ["a truncated archive", zipArchive(inspectEntries(), "deflate").subarray(0, 300), ["inspect"]],
    ["a table without a question", "a,b\n1,2\n", ["csv"]],
    ["a quote that never closes", 'id,input\na,"x\n', ["csv"]],
    [
      "an archive with a broken frame",
      zipArchive([["header.json", "x"]], "zstd", Buffer.from("no frame")),
      ["inspect"],
    ],
    [
      "items without any input",
      '[{"id":"a"},{"id":"b"}]',
      ["braintrust", "langsmith", "langfuse", "phoenix", "helicone"],
    ],
  ];
  const each = bad.flatMap(([what, content, of]) => of.map((tool) => ({ what, content, tool })));

  it.each(each)(
    "is a mistake with its file, exit 2, and nothing is written: $what, as $tool",
    async ({ tool, content }) => {
      put({ "in/x": content });
      const { exit, problems = [] } = await evals(["import", tool, "in/x"]);
      expect(exit).toBe(2);
      expect(problems.length).toBeGreaterThan(0);
      for (const one of problems) expect(one.path).toMatch(/^in\/x/);
      expect(written()).toEqual({});
    },
  );

  it("names a column that the map asks for and the table lacks", async () => {
    put({ "in/x.csv": "a,b\n1,2\n" });
    expect(await evals(["import", "csv", "in/x.csv", "--map", "input=c"])).toMatchObject({
      exit: 2,
      problems: [
        { code: "EVALS_IMPORT_MAP", path: "in/x.csv", line: 1, fix: expect.stringContaining("a, b") },
      ],
    });
  });
});
