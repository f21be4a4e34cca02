// Compares how evals paces calls to a server that reports little about its limits with three other rules, on
// simulated servers with a simulated clock.
import {
  aimdRate,
  bucket,
  fixedConcurrency,
  inspectRule,
  simulate,
  simulateWith,
  windows,
} from "./engine.mjs";
import { table, target } from "./report.mjs";

const LATENCY = [150, 350];
/** Fixed concurrencies that are tried to find the best one. */
const FIXED = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32];

const WORLDS = [
  {
    name: "600 requests a minute in windows of 6 s, headers",
    make: () => ({ calls: 300, limit: windows(60, 6000), reports: "headers", latency_ms: LATENCY }),
    promised: 0.01,
  },
  {
    name: "5,200 output tokens in windows of 4 s, headers",
    make: () => ({
      ...{ calls: 240, limit: windows(5200, 4000), amount: 130, counts: "output_tokens" },
      ...{ reports: "headers", latency_ms: LATENCY },
    }),
    promised: 0.01,
  },
  {
    name: "a bucket of 20 that fills at 10 a second, headers",
    make: () => ({ calls: 260, limit: bucket(10, 20), reports: "headers", latency_ms: LATENCY }),
    promised: 0.01,
  },
  {
    name: "60 requests in windows of 5 s, a delay in the refusal",
    make: () => ({ calls: 420, limit: windows(60, 5000), reports: "delay", latency_ms: LATENCY }),
    promised: 0.02,
  },
  {
    name: "50 requests in windows of 5 s, nothing",
    make: () => ({ calls: 350, limit: windows(50, 5000), latency_ms: LATENCY }),
    promised: 0.06,
  },
  {
    name: "the same, while program and server stand still for up to 0.3 s about every second",
    make: () => ({ calls: 350, limit: windows(50, 5000), latency_ms: LATENCY, stalls_ms: 300 }),
    promised: 0.06,
  },
  {
    name: "a bucket of 20 that fills at 10 a second, nothing",
    make: () => ({ calls: 350, limit: bucket(10, 20), latency_ms: LATENCY }),
    promised: 0.035,
  },
  {
    name: "four calls at once, a delay in the refusal",
    make: () => ({ calls: 600, atOnce: 4, crowdedDelay_ms: 250, latency_ms: [100, 160] }),
    promised: 0.02,
  },
];

/**
 * The worst of several runs: its time divided by the minimum that the limit allows, and its share of refused
 * calls.
 */
async function worstOf(seeds, run) {
  const worst = { slow: 0, refused: 0 };
  for (let seed = 1; seed <= seeds; seed++) {
    const { answered, refused, took_ms, ideal_ms } = await run(seed);
    worst.slow = Math.max(worst.slow, took_ms / ideal_ms);
    worst.refused = Math.max(worst.refused, refused / (answered + refused));
  }
  return worst;
}

const cell = ({ slow, refused }) =>
  `${slow.toFixed(2)} ×, ${refused === 0 ? "0" : (100 * refused).toFixed(1)} %`;

/** The fixed concurrency that finishes first, with its time. It can only be known afterwards. */
async function bestFixed(make, seeds) {
  let best;
  for (const most of FIXED) {
    const one = await worstOf(seeds, (seed) => simulateWith(make, fixedConcurrency(most), { seed }));
    if (best === undefined || one.slow < best.slow) best = { ...one, most };
  }
  return best;
}

/** @param seeds number of runs of each rule on each server */
export async function pace(seeds) {
  const rows = [];
  for (const { name, make, promised } of WORLDS) {
    const own = await worstOf(seeds, (seed) => simulate(make, { seed }));
    const best = await bestFixed(make, seeds);
    const others = [inspectRule(), aimdRate(16), fixedConcurrency(16)];
    const found = [];
    for (const rule of others) found.push(await worstOf(seeds, (seed) => simulateWith(make, rule, { seed })));
    target(`refused: ${name}`, own.refused <= promised, cell(own));
    if (name.startsWith("600"))
      target(
        `speed: ${name}`,
        best.slow / own.slow >= 0.9,
        `${(best.slow / own.slow).toFixed(2)} of the best`,
      );
    rows.push([name, cell(own), ...found.map(cell), `${cell(best)} (${best.most})`]);
  }
  table(
    "pace",
    `Time over the least possible, and calls refused: the worst of ${seeds} runs of 240 to 600 calls`,
    [
      "what the server limits, and says",
      "git-evals",
      "rule of inspect_ai",
      "AIMD on the rate",
      "16 at once",
      "best fixed number at once",
    ],
    rows,
  );
}
