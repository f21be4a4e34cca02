import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { evals, inTurn, measure } from "./measure.mjs";
import { lines, repository } from "./scratch.mjs";
import { times } from "./table.mjs";

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

export async function startServer(latency) {
  const child = spawn(process.execPath, [here("./model-server.mjs"), String(latency)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [port] = await new Promise((resolve) =>
    child.stdout.once("data", (data) => resolve(String(data).split("\n"))),
  );
  return { port, stop: () => child.stdin.end() };
}

function project(cases, port) {
  const suite = (model) => `dataset: d\nprompt: q\nmodel: ${model}\nscorers:\n  - { type: equals }\n`;
  return repository({
    "evalconfig.yaml": `models:
  viaopenai: { provider: openai, model: mock-2024-01-01, base_url: "http://127.0.0.1:${port}/v1", api_key_env: K }
  viahttp:
    provider: http
    url: http://127.0.0.1:${port}/v1/chat/completions
    body: { model: mock-2024-01-01, messages: "{{ messages | json }}" }
    answer: $.choices[0].message.content
`,
    "evals/openai.yaml": suite("viaopenai"),
    "evals/http.yaml": suite("viahttp"),
    "prompts/q/1.0.0.md": "user:\nQ: {{ input.q }}\n",
    "datasets/d.jsonl": lines(cases, (i) => ({
      id: `case-${i}`,
      input: { q: `item ${i} please` },
      expected: `ECHO Q: item ${i} please`,
    })),
  });
}

export const runs = (root, suite, trials, concurrency) => async () => {
  const args = ["run", suite, "--no-cache", "--json", "--trials", trials, "--concurrency", concurrency].map(
    String,
  );
  const one = await evals(root, args, { env: { K: "x" } });
  const { pass_rate } = JSON.parse(one.out).runs[0].metrics;
  if (pass_rate.value !== 1) throw new Error(`${suite}: not every answer came back right`);
  return one;
};

export const floors = (root, way, port, trials, concurrency) => () =>
  measure([
    here("./floor.mjs"),
    way,
    join(root, "datasets/d.jsonl"),
    String(trials),
    String(concurrency),
    port,
    join(root, ".evals-floor.db"),
  ]);

/**
 * Returns a function that deletes the floor's database and then runs the floor, so that it always writes a new
 * one.
 */
export const fresh = (root, run) => () => {
  for (const end of ["", "-wal", "-shm"]) rmSync(join(root, `.evals-floor.db${end}`), { force: true });
  return run();
};

/**
 * Compares whole processes with a server that answers at once: this shows the cost of the program without the
 * model.
 */
export async function overhead({ quick }) {
  const server = await startServer(0);
  const rows = [];
  try {
    for (const [cases, trials] of [
      [1000, 1],
      [200, 5],
    ]) {
      const root = await project(cases, server.port);
      for (const [suite, way, floor, target] of [
        ["http", "bare", "the bare floor", 1.4],
        ["openai", "openai", "the SDK floor", 1.2],
      ]) {
        const found = await inTurn(
          {
            floor: fresh(root, floors(root, way, server.port, trials, 50)),
            evals: runs(root, suite, trials, 50),
          },
          quick ? 3 : 9,
        );
        rows.push({
          what: `${suite}, ${cases} cases × ${trials}, compared with ${floor}`,
          target: `≤ ${target} ×`,
          ...times(found.evals),
          held: found.evals.ratio <= target,
        });
      }
    }
  } finally {
    server.stop();
  }
  return rows;
}

/** Measures 500 calls of 200 ms, 20 at once: there must be no delay between an answer and the next question. */
export async function latencyBound({ quick }) {
  const server = await startServer(200);
  try {
    const root = await project(500, server.port);
    const turns = quick ? 1 : 3;
    const found = await inTurn(
      {
        floor: fresh(root, floors(root, "openai", server.port, 1, 20)),
        start: () => evals(root, ["check"], { env: { K: "x" } }),
        evals: runs(root, "openai", 1, 20),
      },
      turns,
    );
    const ideal = (500 / 20) * 200;
    const limit = ideal * 1.05 + found.start.ms;
    return [
      {
        what: "latency bound, 500 calls of 200 ms, 20 at once",
        target: `≤ ${Math.round(limit)} ms`,
        found: `${Math.round(found.evals.ms)} ms`,
        memory: `${Math.round(found.evals.mib)} MiB`,
        held: found.evals.ms <= limit,
        note: `1.05 × ${ideal} ms and the start; the SDK floor takes ${Math.round(found.floor.ms)} ms`,
      },
    ];
  } finally {
    server.stop();
  }
}
