// The statistical code of the gate, bundled on the fly, so that it is never an outdated build.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const EXPORTS = `
  export { chooseCanaries, judgeCanaries } from "./src/baselines/canary.ts";
  export { compareArms } from "./src/metrics/compare-arms.ts";
  export { driftNight } from "./src/baselines/drift-night.ts";
  export { driftChart, falseAlarmProbability } from "./src/statistics/drift-chart.ts";
  export { sessionsPerArm } from "./src/statistics/always-valid.ts";
  export { compareSides } from "./src/baselines/compare-sides.ts";
  export { sequentialStop } from "./src/baselines/sequential-stop.ts";
  export { normalQuantile } from "./src/statistics/normal-distribution.ts";
  export { passHatK } from "./src/statistics/pass-k.ts";
  export { clusteredQuantiles } from "./src/statistics/clustered-quantile.ts";
  export { drawSample } from "./src/sampling/draw.ts";
  export { weightedRate } from "./src/statistics/weighted-rate.ts";
  export { aimdRate, fixedConcurrency, inspectRule } from "./src/providers/testing/pace-rivals.ts";
  export { bucket, simulate, simulateWith, windows } from "./src/providers/testing/pace-worlds.ts";
  export { seededRandom } from "./src/statistics/seeded-random.ts";
  export { wilsonNeff } from "./src/statistics/wilson-interval.ts";`;

const folder = mkdtempSync(join(tmpdir(), "evals-simulate-"));
let engine;
try {
  const outfile = join(folder, "engine.mjs");
  await build({
    stdin: { contents: EXPORTS, resolveDir: ROOT },
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    mainFields: ["module", "main"],
    logLevel: "warning",
  });
  engine = await import(pathToFileURL(outfile).href);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

export const {
  aimdRate,
  bucket,
  chooseCanaries,
  clusteredQuantiles,
  drawSample,
  weightedRate,
  compareArms,
  compareSides,
  driftChart,
  driftNight,
  falseAlarmProbability,
  fixedConcurrency,
  inspectRule,
  judgeCanaries,
  normalQuantile,
  passHatK,
  seededRandom,
  sequentialStop,
  sessionsPerArm,
  simulate,
  simulateWith,
  wilsonNeff,
  windows,
} = engine;
