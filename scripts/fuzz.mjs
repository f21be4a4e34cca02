// Damages files that the program reads, at random with a seed, and checks that every command ends with an
// outcome, or with mistakes and their locations: never with a stack trace, an undocumented exit code, or not at
// all (src/cli/fuzz.e2e.test.ts).
//
//   npm run fuzz                        10,000 changed files, some minutes
//   npm run fuzz -- --count 500         fewer
//   npm run fuzz -- --seed 7            other changes
//   npm run fuzz -- --only "import csv" one kind of file
//
// The seed of the current file is written to evals-fuzz-last in the temporary folder, in case a command never
// ends.
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

/** Number of kinds of files in src/cli/testing/fuzz/drivers.ts. */
const KINDS = 38;

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "10000" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
  },
});
const count = Number(values.count);
if (!Number.isSafeInteger(count) || count < 1) {
  console.error(`--count is a whole number of at least 1, not "${values.count}"`);
  process.exit(2);
}
const { status } = spawnSync(
  process.execPath,
  ["node_modules/vitest/vitest.mjs", "run", "src/cli/fuzz.e2e.test.ts"],
  {
    stdio: "inherit",
    env: {
      ...process.env,
      FUZZ_EACH: String(values.only === undefined ? Math.ceil(count / KINDS) : count),
      FUZZ_SEED: values.seed,
      FUZZ_TRACE: join(tmpdir(), "evals-fuzz-last"),
      ...(values.only === undefined ? {} : { FUZZ_ONLY: values.only }),
    },
  },
);
process.exitCode = status ?? 1;
