import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { EVALS } from "./measure.mjs";
import { lines, remove, repository } from "./scratch.mjs";
import { bundled } from "./workers.mjs";

const WORKERS = 4;
const CONCURRENCY = 16;
const KILL_EVERY_MS = 5000;
const TRIALS = 3;
const PRICE = { input: 1, output: 10 };
const INPUT = 12;
const OUTPUT = 12;
const CALL_USD = (INPUT * PRICE.input + OUTPUT * PRICE.output) / 1e6;
export const ENV = { ...process.env, NO_COLOR: "1", K: "x" };
/** Live rows, dead rows and size of all tables. */
const SIZES = `SELECT coalesce(sum(n_live_tup), 0) || ' ' || coalesce(sum(n_dead_tup), 0) || ' ' || pg_database_size(current_database()) FROM pg_stat_user_tables`;

/**
 * Plans runs for ten minutes and kills one of their `evals worker` processes every five seconds. No trial, no answer
 * and no cost may be lost.
 */
export async function soak({ quick }) {
  const { startPostgres, whyNoPostgres } = await import(pathToFileURL(await bundled()).href);
  const why = whyNoPostgres() ?? oldNode();
  if (why !== undefined) return [{ what: "soak of workers", target: "", found: "", held: true, note: why }];
  const [seconds, cases] = quick ? [30, 1000] : [600, 4000];
  const postgres = await startPostgres(true);
  const model = await countedModel();
  const root = await project(cases, model.port);
  const clones = Array.from({ length: WORKERS }, () => cloneOf(root));
  const crew = { workers: [], kills: 0 };
  let timer;
  try {
    const url = postgres.database();
    await evals(root, ["queue", "status", url]);
    const sizes = () => sizesOf(postgres, url);
    const before = sizes();
    const start = (at) => {
      const child = spawn(process.execPath, [EVALS, "worker", url, "--concurrency", String(CONCURRENCY)], {
        cwd: clones[at],
        env: ENV,
        stdio: "ignore",
      });
      crew.workers[at] = child;
    };
    for (const at of clones.keys()) start(at);
    timer = setInterval(() => {
      const at = Math.floor(Math.random() * WORKERS);
      crew.workers[at].kill("SIGKILL");
      crew.kills++;
      start(at);
    }, KILL_EVERY_MS);
    const began = performance.now();
    const total = { runs: 0, halts: 0, trials: 0, answered: 0, uncertain: 0, usd: 0 };
    while (performance.now() - began < seconds * 1000) {
      const { counts, metrics, halts } = await oneRun(root, url);
      total.runs++;
      total.halts += halts;
      total.trials += cases * TRIALS;
      total.answered += counts.answered;
      total.uncertain += counts.uncertain;
      total.usd += metrics.cost_usd.value;
      process.stderr.write(
        `${Math.round((performance.now() - began) / 1000)} s: ${total.trials} trials, ${crew.kills} kills, ${JSON.stringify(sizes())}\n`,
      );
    }
    const took = (performance.now() - began) / 1000;
    clearInterval(timer);
    const after = sizes();
    const read = (sql) => Number(postgres.sql(url, sql));
    const repeated = read(
      "SELECT count(*) FROM (SELECT 1 FROM evals.calls WHERE state = 'answered' GROUP BY plan, key HAVING count(*) > 1) AS twice",
    );
    const ledger = read(
      "SELECT sum(CASE WHEN state = 'uncertain' THEN most_usd WHEN billed THEN coalesce(usd, 0) ELSE 0 END) FROM evals.calls",
    );
    const again = model.answered() - total.trials;
    const { runs } = JSON.parse(await evals(root, ["queue", "status", url, "--json"]));
    for (const { run } of runs) await evals(root, ["queue", "drop", url, run]);
    postgres.sql(url, "VACUUM");
    const dropped = sizes();
    const bill = model.answered() * CALL_USD;
    const note = (one) => `${mb(one.bytes)}, ${count(one.live)} live rows, ${count(one.dead)} dead`;
    return [
      {
        what: `soak, ${Math.round(took)} s, ${WORKERS} workers, a kill every 5 s: trials lost`,
        target: "0",
        found: String(total.trials - total.answered),
        held: total.answered === total.trials,
        note: `${count(total.trials)} trials in ${total.runs} runs, ${Math.round(total.trials / took)} a second, ${crew.kills} kills, ${total.halts} halts`,
      },
      {
        what: "soak: answers in the ledger that were asked for again",
        target: "0",
        found: String(repeated),
        held: repeated === 0,
        note: `${total.uncertain} calls uncertain, ${(total.uncertain / crew.kills).toFixed(1)} a kill; ${again} of them were answered by the server and asked again`,
      },
      {
        what: "soak: calls asked again although they were not uncertain",
        target: "0",
        found: String(Math.max(0, again - total.uncertain)),
        held: again <= total.uncertain,
      },
      {
        what: "soak: cost in the reports minus cost in the ledger",
        target: "$0.00",
        found: `$${Math.abs(total.usd - ledger).toFixed(4)}`,
        held: Math.abs(total.usd - ledger) < 0.005,
        note: `reports $${total.usd.toFixed(3)}, ledger $${ledger.toFixed(3)}, the server's bill $${bill.toFixed(3)}`,
      },
      {
        what: "soak: dead rows of the database at the end",
        target: "≤ live rows",
        found: count(after.dead),
        held: after.dead <= after.live,
        note: `before: ${note(before)}; after: ${note(after)}; runs dropped and vacuumed: ${note(dropped)}`,
      },
    ];
  } finally {
    clearInterval(timer);
    for (const one of crew.workers) one.kill("SIGKILL");
    model.close();
    postgres.stop();
    for (const clone of clones) rmSync(clone, { recursive: true, force: true });
    remove(root);
  }
}

