// Reruns the claims of docs/statistics.md on simulated suites and prints them as the tables that are there. Seeded: the
// same source prints the same numbers.
//
//   npm run simulate              everything, some minutes (build first: part of it goes through the command line)
//   npm run simulate -- --quick   a tenth of it, for a look
//   npm run simulate -- --update  also writes the tables into fixtures/statistics/simulated.md and docs/statistics.md
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { canaries } from "./simulate/canary.mjs";
import { commandLine } from "./simulate/command-line.mjs";
import { earlyStop } from "./simulate/early-stop.mjs";
import { ROOT } from "./simulate/engine.mjs";
import { coverage, differences, latencies } from "./simulate/intervals.mjs";
import { missedTargets, printed } from "./simulate/report.mjs";
import { atTheMargin, manyQuestions, scopes, sizes, unchangedPairs } from "./simulate/verdicts.mjs";
import { weightedRates } from "./simulate/weighted.mjs";

const quick = process.argv.includes("--quick");
const update = process.argv.includes("--update");
const draws = (all) => (quick ? Math.ceil(all / 10) : all);

const started = performance.now();
unchangedPairs(draws(1000));
atTheMargin(draws(2000));
sizes(draws(600));
scopes(draws(600));
manyQuestions(draws(1000));
earlyStop(draws(600));
coverage(draws(4000));
differences(draws(2000));
latencies(draws(4000));
canaries(draws(2000));
await weightedRates(draws(2000));
commandLine(quick ? 0.1 : 1);

if (update && quick) throw new Error("--quick prints other figures than the documentation shows");
if (update) {
  writeFileSync(join(ROOT, "fixtures/statistics/simulated.md"), printed());
  const path = join(ROOT, "docs/statistics.md");
  writeFileSync(path, withFigures(readFileSync(path, "utf8")));
}

/** The text with each of its figure blocks replaced by the one of the same name. */
function withFigures(text) {
  const block = /<!-- simulated: ([\w-]+) -->\n[\s\S]*?<!-- end -->\n/g;
  const fresh = new Map(Array.from(printed().matchAll(block), ([whole, name]) => [name, whole]));
  return text.replace(block, (old, name) => fresh.get(name) ?? old);
}

const commit = execFileSync("git", ["-C", ROOT, "rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
const missed = missedTargets();
process.stderr.write(
  `\n${((performance.now() - started) / 1000).toFixed(0)} s at ${commit}; ${missed.length === 0 ? "every claim holds" : `missed: ${missed.join("; ")}`}\n`,
);
process.exitCode = missed.length === 0 ? 0 : 1;
