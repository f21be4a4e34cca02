// Makes the files that the program reads wrong in seeded ways, and holds every command to its law: an outcome, or mistakes with
// their places; never a stack trace, an exit code of its own or no end (src/cli/fuzz.e2e.test.ts).
//
//   npm run fuzz                        10,000 changed files, some minutes
//   npm run fuzz -- --count 500         fewer
//   npm run fuzz -- --seed 7            other ones
//   npm run fuzz -- --only "import csv" one kind of file
//
// The seed of the file at hand is in evals-fuzz-last of the temporary folder: a command that never ends names nothing.
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

/** Kinds of files in src/cli/testing/fuzz/drivers.ts. */
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