/** Plans a run and waits for it; one that was halted by its workers' deaths is resumed. */
async function oneRun(root, url) {
  for (let halts = 0; ; halts++) {
    const more = halts === 0 ? [] : ["--resume"];
    const out = await evals(root, ["run", "s", "--no-cache", "--json", "--quiet", "--workers", url, ...more]);
    const [{ status, counts, metrics }] = JSON.parse(out).runs;
    if (status === "complete") return { counts, metrics, halts };
    if (halts > 20) throw new Error(`the run does not end: ${out.slice(0, 500)}`);
  }
}

/** `evals …` in a folder. @returns what it printed */
function evals(cwd, args) {
  const child = spawn(process.execPath, [EVALS, ...args], {
    cwd,
    env: ENV,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  child.stdout.on("data", (part) => {
    out += part;
  });
  child.stderr.on("data", (part) => {
    err += part;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 || code === 1 || code === 3
        ? resolve(out)
        : reject(
            new Error(`evals ${args.join(" ")} ended with ${code}: ${out.slice(0, 300)}${err.slice(0, 300)}`),
          ),
    );
  });
}

function project(cases, port) {
  return repository({
    "evalconfig.yaml": `models:\n  m: { provider: openai, model: mock-2024-01-01, base_url: "http://127.0.0.1:${port}/v1", api_key_env: K, params: { max_tokens: ${OUTPUT} }, price: { input: ${PRICE.input}, output: ${PRICE.output} } }\n`,
    "evals/s.yaml": `dataset: d\nprompt: q\nmodel: m\ntrials: ${TRIALS}\nscorers:\n  - { type: equals }\n`,
    "prompts/q/1.0.0.md": "user:\nQ: {{ input.q }}\n",
    "datasets/d.jsonl": lines(cases, (at) => ({
      id: `c${at}`,
      input: { q: `item ${at}` },
      expected: `ECHO Q: item ${at}`,
    })),
  });
}

export function cloneOf(root) {
  const folder = mkdtempSync(join(tmpdir(), "evals-bench-clone-"));
  execFileSync("git", ["clone", "-q", root, folder], { stdio: "ignore" });
  return folder;
}

/** A model that takes 100 to 400 ms and counts the answers that it has sent. */
async function countedModel() {
  let answered = 0;
  const server = createServer((request, response) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      const { messages, model } = JSON.parse(Buffer.concat(parts).toString("utf8"));
      setTimeout(
        () => {
          if (response.destroyed) return;
          answered++;
          response.writeHead(200, { "content-type": "application/json" });
          response.end(
            JSON.stringify({
              ...{ id: "chatcmpl-1", object: "chat.completion", created: 1, model },
              choices: [
                {
                  ...{ index: 0, finish_reason: "stop", logprobs: null },
                  message: { role: "assistant", content: `ECHO ${messages.at(-1).content}` },
                },
              ],
              usage: {
                ...{ prompt_tokens: INPUT, completion_tokens: OUTPUT },
                total_tokens: INPUT + OUTPUT,
              },
            }),
          );
        },
        100 + Math.random() * 300,
      );
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: server.address().port,
    answered: () => answered,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function sizesOf(postgres, url) {
  const [live, dead, bytes] = postgres.sql(url, SIZES).split(" ").map(Number);
  return { live, dead, bytes };
}

/** Why this Node cannot work; undefined if it can. */
export function oldNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  return major > 22 || (major === 22 && minor >= 12) ? undefined : "workers need Node 22.12 or later";
}

const count = (value) => value.toLocaleString("en");
const mb = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
