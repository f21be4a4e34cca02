import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { loadavg } from "node:os";
import { pathToFileURL } from "node:url";
import { EVALS, evals } from "./measure.mjs";
import { lines, remove, repository } from "./scratch.mjs";
import { cloneOf, ENV, oldNode } from "./soak.mjs";
import { bundled } from "./workers.mjs";

const WORKERS = 4;
const CONCURRENCY = 64;
const TRIALS = 10;
const CALL_USD = 0.000123;
/** The module answers at once, so that only the work of evals and PostgreSQL is measured. */
const MODEL = `export default ({ q }) => ({ output: "a" + q, usage: { input_tokens: 12, output_tokens: 6 }, cost_usd: ${CALL_USD} });\n`;

/** Measures a run by complete programs: the planner, PostgreSQL and four `evals worker` processes on this machine. */
export async function wholeWorkers({ quick }) {
  const { startPostgres, whyNoPostgres } = await import(pathToFileURL(await bundled()).href);
  const why = whyNoPostgres() ?? oldNode();
  if (why !== undefined)
    return [{ what: "trials of whole workers", target: "", found: "", held: true, note: why }];
  const trials = quick ? 20_000 : 1_000_000;
  const postgres = await startPostgres(true);
  const root = await repository({
    "evalconfig.yaml": "models:\n  m: { provider: module, file: agents/bot.mjs, isolate: false }\n",
    "agents/bot.mjs": MODEL,
    "evals/s.yaml": `dataset: d\nmodel: m\ntrials: ${TRIALS}\nscorers:\n  - { type: equals, name: exact }\n`,
    "datasets/d.jsonl": lines(trials / TRIALS, (at) => ({
      id: `c${at}`,
      input: { q: at },
      expected: at % 7 ? `a${at}` : "no",
    })),
  });
  const clones = Array.from({ length: WORKERS }, () => cloneOf(root));
  const workers = [];
  try {
    const url = postgres.database();
    await evals(root, ["queue", "status", url]);
    for (const cwd of clones) {
      const command = [EVALS, "worker", url, "--concurrency", String(CONCURRENCY)];
      workers.push(
        spawn(process.execPath, command, { cwd, env: ENV, stdio: ["ignore", "ignore", "inherit"] }),
      );
    }
    const run = await evals(root, ["run", "s", "--json", "--quiet", "--no-cache", "--workers", url]);
    const load = loadavg()[1];
    const peaks = workers.map(({ pid }) => peakOf(pid));
    const [{ counts, metrics }] = JSON.parse(run.out).runs;
    const read = (sql) => Number(postgres.sql(url, sql));
    const stored = read("SELECT count(*) FROM evals.trials");
    const calls = read("SELECT count(*) FROM evals.calls WHERE state = 'answered'");
    const ledger = read(
      "SELECT sum(CASE WHEN state = 'uncertain' THEN most_usd WHEN billed THEN coalesce(usd, 0) ELSE 0 END) FROM evals.calls",
    );
    const bill = metrics.cost_usd.value;
    const worst = Math.max(...peaks);
    return [
      {
        what: `${count(trials)} trials over four whole workers, from the start to the report`,
        target: "",
        found: `${(run.ms / 1000).toFixed(1)} s`,
        held: null,
        note: `${count(Math.round(trials / (run.ms / 1000)))} a second, at a load of ${load.toFixed(1)} in the last five minutes; planner ${(run.cpu_ms / 1000).toFixed(1)} s of processor`,
      },
      {
        what: "memory of the planner",
        target: "",
        found: "",
        memory: `${Math.round(run.mib)} MiB`,
        held: null,
      },
      {
        what: "memory of a whole worker",
        target: "≤ 150 MiB",
        found: "",
        memory: `${Math.round(worst)} MiB`,
        held: worst <= 150,
        note: peaks.map((one) => Math.round(one)).join(", "),
      },
      {
        what: "trials without an answer in the report",
        target: "0",
        found: count(trials - counts.answered),
        held: counts.answered === trials && stored === trials && calls === trials,
        note: `${count(stored)} in the database, ${count(calls)} calls`,
      },
      {
        what: "cost in the report minus cost in the ledger",
        target: "$0.00",
        found: `$${Math.abs(bill - ledger).toFixed(6)}`,
        held: Math.abs(bill - ledger) < 0.005 && Math.abs(bill - trials * CALL_USD) < 0.005,
        note: `report $${bill.toFixed(3)}, ledger $${ledger.toFixed(3)}, asked for $${(trials * CALL_USD).toFixed(3)}`,
      },
    ];
  } finally {
    for (const one of workers) one.kill("SIGKILL");
    postgres.stop();
    for (const clone of clones) rmSync(clone, { recursive: true, force: true });
    remove(root);
  }
}

/** @returns the peak memory of a running process in MiB; 0 where the system does not say */
function peakOf(pid) {
  try {
    return Number(/VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

const count = (value) => value.toLocaleString("en");
