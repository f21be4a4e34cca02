// Checks the claims of docs/statistics.md on simulated suites, and those of docs/running.md on simulated
// servers, and prints the tables of those pages. Seeded: the same source prints the same numbers.
//
//   npm run simulate              everything, some minutes (build first: part of it goes through the command line)
//   npm run simulate -- --quick   a tenth of the simulations: faster, but less accurate
//   npm run simulate -- --only=drift,arms  some parts: verdicts, early, intervals, canary, weighted, drift, arms, pace, command-line
//   npm run simulate -- --update  also writes the tables into fixtures/statistics/simulated.md and the two pages
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { arms } from "./simulate/arms.mjs";
import { canaries } from "./simulate/canary.mjs";
import { commandLine } from "./simulate/command-line.mjs";
import { drifts } from "./simulate/drift.mjs";
import { earlyStop } from "./simulate/early-stop.mjs";
import { ROOT } from "./simulate/engine.mjs";
import { coverage, differences, latencies } from "./simulate/intervals.mjs";
import { pace } from "./simulate/pace.mjs";
import { missedTargets, printed } from "./simulate/report.mjs";
import { atTheMargin, manyQuestions, scopes, sizes, unchangedPairs } from "./simulate/verdicts.mjs";
import { weightedRates } from "./simulate/weighted.mjs";

const quick = process.argv.includes("--quick");
const update = process.argv.includes("--update");
const draws = (all) => (quick ? Math.ceil(all / 10) : all);

const started = performance.now();
const parts = {
  verdicts: () => {
    unchangedPairs(draws(1000));
    atTheMargin(draws(2000));
    sizes(draws(600));
    scopes(draws(600));
    manyQuestions(draws(1000));
  },
  early: () => earlyStop(draws(600)),
  intervals: () => {
    coverage(draws(4000));
    differences(draws(2000));
    latencies(draws(4000));
  },
  canary: () => canaries(draws(2000)),
  weighted: () => weightedRates(draws(2000)),
  drift: () => drifts(draws(400)),
  arms: () => arms(draws(200)),
  pace: () => pace(quick ? 2 : 10),
  "command-line": () => commandLine(quick ? 0.1 : 1),
};
const only = process.argv.find((arg) => arg.startsWith("--only="))?.slice("--only=".length);
for (const name of only?.split(",") ?? Object.keys(parts)) {
  if (!Object.hasOwn(parts, name)) throw new Error(`--only takes ${Object.keys(parts).join(", ")}`);
  await parts[name]();
}

if (update && quick) throw new Error("--quick prints other figures than the documentation shows");
if (update) {
  const kept = join(ROOT, "fixtures/statistics/simulated.md");
  writeFileSync(kept, only === undefined ? printed() : withFigures(readFileSync(kept, "utf8"), true));
  for (const page of ["docs/statistics.md", "docs/running.md"]) {
    const path = join(ROOT, page);
    writeFileSync(path, withFigures(readFileSync(path, "utf8")));
  }
}

/**
 * Replaces each figure block of a text by the printed block with the same name.
 *
 * @param grow whether to add new blocks
 */
function withFigures(text, grow = false) {
  const block = /<!-- simulated: ([\w-]+) -->\n[\s\S]*?<!-- end -->\n/g;
  const fresh = new Map(Array.from(printed().matchAll(block), ([whole, name]) => [name, whole]));
  const replaced = text.replace(block, (old, name) => fresh.get(name) ?? old);
  const added = [...fresh].filter(([name]) => !text.includes(`<!-- simulated: ${name} -->`));
  return grow ? [replaced, ...added.map(([, whole]) => whole)].join("\n") : replaced;
}

const commit = execFileSync("git", ["-C", ROOT, "rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
const missed = missedTargets();
process.stderr.write(
  `\n${((performance.now() - started) / 1000).toFixed(0)} s at ${commit}; ${missed.length === 0 ? "every claim holds" : `missed: ${missed.join("; ")}`}\n`,
);
process.exitCode = missed.length === 0 ? 0 : 1;
