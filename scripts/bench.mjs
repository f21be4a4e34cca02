// Measures how fast the program is, and prints each figure with its target. Build first: it measures dist/.
//
//   npm run bench                    everything but the soak, some minutes
//   npm run bench -- --quick         fewer turns and smaller sizes: faster, but less accurate
//   npm run bench -- --only history  one group
//   npm run bench -- --only soak     ten minutes of workers that are killed
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { agents, trajectories } from "./bench/agents.mjs";
import { compression } from "./bench/compression.mjs";
import { diff, history } from "./bench/history.mjs";
import { calibrate, judged } from "./bench/judged.mjs";
import { largeRepository } from "./bench/large-repository.mjs";
import { million, pace, resume } from "./bench/large-runs.mjs";
import { latencyBound, overhead } from "./bench/overhead.mjs";
import { packageSize } from "./bench/package-size.mjs";
import { cached, growth, outputs } from "./bench/recorded.mjs";
import { soak } from "./bench/soak.mjs";
import { startup } from "./bench/startup.mjs";
import { statistics } from "./bench/statistics.mjs";
import { table } from "./bench/table.mjs";
import { viewed } from "./bench/viewed.mjs";
import { wholeWorkers } from "./bench/whole-workers.mjs";
import { workers } from "./bench/workers.mjs";

const groups = {
  startup,
  overhead,
  latency: latencyBound,
  judged,
  calibrate,
  outputs,
  trajectories,
  agents,
  cached,
  growth,
  million,
  resume,
  pace,
  statistics,
  history,
  diff,
  check: largeRepository,
  view: viewed,
  size: packageSize,
  compression,
  workers,
  "whole-workers": wholeWorkers,
  soak,
};

const { values } = parseArgs({
  options: { quick: { type: "boolean" }, only: { type: "string", multiple: true } },
});
const chosen = Object.entries(groups).filter(([name]) =>
  values.only === undefined ? name !== "soak" : values.only.includes(name),
);
if (chosen.length === 0)
  throw new Error(`--only ${values.only}: name one of ${Object.keys(groups).join(", ")}`);

const rows = [];
for (const [name, measured] of chosen) {
  process.stderr.write(`${name}…\n`);
  try {
    rows.push(...(await measured({ quick: values.quick === true })));
  } catch (error) {
    // The results of the other groups are still printed.
    process.stderr.write(`${error.stack}\n`);
    rows.push({ what: name, target: "", found: "", held: false, note: "could not be measured" });
  }
}
console.log(`${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}\n`);
console.log(table(rows));
process.exitCode = rows.some(({ held }) => held === false) ? 1 : 0;
