import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const EVALS = join(ROOT, "bin/evals.js");
const PROBE = new URL("./probe.mjs", import.meta.url).href;

const environment = { ...process.env, NO_COLOR: "1" };
for (const name of Object.keys(environment)) {
  if (/API_KEY|^CI$|^GITHUB_|PROXY$/i.test(name)) delete environment[name];
}

/**
 * Runs one Node process from start to end.
 *
 * @returns wall-clock time and processor time of all its threads in milliseconds, peak memory in MiB, and its output
 */
export async function measure(args, { cwd = ROOT, env = {}, exits = [0] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "evals-bench-"));
  const file = join(folder, "probe.json");
  try {
    const started = performance.now();
    const child = spawn(process.execPath, ["--import", PROBE, ...args], {
      cwd,
      env: { ...environment, ...env, BENCH_PROBE: file },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const printed = { stdout: [], stderr: [] };
    for (const name of ["stdout", "stderr"]) child[name].on("data", (part) => printed[name].push(part));
    const code = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
    const ms = performance.now() - started;
    const [out, err] = [printed.stdout, printed.stderr].map((parts) => Buffer.concat(parts).toString("utf8"));
    if (!exits.includes(code)) throw new Error(`${args.join(" ")} exited ${code}: ${err.slice(0, 2000)}`);
    return { ms, ...JSON.parse(readFileSync(file, "utf8")), out };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs `evals …` in a folder and measures it. */
export function evals(cwd, args, options = {}) {
  return measure([EVALS, ...args], { ...options, cwd });
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Compares processes by starting them in turn, so that other work of the machine affects all of them.
 *
 * @param {Record<string, () => Promise<{ ms: number, cpu_ms: number, mib: number }>>} ways functions that each run a
 *   process; the first one is the floor, with which the others are compared
 * @param {number} turns how often each is started
 * @returns for each, the medians of its times and of its ratios to the floor in the same turn, and its peak memory
 */
export async function inTurn(ways, turns) {
  const names = Object.keys(ways);
  const all = Object.fromEntries(names.map((name) => [name, []]));
  // Turn 0 fills the disk's cache and is not counted.
  for (let turn = 0; turn <= turns; turn++) {
    for (const name of names) {
      const one = await ways[name]();
      if (turn > 0) all[name].push(one);
    }
  }
  const floor = all[names[0]];
  const ratio = (name, of) => median(all[name].map((one, turn) => one[of] / floor[turn][of]));
  return Object.fromEntries(
    names.map((name) => [
      name,
      {
        ms: median(all[name].map((one) => one.ms)),
        cpu_ms: median(all[name].map((one) => one.cpu_ms)),
        mib: Math.max(...all[name].map((one) => one.mib)),
        ratio: ratio(name, "ms"),
        cpu: ratio(name, "cpu_ms"),
      },
    ]),
  );
}
