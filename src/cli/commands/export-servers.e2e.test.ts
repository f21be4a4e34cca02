import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  langfuse,
  mlflow,
  phoenix,
  startToolServer,
  type TakenRequest,
  type ToolAnswer,
  type ToolServer,
} from "../../operations/exporting/testing/tool-server.ts";
import { main } from "../main.ts";
import { fakeIo } from "../testing/fake-io.ts";

const lines = (rows: readonly unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

const KEYS = { LANGFUSE_PUBLIC_KEY: "pk-test", LANGFUSE_SECRET_KEY: "sk-test-secret" };
const SECRET = "what only people of the clinic may read";

const CASES = [
  { id: "plain", input: "ask", expected: "right", tags: ["vip"] },
  { id: "object", input: { q: ["=1+1", null], n: 1.5 }, expected: { a: [1, "x"] } },
  { id: "a/b:c", input: [1, { b: false }], expected: "42" },
  { id: "nothing expected", input: { q: "only" } },
  { id: "secret", input: { q: SECRET }, expected: SECRET },
];
const TRIALS = 2;
/** Two scores a trial, and what was expected where a case says so. */
const ASSESSED = TRIALS * (2 * CASES.length + CASES.filter((one) => "expected" in one).length);

let root: string;
let server: ToolServer;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "evals-export-servers-"));
  put("evalconfig.yaml", "models:\n  rec: { provider: outputs, file: fixtures/r.jsonl }\n");
  put(
    "evals/s.yaml",
    `dataset: s\nmodel: rec\ntrials: ${TRIALS}\nscorers:\n  - { type: length, name: short, max: 4 }\n  - { type: length, name: long, min: 2, required: false }\n`,
  );
  put("datasets/s.jsonl", lines(CASES));
  const answers = CASES.flatMap(({ id }) =>
    Array.from({ length: TRIALS }, (_, at) => ({
      ...{ case: id, trial: at + 1, output: `${id} ${at}`, latency_ms: 10, cost_usd: 0.001, model: "m" },
      usage: { input_tokens: 3, output_tokens: 2 },
    })),
  );
  put("fixtures/r.jsonl", lines(answers));
});
afterEach(async () => {
  await server?.close();
  rmSync(root, { recursive: true, force: true });
});

