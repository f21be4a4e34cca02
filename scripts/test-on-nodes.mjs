// Runs the tests that depend on the version of Node on every supported major version except the current one:
// the store with each of its SQLite libraries, a project from init to diff, and workers, whose queue needs a
// newer Node than the oldest supported one. The npm package `node` provides each version.
// `node scripts/test-on-nodes.mjs [major…]`; the last line of output counts the versions that passed and
// failed.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { failuresOf } from "./failed-tests.mjs";

const SUPPORTED = ["20", "22", "24", "26"];
const TESTS = [
  "src/store",
  "src/fleet",
  "src/cli/commands/first-use.e2e.test.ts",
  "src/cli/commands/workers.e2e.test.ts",
];

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const own = process.versions.node.split(".")[0];
const asked = process.argv.slice(2);
const majors = asked.length > 0 ? asked : SUPPORTED.filter((major) => major !== own);
const report = process.env.EVALS_NODES_REPORT;

let passed = 0;
let failed = 0;
const failures = [];
for (const major of majors) {
  const folder = mkdtempSync(join(tmpdir(), `evals-node-${major}-`));
  try {
    const node = major === own ? process.execPath : install(major, folder);
    const counts =
      node === undefined ? { passed: 0, failed: 1, failures: [] } : runTests(major, node, folder);
    console.log(`Node ${major}: ${counts.passed} passed, ${counts.failed} failed`);
    passed += counts.passed;
    failed += counts.failed;
    failures.push(...counts.failures);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
if (report) writeFileSync(report, JSON.stringify({ passed, failed, failures }));
console.log(`${passed} passed, ${failed} failed on Node ${majors.join(", ")}`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);

/**
 * Installs a version of Node.
 *
 * @returns the path of its program; undefined if it cannot be installed, and the reason is printed
 */
function install(major, folder) {
  writeFileSync(join(folder, "package.json"), '{"private":true}');
  const { status, stderr } = spawnSync("npm", ["install", "--no-audit", "--no-fund", `node@${major}`], {
    cwd: folder,
    encoding: "utf8",
  });
  if (status === 0) return join(folder, "node_modules/node/bin/node");
  console.error(`Node ${major} could not be installed: ${stderr.slice(-300)}`);
  return undefined;
}

function runTests(major, node, folder) {
  const result = join(folder, "report.json");
  const { status } = spawnSync(
    node,
    [
      "node_modules/vitest/vitest.mjs",
      "run",
      ...TESTS,
      "--reporter=dot",
      "--reporter=json",
      `--outputFile=${result}`,
    ],
    { stdio: ["ignore", "inherit", "inherit"] },
  );
  const {
    numPassedTests = 0,
    numFailedTests = 0,
    testResults = [],
  } = JSON.parse(readFileSync(result, "utf8"));
  const failures = failuresOf(testResults).map((line) => line.replace("FAILED", `FAILED on Node ${major}:`));
  for (const line of failures) console.log(line);
  return {
    failures,
    passed: numPassedTests,
    failed: numFailedTests + (status !== 0 && numFailedTests === 0 ? 1 : 0),
  };
}
