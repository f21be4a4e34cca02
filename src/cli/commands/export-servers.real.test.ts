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
    `dataset: shop\nmodel: rec\ntrials: ${TRIALS}\nscorers:\n  - { type: length, name: short, max: 6 }\n`,
  );
  const ids = Array.from({ length: CASES }, (_, at) => `c${at}`);
  put("datasets/shop.jsonl", lines(ids.map((id) => ({ id, input: { q: id } }))));
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

async function evals(args: readonly string[]): Promise<number> {
  const io = fakeIo(root, { sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) });
  const exit = await main([...args], io);
  if (exit !== 0) throw new Error(io.printed.stderr);
  return exit;
}

// biome-ignore lint/suspicious/noExplicitAny: answers of servers that are not ours
async function read(url: string, body?: unknown): Promise<any> {
  const reply = await fetch(url, {
    method: body === undefined ? "GET" : "POST",
    headers: { "content-type": "application/json" },
    body: body === undefined ? null : JSON.stringify(body),
  });
  return reply.json();
}

describe.skipIf(MLFLOW === "")("evals export mlflow, against a server", () => {
  it("makes one run with its traces and assessments, however often it is exported", async () => {
    for (const _ of [1, 2]) await evals(["export", "mlflow", "--url", MLFLOW]);
    const api = `${MLFLOW}/api/2.0/mlflow`;
    const { experiment } = await read(`${api}/experiments/get-by-name?experiment_name=${SUITE}`);
    const { runs } = await read(`${api}/runs/search`, { experiment_ids: [experiment.experiment_id] });
    expect(runs).toHaveLength(1);
    expect(runs[0].info.status).toBe("FINISHED");
    const locations = [
      { type: "MLFLOW_EXPERIMENT", mlflow_experiment: { experiment_id: experiment.experiment_id } },
    ];
    const filter = `attributes.run_id = '${runs[0].info.run_id}'`;
    const { traces } = await read(`${MLFLOW}/api/3.0/mlflow/traces/search`, {
      locations,
      filter,
      max_results: 100,
    });
    expect(traces).toHaveLength(CASES * TRIALS);
    for (const { assessments } of traces) expect(assessments).toHaveLength(1);
    const { files } = await read(`${api}/artifacts/list?run_id=${runs[0].info.run_id}&path=evals`);
    expect(files.map(({ path }: { path: string }) => path)).toEqual([
      "evals/report.json",
      "evals/trials.csv",
    ]);
  });
});

describe.skipIf(PHOENIX === "")("evals export phoenix, against a server", () => {
  const settled = () => new Promise((resolve) => setTimeout(resolve, 4000));

  async function found(): Promise<{ spans: number; annotations: number }> {
    const { data: spans } = await read(`${PHOENIX}/v1/projects/${SUITE}/spans?limit=200`);
    const ids = spans.map(({ context }: { context: { span_id: string } }) => `span_ids=${context.span_id}`);
    const address = `${PHOENIX}/v1/projects/${SUITE}/span_annotations?limit=200&${ids.join("&")}`;
    return { spans: spans.length, annotations: (await read(address)).data.length };
  }

  it("makes the same traces, annotations and examples again after they were deleted", async () => {
    const whole = { spans: CASES * TRIALS + 3 * TRIALS, annotations: CASES * TRIALS };
    for (const _ of [1, 2]) await evals(["export", "phoenix", "--url", PHOENIX]);
    await settled();
    expect(await found()).toEqual(whole);
    await fetch(`${PHOENIX}/v1/projects/${SUITE}`, { method: "DELETE" });
    await evals(["export", "phoenix", "--url", PHOENIX]);
    await settled();
    expect(await found()).toEqual(whole);
  }, 60_000);
});