function put(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

interface Ran {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly slept: readonly number[];
}

async function evals(args: readonly string[], env: Record<string, string> = KEYS, cwd = root): Promise<Ran> {
  const io = fakeIo(cwd, { env });
  const exit = await main([...args], io);
  return { exit, ...io.printed, slept: io.slept };
}

async function serve(tool: (request: TakenRequest) => ToolAnswer): Promise<void> {
  server = await startToolServer(tool);
  await evals(["run", "--quiet"]);
}

const send = (format: string, env?: Record<string, string>): Promise<Ran> =>
  evals(["export", format, "--url", server.url, "--json"], env);

const bodies = (path: string): Record<string, never>[] =>
  server.taken.filter((one) => one.path === path).map(({ body }) => JSON.parse(body.toString()));

/** The bodies that a server has in the end, by id: a later body replaces an earlier one with the same id. */
const kept = (path: string, id: string): Record<string, unknown> =>
  Object.fromEntries(bodies(path).map((body) => [String(body[id]), body]));

describe("evals export to a server", () => {
  it("sends to Langfuse a dataset, one experiment per round of trials with its attributes on every span, and scores", async () => {
    await serve(langfuse);
    expect(await send("langfuse")).toMatchObject({ exit: 0 });
    expect(
      bodies("/api/public/dataset-items").map(({ input, expectedOutput }) => [input, expectedOutput]),
    ).toEqual(expect.arrayContaining(CASES.map(({ input, expected = null }) => [input, expected])));
    const spans = bodies("/api/public/otel/v1/traces").flatMap((document) => spansOf(document));
    const experiments = spans.map((span) => [
      attribute(span, "langfuse.experiment.name"),
      attribute(span, "langfuse.experiment.item.id"),
    ]);
    expect(new Set(experiments.map(String)).size).toBe(CASES.length * TRIALS);
    for (const span of spans) {
      expect(attribute(span, "langfuse.experiment.id")).toMatch(/^[0-9a-f]{32}$/);
      expect(attribute(span, "langfuse.experiment.dataset.id")).toBe("d-1");
      expect(spans.map(({ spanId }) => spanId)).toContain(
        attribute(span, "langfuse.experiment.item.root_observation_id"),
      );
    }
    const items = new Set(bodies("/api/public/dataset-items").map(({ id }) => id));
    expect(experiments.every(([, item]) => items.has(item as never))).toBe(true);
    expect(
      server.taken
        .filter(({ path }) => path.includes("otel"))
        .map(({ headers }) => headers["x-langfuse-ingestion-version"]),
    ).toEqual(["4"]);
    const traces = new Set(spans.map(({ traceId }) => traceId));
    expect(Object.keys(kept("/api/public/scores", "id"))).toHaveLength(CASES.length * TRIALS * 2);
    expect(bodies("/api/public/scores").every(({ traceId }) => traces.has(String(traceId)))).toBe(true);
  });

  it.each([
    [
      "langfuse",
      () => langfuse,
      [
        ["/api/public/dataset-items", "id"],
        ["/api/public/scores", "id"],
      ],
    ],
    ["otlp", () => () => ({ status: 200, json: {} }), []],
    ["phoenix", () => phoenix, []],
    ["mlflow", mlflow, []],
  ] as const)("leaves %s as it is the second time", async (format, tool, ids) => {
    await serve(tool());
    await send(format);
    const writes = (from: number): string[] =>
      server.taken
        .slice(from)
        .filter(({ method }) => method !== "GET")
        .map(({ path, body }) => `${path} ${body.toString("base64")}`);
    const first = writes(0);
    const before = ids.map(([path, id]) => kept(path, id));
    const answered = server.taken.length;
    expect(await send(format)).toMatchObject({ exit: 0 });
    expect(writes(answered).filter((one) => !first.includes(one))).toEqual([]);
    expect(ids.map(([path, id]) => kept(path, id))).toEqual(before);
    if (format !== "mlflow") return;
    const made = server.taken.map(({ method, path }) => `${method} ${path}`);
    expect(made.filter((one) => one.endsWith("runs/create"))).toHaveLength(1);
    expect(made.filter((one) => one.endsWith("/assessments"))).toHaveLength(ASSESSED);
  });

  it("sends to MLflow metrics with their intervals, params, artifacts, and the traces of the run", async () => {
    await serve(mlflow());
    expect(await send("mlflow", { MLFLOW_EXPERIMENT_NAME: "mine" })).toMatchObject({ exit: 0 });
    expect(bodies("/api/2.0/mlflow/experiments/create")).toEqual([{ name: "mine" }]);
    const [logged] = bodies("/api/2.0/mlflow/runs/log-batch");
    const names = ((logged?.metrics ?? []) as unknown as Keyed[]).map((one) => one.key);
    expect(names).toEqual(
      expect.arrayContaining(["pass_rate", "pass_rate.low", "pass_rate.high", "pass_hat_2"]),
    );
    expect(names.every((name) => /^[\w.\- /]+$/.test(name))).toBe(true);
    expect(logged?.params).toEqual(expect.arrayContaining([{ key: "suite", value: "s" }]));
    const put = server.taken.filter(({ method }) => method === "PUT").map(({ path }) => path);
    expect(put).toEqual(
      ["report.json", "trials.csv"].map(
        (name) => `/api/2.0/mlflow-artifacts/artifacts/7/r1/artifacts/evals/${name}`,
      ),
    );
    const traces = server.taken.filter(({ path }) => path === "/v1/traces");
    expect(
      traces.map(({ headers }) => [headers["x-mlflow-experiment-id"], headers["x-mlflow-run-id"]]),
    ).toEqual([["7", "r1"]]);
    expect(bodies("/api/2.0/mlflow/runs/update")).toMatchObject([{ run_id: "r1", status: "FINISHED" }]);
  });

  it("logs to MLflow the dataset as an input of the run, and what was expected with each trace", async () => {
    await serve(mlflow());
    expect(await send("mlflow")).toMatchObject({ exit: 0 });
    expect(bodies("/api/2.0/mlflow/runs/log-inputs")).toEqual([
      {
        run_id: "r1",
        datasets: [
          {
            tags: [{ key: "mlflow.data.context", value: "eval" }],
            dataset: {
              name: "s",
              digest: expect.stringMatching(/^[0-9a-f]{8}$/),
              source_type: "local",
              source: '{"uri":"s"}',
              profile: '{"num_rows":5}',
            },
          },
        ],
      },
    ]);
    const sent = server.taken.filter(({ path }) => path.endsWith("/assessments"));
    const expectations = sent.flatMap(({ body }) => {
      const { assessment_name: name, expectation } = JSON.parse(body.toString()).assessment;
      return expectation === undefined ? [] : [[name, expectation]];
    });
    expect(expectations).toHaveLength(8);
    expect(expectations).toEqual(
      expect.arrayContaining([
        ["expected", { value: "42" }],
        ["expected", { serialized_value: { serialization_format: "JSON_FORMAT", value: '{"a":[1,"x"]}' } }],
      ]),
    );
  });

  it.each([
    ["langfuse", () => langfuse, "/project/p-1/datasets/d-1"],
    ["mlflow", mlflow, "/#/experiments/7/runs/r1"],
    ["phoenix", () => phoenix, "/projects/UHJvamVjdDoy"],
    ["otlp", () => () => ({ status: 200, json: {} }), undefined],
  ] as const)("says where %s shows the run", async (format, tool, page) => {
    await serve(tool());
    const { stdout } = await evals(["export", format, "--url", server.url]);
    const address = page === undefined ? undefined : `${server.url}${page}`;
    expect(stdout.split("\n").slice(2)).toEqual(address === undefined ? [""] : [`  ${address}`, ""]);
    expect(JSON.parse((await send(format)).stdout).page).toBe(address);
  });

  it("names the page of all projects where Phoenix has not made the project yet", async () => {
    await serve(phoenix);
    server.before = ({ path }) => (path.startsWith("/v1/projects") ? { status: 404 } : undefined);
    const sent = await send("phoenix");
    expect([sent.exit, JSON.parse(sent.stdout).page]).toEqual([0, `${server.url}/projects`]);
  });

  it("assesses no trace twice in MLflow after the run was deleted there, because traces outlive it", async () => {
    await serve(mlflow());
    await send("mlflow");
    const [{ run_id = "" } = {}] = bodies("/api/2.0/mlflow/runs/update");
    await fetch(`${server.url}/api/2.0/mlflow/runs/delete`, {
      method: "POST",
      body: JSON.stringify({ run_id }),
    });
    expect(await send("mlflow")).toMatchObject({ exit: 0 });
    const made = server.taken.map(({ path }) => path);
    expect(made.filter((one) => one.endsWith("runs/create"))).toHaveLength(2);
    expect(made.filter((one) => one.endsWith("/assessments"))).toHaveLength(ASSESSED);
  });

  it("sends to Phoenix traces in protobuf, the only format that it accepts, and annotations with stable ids", async () => {
    await serve(phoenix);
    expect(await send("phoenix")).toMatchObject({ exit: 0 });
    const traces = server.taken.filter(({ path }) => path === "/v1/traces");
    expect(traces.map(({ headers }) => headers["content-type"])).toEqual(["application/x-protobuf"]);
    const data = bodies("/v1/span_annotations").flatMap(
      (body) => body.data as unknown as { identifier: string }[],
    );
    expect(data).toHaveLength(CASES.length * TRIALS * 2);
    expect(new Set(data.map(({ identifier }) => identifier))).toEqual(new Set(["evals"]));
  });

  it("waits as long as the server asks, and then sends the rest", async () => {
    await serve(langfuse);
    server.before = (_, count) =>
      count === 3 ? { status: 429, headers: { "retry-after": "7" } } : count === 5 ? "cut" : undefined;
    const { exit, slept } = await send("langfuse");
    expect(exit).toBe(0);
    expect(slept.some((ms) => ms >= 7000)).toBe(true);
    expect(Object.keys(kept("/api/public/dataset-items", "id"))).toHaveLength(CASES.length);
    expect(Object.keys(kept("/api/public/scores", "id"))).toHaveLength(CASES.length * TRIALS * 2);
  });

  it.each([
    ["langfuse", () => langfuse],
    ["phoenix", () => phoenix],
    ["mlflow", mlflow],
  ] as const)(
    "goes on with %s where an export broke off, and sends nothing twice that had arrived",
    async (format, tool) => {
      await serve(tool());
      const sent = { langfuse: 10, phoenix: 2, mlflow: 12 }[format];
      server.before = () => (server.taken.length >= sent ? { status: 500 } : undefined);
      const broken = await send(format);
      expect(broken.exit).toBe(3);
      expect(JSON.parse(broken.stdout)).toMatchObject({ problems: [{ code: "EVALS_EXPORT_BROKEN_OFF" }] });
      server.before = () => undefined;
      expect(await send(format)).toMatchObject({ exit: 0 });
      const writes = server.taken.filter(({ path }) =>
        /dataset-items$|scores$|traces$|span_annotations$|upload|\/assessments$/.test(path),
      );
      const texts = writes.map(({ path, body }) => `${path} ${body.toString("base64")}`);
      expect(new Set(texts).size).toBe(texts.length);
      expect(readdirSync(join(root, ".evals/exports"))).toEqual([]);
      // A later export sends everything again, because it may have been deleted on the server.
      const before = server.taken.length;
      await send(format);
      expect(server.taken.length - before).toBeGreaterThan(2);
    },
  );

  it("ends with a mistake for a wrong key, and never says or keeps the key", async () => {
    await serve(langfuse);
    const wrong = { ...KEYS, LANGFUSE_SECRET_KEY: "sk-wrong-key-value" };
    const refused = await send("langfuse", wrong);
    expect(refused.exit).toBe(2);
    expect(JSON.parse(refused.stdout)).toMatchObject({ problems: [{ code: "EVALS_EXPORT_KEY" }] });
    const none = await send("langfuse", {});
    expect(JSON.parse(none.stdout)).toMatchObject({ exit: 2, problems: [{ code: "EVALS_EXPORT_KEY" }] });
    server.before = ({ headers }) => ({ status: 500, json: { you: headers.authorization } });
    const failing = await send("langfuse", wrong);
    server.before = ({ headers }) => ({ status: 400, json: { you: headers.authorization } });
    const unread = await send("langfuse", wrong);
    const encoded = Buffer.from("pk-test:sk-wrong-key-value").toString("base64");
    const everything = [refused, none, failing, unread].map(({ stdout, stderr }) => stdout + stderr).join("");
    expect(everything).not.toContain("sk-wrong-key-value");
    expect(everything).not.toContain(encoded);
    expect([failing.exit, unread.exit]).toEqual([3, 2]);
  });

  it.each(["otlp", "langfuse", "mlflow", "phoenix"])(
    "keeps the texts of a restricted dataset out of %s",
    async (format) => {
      put(
        "evalconfig.yaml",
        `${readFileSync(join(root, "evalconfig.yaml"), "utf8")}datasets: { s: { classification: restricted } }\n`,
      );
      const tools = { otlp: () => ({ status: 200, json: {} }), langfuse, mlflow: mlflow(), phoenix } as const;
      await serve(tools[format as keyof typeof tools]);
      const sent = await send(format);
      expect(sent).toMatchObject({ exit: 0 });
      expect(sent.stderr).toMatch(/is restricted: its texts and the answers to it are left out/);
      await evals(["export", format, "--out", "x.json"]);
      const everything =
        server.taken.map(({ body }) => body.toString()).join("") + readFileSync(join(root, "x.json"), "utf8");
      for (const text of [SECRET, "secret 0", "=1+1"]) expect(everything).not.toContain(text);
    },
  );

  it.each(["langfuse", "phoenix"])(
    "as a file for %s gives the same cases when it is imported again",
    async (format) => {
      await evals(["run", "--quiet"]);
      expect(await evals(["export", format, "--out", "out/run.json", "--json"])).toMatchObject({ exit: 0 });
      mkdirSync(join(root, "other/.git"), { recursive: true });
      const other = join(root, "other");
      const imported = await evals(["import", format, "../out/run.json", "--name", "s", "--json"], {}, other);
      expect(JSON.parse(imported.stdout)).toMatchObject({
        exit: 0,
        left: [],
        taken: { cases: CASES.length },
      });
      const rows = readFileSync(join(other, "datasets/s.jsonl"), "utf8").trimEnd().split("\n");
      expect(rows.map((row) => JSON.parse(row) as unknown)).toEqual(CASES);
    },
  );

  it("refuses an invalid address, an address with a password, and a file together with an address", async () => {
    await evals(["run", "--quiet"]);
    for (const url of ["localhost", "ftp://x", "http://me:secret@host"]) {
      const { exit, stdout } = await evals(["export", "otlp", "--url", url, "--json"]);
      expect([exit, JSON.parse(stdout).problems[0].code]).toEqual([2, "EVALS_OPTION_INVALID"]);
      expect(stdout).not.toContain("secret");
    }
    const both = await evals(["export", "otlp", "--url", "http://x", "--out", "y", "--json"]);
    expect(JSON.parse(both.stdout)).toMatchObject({ exit: 2, problems: [{ code: "EVALS_OPTION_CONFLICT" }] });
    expect(existsSync(join(root, "y"))).toBe(false);
  });
});

interface Keyed {
  readonly key: string;
}

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
}

const spansOf = ({ resourceSpans }: { resourceSpans?: never }): readonly Span[] =>
  (resourceSpans as unknown as { scopeSpans: { spans: Span[] }[] }[]).flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans),
  );

const attribute = ({ attributes }: Span, name: string): unknown =>
  attributes.find(({ key }) => key === name)?.value.stringValue;
