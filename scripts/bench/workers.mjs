import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { ROOT } from "./measure.mjs";

const WORKERS = 4;
const BLOCK = 200;
/** A reply of typical size: an answer of some sentences. */
const REPLY = JSON.stringify({
  kind: "answered",
  output: "x".repeat(300),
  usage: { input_tokens: 20, output_tokens: 80 },
});
const EXPORTS = `
  export { keepYoungSmall } from "./src/cli/v8-flags.ts";
  export { openPostgresFleet } from "./src/fleet/postgres/open-postgres.ts";
  export { startPostgres, whyNoPostgres } from "./src/postgres/testing/private-postgres.ts";`;
const HERE = new URL(import.meta.url).pathname;

/**
 * Measures how many trials per second PostgreSQL handles (lease, ledger and answers) for four workers whose
 * model answers at once.
 */
export async function workers({ quick }) {
  const bundle = await bundled();
  const { openPostgresFleet, startPostgres, whyNoPostgres } = await import(pathToFileURL(bundle).href);
  const why = whyNoPostgres();
  if (why !== undefined) return [{ what: "trials of workers", target: "", found: "", held: true, note: why }];
  const postgres = await startPostgres(true);
  try {
    const url = postgres.database();
    const trials = quick ? 20_000 : 1_000_000;
    const fleet = await openPostgresFleet(url, () => {});
    const { no } = await fleet.plans.open({
      ...{
        run: "bench001",
        plan_hash: "h",
        commit: "c",
        suite: "s",
        alias: "m",
        request: {},
        asks_again: true,
      },
      ...{ program: "bench", header: {}, budget: null },
    });
    for (let from = 0; from < trials; from += BLOCK * 50)
      await fleet.plans.publish(
        no,
        Array.from({ length: Math.min(50, (trials - from) / BLOCK) }, (_, block) =>
          Array.from({ length: BLOCK }, (_, at) => ({ case_no: from + block * BLOCK + at, trial: 1 })),
        ),
      );
    const started = performance.now();
    const peaks = await Promise.all(Array.from({ length: WORKERS }, () => child(bundle, url)));
    const seconds = (performance.now() - started) / 1000;
    const bytes = Number(
      postgres.sql(
        url,
        `SELECT pg_total_relation_size('evals.calls_${no}') + pg_total_relation_size('evals.trials_${no}')`,
      ),
    );
    const [kept] = await fleet.kept.find("bench001");
    const before = performance.now();
    await fleet.kept.drop(kept);
    const dropped = performance.now() - before;
    await fleet.close();
    const rate = trials / seconds;
    return [
      {
        what: `${trials.toLocaleString("en")} trials through lease, ledger and answers, four workers`,
        target: "≥ 10,000 a second",
        found: `${Math.round(rate).toLocaleString("en")} a second`,
        held: rate >= 10_000,
        note: `${Math.round(bytes / trials)} bytes a trial, starts of the workers included`,
      },
      {
        what: "memory of such a worker",
        target: "≤ 150 MiB",
        found: `${Math.round(Math.max(...peaks))} MiB`,
        held: Math.max(...peaks) <= 150,
      },
      {
        what: "dropping that run",
        target: "< 1 s",
        found: `${Math.round(dropped)} ms`,
        held: dropped < 1000,
      },
    ];
  } finally {
    postgres.stop();
  }
}

/** Bundles the sources into a file next to the packages that they need. */
export async function bundled() {
  const folder = join(ROOT, "node_modules/.bench");
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, "fleet.mjs");
  await build({
    stdin: { contents: EXPORTS, resolveDir: ROOT },
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    external: ["pg", "pg-boss"],
    logLevel: "warning",
  });
  return outfile;
}

/** Runs this file as a worker process until no block is waiting. @returns the peak memory of the process in MiB */
function child(bundle, url) {
  const one = spawn(process.execPath, [HERE, bundle, url], { stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  one.stdout.on("data", (part) => {
    printed += part;
  });
  return new Promise((resolve, reject) => {
    one.on("error", reject);
    one.on("close", (code) =>
      code === 0 ? resolve(Number(printed)) : reject(new Error(`a worker ended with ${code}`)),
    );
  });
}

/** Works on two blocks at once, as a worker does, until no block is waiting. */
async function work(bundle, url) {
  const { keepYoungSmall, openPostgresFleet } = await import(pathToFileURL(bundle).href);
  keepYoungSmall();
  const fleet = await openPostgresFleet(url, () => {});
  const worker = await fleet.bench.arrive({ name: "bench", program: "bench", models: null });
  const book = fleet.book(new AbortController().signal);
  const [plan] = await fleet.bench.plans(worker);
  let ids = BigInt(worker) << 31n;
  const lane = async () => {
    for (
      let block = await fleet.bench.lease(plan, worker);
      block;
      block = await fleet.bench.lease(plan, worker)
    ) {
      const owner = { plan: block.plan, bounded: false, block: block.no, fence: block.fence };
      const used = await Promise.all(
        block.trials.map(async ({ case_no }) => {
          const id = String(++ids);
          await book.opened({
            ...owner,
            id,
            key: `k${case_no}`,
            judge: null,
            case_id: `c${case_no}`,
            most_usd: 0.001,
            most_tokens: 200,
          });
          await book.closed({
            plan: block.plan,
            id,
            state: "answered",
            billed: true,
            usage: null,
            usd: 0.001,
            reply: REPLY,
          });
          return id;
        }),
      );
      await fleet.bench.finish(plan, block, worker, {
        trials: block.trials.map((one, at) => ({
          ...one,
          ...{ call: used[at], reply: null, scoring: '{"kind":"scored","pass":true,"scores":[]}' },
        })),
        ...{ rest: [], judgements: null, used, passed: BLOCK, errored: 0 },
        pace: { limited_by: null, waited_ms: 0, refused: 0 },
      });
    }
  };
  await Promise.all([lane(), lane()]);
  await fleet.close();
  process.stdout.write(String(process.resourceUsage().maxRSS / 1024));
}

if (process.argv[1] === HERE) await work(...process.argv.slice(2));
