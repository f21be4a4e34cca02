import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { main } from "../main.ts";
import { fakeIo } from "../testing/fake-io.ts";

const { EVALS_REAL_MLFLOW_URL: MLFLOW = "", EVALS_REAL_PHOENIX_URL: PHOENIX = "" } = process.env;
/** A name of its own for each test run, because earlier test runs left suites on the server. */
const SUITE = `real-${Date.now()}`;
const CASES = 4;
const TRIALS = 2;

let root: string;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "evals-export-real-"));
  put("evalconfig.yaml", "models:\n  rec: { provider: outputs, file: fixtures/r.jsonl }\n");
  put(
    `evals/${SUITE}.yaml`,
    `dataset: ${SUITE}\nmodel: rec\ntrials: ${TRIALS}\nscorers:\n  - { type: length, name: short, max: 6 }\n`,
  );
  const ids = Array.from({ length: CASES }, (_, at) => `c${at}`);
  put(`datasets/${SUITE}.jsonl`, lines(ids.map((id) => ({ id, input: { q: id }, expected: { n: 1 } }))));
  const calls = [{ id: "k", type: "function", function: { name: "find", arguments: '{"n":1}' } }];
  const messages = [
    { role: "user", content: "find 1" },
    { role: "assistant", content: null, tool_calls: calls },
    { role: "tool", tool_call_id: "k", content: "found" },
    { role: "assistant", content: "it is 1" },
  ];
  const answers = ids.flatMap((id, at) =>
    [1, 2].map((trial) => ({
      case: id,
      trial,
      output: "it is 1",
      latency_ms: 50,
      ...(at === 0 && { messages }),
    })),
  );
  put("fixtures/r.jsonl", lines(answers));
  await evals(["run", "--quiet"]);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const lines = (rows: readonly unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

async function evals(args: readonly string[]): Promise<string> {
  const io = fakeIo(root, {
    // Ids of traces follow from the run's id: with a counted one they would be those of an earlier test run.
    randomHex: (bytes) => randomBytes(bytes).toString("hex"),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  });
  const exit = await main([...args], io);
  if (exit !== 0) throw new Error(io.printed.stderr);
  return io.printed.stdout;
}

// biome-ignore lint/suspicious/noExplicitAny: answers of servers that are not ours
type Foreign = any;

async function read(url: string, body?: unknown): Promise<Foreign> {
  const reply = await fetch(url, {
    method: body === undefined ? "GET" : "POST",
    headers: { "content-type": "application/json" },
    body: body === undefined ? null : JSON.stringify(body),
  });
  return reply.json();
}

/** Asks until a value is as expected, because these servers answer before they have stored everything. */
const soon = <T>(value: () => Promise<T>) => expect.poll(value, { interval: 500, timeout: 60_000 });

describe.skipIf(MLFLOW === "")("evals export mlflow, against a server", () => {
  const api = `${MLFLOW}/api/2.0/mlflow`;

  /** What the server has of the run, without the ids and times that it chose itself. */
  async function found() {
    const { experiment } = await read(`${api}/experiments/get-by-name?experiment_name=${SUITE}`);
    const id = experiment.experiment_id as string;
    const { runs = [] } = await read(`${api}/runs/search`, { experiment_ids: [id] });
    const locations = [{ type: "MLFLOW_EXPERIMENT", mlflow_experiment: { experiment_id: id } }];
    const search = { locations, filter: `attributes.run_id = '${runs[0]?.info.run_id}'`, max_results: 100 };
    const { traces = [] } = await read(`${MLFLOW}/api/3.0/mlflow/traces/search`, search);
    const { files } = await read(`${api}/artifacts/list?run_id=${runs[0]?.info.run_id}&path=evals`);
    const bare = traces.map((trace: Foreign) => ({
      ...{ id: trace.trace_id, asked: trace.request_preview, answered: trace.response_preview },
      ...{ state: trace.state, began: trace.request_time, took: trace.execution_duration },
      assessed: (trace.assessments ?? []).map((one: Foreign) => [
        one.assessment_name,
        one.feedback ?? one.expectation,
        one.rationale,
      ]),
    }));
    const [{ info, data, inputs } = { info: {}, data: {}, inputs: {} }] = runs;
    return {
      ids: {
        experiment: id,
        run: info.run_id as string,
        traces: bare.map((one: Foreign) => one.id as string),
      },
      whole: {
        ...{ runs: runs.length, status: info.status, name: info.run_name },
        metrics: data.metrics?.map(({ key, value }: Foreign) => [key, value]),
        params: data.params,
        inputs,
        files: files?.map(({ path, file_size }: Foreign) => [path, file_size]),
        traces: bare.sort((a: Foreign, b: Foreign) => (a.id < b.id ? -1 : 1)),
      },
    };
  }

  it("makes one run with its traces and assessments, the same however often it is exported or deleted", async () => {
    const told = [];
    for (const _ of [1, 2]) told.push(await evals(["export", "mlflow", "--url", MLFLOW]));
    const { ids, whole } = await found();
    for (const text of told)
      expect(text).toContain(`  ${MLFLOW}/#/experiments/${ids.experiment}/runs/${ids.run}\n`);
    expect(whole).toMatchObject({ runs: 1, status: "FINISHED" });
    expect(whole.files.map(([path]: string[]) => path)).toEqual(["evals/report.json", "evals/trials.csv"]);
    expect(whole.inputs.dataset_inputs).toMatchObject([{ dataset: { name: SUITE, source_type: "local" } }]);
    expect(whole.traces).toHaveLength(CASES * TRIALS);
    for (const { asked, answered, assessed } of whole.traces) {
      expect(asked).toMatch(/^(find 1|\{"q":"c\d"\})$/);
      expect(answered).toBe("it is 1");
      expect(assessed.map(([name]: string[]) => name).sort()).toEqual(["expected", "short"]);
    }
    await read(`${api}/runs/delete`, { run_id: ids.run });
    expect((await found()).whole.runs).toBe(0);
    await evals(["export", "mlflow", "--url", MLFLOW]);
    expect((await found()).whole).toEqual(whole);
    await read(`${api}/runs/delete`, { run_id: (await found()).ids.run });
    await read(`${api}/traces/delete-traces`, { experiment_id: ids.experiment, request_ids: ids.traces });
    await evals(["export", "mlflow", "--url", MLFLOW]);
    expect((await found()).whole).toEqual(whole);
  }, 120_000);
});

describe.skipIf(PHOENIX === "")("evals export phoenix, against a server", () => {
  /** What the server has of the run, without the ids and times that it chose itself. */
  async function found() {
    const { data: spans } = await read(`${PHOENIX}/v1/projects/${SUITE}/spans?limit=200`);
    const ids = spans.map(({ context }: Foreign) => `span_ids=${context.span_id}`);
    const address = `${PHOENIX}/v1/projects/${SUITE}/span_annotations?limit=200&${ids.join("&")}`;
    const { data: annotations } = await read(address);
    const sorted = (list: unknown[]) => list.map((one) => JSON.stringify(one)).sort();
    return {
      spans: sorted(spans.map(({ id: _, ...span }: Foreign) => span)),
      annotations: sorted(annotations.map(({ span_id, name, result }: Foreign) => [span_id, name, result])),
    };
  }
  const counts = async () => {
    const { spans, annotations } = await found();
    return { spans: spans.length, annotations: annotations.length };
  };

  async function dataset() {
    const { data } = await read(`${PHOENIX}/v1/datasets?name=${SUITE}`);
    const { data: content } = await read(`${PHOENIX}/v1/datasets/${data[0].id}/examples`);
    const examples = content.examples.map(({ input, output, metadata }: Foreign) => ({
      input,
      output,
      metadata,
    }));
    return { id: data[0].id as string, examples };
  }

  it("makes the same traces, annotations and examples again after they were deleted", async () => {
    const all = { spans: CASES * TRIALS + 3 * TRIALS, annotations: CASES * TRIALS };
    const exportedTo = async (): Promise<string> =>
      /^ {2}(http\S+)$/m.exec(await evals(["export", "phoenix", "--url", PHOENIX]))?.[1] ?? "none";
    expect(await exportedTo()).toMatch(/\/projects(\/\w+)?$/);
    await soon(counts).toEqual(all);
    const page = await exportedTo();
    const { data } = await read(`${PHOENIX}/v1/projects/${SUITE}`);
    expect(page).toBe(`${PHOENIX}/projects/${data.id}`);
    expect((await fetch(page)).status).toBe(200);
    await soon(counts).toEqual(all);
    const whole = await found();
    const { id, examples } = await dataset();
    expect(examples).toHaveLength(CASES);
    expect(whole.spans.filter((span) => span.includes('"output.value":"it is 1"'))).toHaveLength(
      CASES * TRIALS,
    );
    await fetch(`${PHOENIX}/v1/projects/${SUITE}`, { method: "DELETE" });
    await fetch(`${PHOENIX}/v1/datasets/${id}`, { method: "DELETE" });
    await evals(["export", "phoenix", "--url", PHOENIX]);
    await soon(counts).toEqual(all);
    expect(await found()).toEqual(whole);
    expect((await dataset()).examples).toEqual(examples);
  }, 180_000);
});
