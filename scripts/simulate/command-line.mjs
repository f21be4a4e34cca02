// Checks the claims through the command line: recorded answers in a git repository, `evals run`, `evals diff`,
// exit codes. One repository has a hundred suites, so that a hundred pairs need only three processes.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ROOT, seededRandom } from "./engine.mjs";
import { changeWords, margin, measured, rate, table, target } from "./report.mjs";
import { drawn, rule, shifted, suiteOf, verdictOf } from "./suites.mjs";

const BATCH = 100;

/** @param scale share of the simulations to run; 1 runs all */
export function commandLine(scale) {
  const rows = [];
  const unchanged = { pairs: 0, regressed: 0 };
  for (const { n, k, change, batches } of [
    { n: 50, k: 1, change: 0, batches: 3 },
    { n: 50, k: 3, change: 0, batches: 2 },
    { n: 100, k: 3, change: 0, batches: 3 },
    { n: 200, k: 3, change: 0, batches: 2 },
    { n: 100, k: 5, change: 0.05, batches: 1 },
    { n: 100, k: 5, change: 0.1, batches: 1 },
  ]) {
    const random = seededRandom(`command line ${n} ${k} ${change}`);
    const pairs = [];
    for (let batch = 0; batch < Math.max(1, Math.round(batches * scale)); batch++) {
      const sides = Array.from({ length: BATCH }, () => {
        const chances = suiteOf(n, 2, random);
        return [drawn(chances, k, random), drawn(shifted(chances, change), k, random)];
      });
      pairs.push(...diffOf(sides, k));
    }
    const regressed = pairs.filter((one) => one.verdict === "regressed").length;
    const agree = pairs.filter((one) => one.verdict === one.expected && one.exitFits).length;
    if (change === 0) {
      unchanged.pairs += pairs.length;
      unchanged.regressed += regressed;
    }
    rows.push([
      `${n} × ${k}`,
      changeWords(change),
      `${regressed} of ${pairs.length}`,
      measured(regressed / pairs.length, pairs.length),
      `${agree} of ${pairs.length}`,
    ]);
    target(
      `command line, ${n} × ${k}, ${changeWords(change)}: same verdict and exit code`,
      agree === pairs.length,
      `${agree} of ${pairs.length}`,
    );
  }
  const { pairs, regressed } = unchanged;
  const share = regressed / pairs;
  rows.push(["all unchanged", "none", `${regressed} of ${pairs}`, measured(share, pairs), ""]);
  target("command line, unchanged", share <= 0.058 + (scale < 1 ? margin(pairs) : 0), rate(share));
  table(
    "command-line",
    "The same through `evals run`, `evals diff` and its exit code, on recorded answers (c = 2, max_drop 0.03)",
    ["cases × trials", "true change", "regressed", "", "verdict and exit code as computed"],
    rows,
  );
}

/** Baselines are run at one commit, candidates at the next; one `evals diff` compares all suites. */
function diffOf(sides, k) {
  const folder = mkdtempSync(join(tmpdir(), "evals-simulate-"));
  try {
    const write = (path, text) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    };
    writeSuites(write, sides, k);
    git(folder, "init", "--quiet");
    const commits = [0, 1].map((side) => {
      for (const [i, pair] of sides.entries()) write(`fixtures/m${i}.jsonl`, answers(pair[side]));
      git(folder, "add", "--all");
      git(folder, "commit", "--quiet", "--message", `side ${side}`);
      evals(folder, "run", "--baseline", "none", "--quiet");
      return git(folder, "rev-parse", "HEAD").trim();
    });
    const { stdout, status } = evals(folder, "diff", ...commits.map((commit) => `ref:${commit}`));
    const found = new Map(JSON.parse(stdout).comparisons.map((one) => [one.suite, one.verdict]));
    const exitFits = (status === 1) === [...found.values()].includes("regressed");
    return sides.map((pair, i) => ({
      verdict: found.get(`s${i}`),
      expected: verdictOf(...pair, rule()),
      exitFits,
    }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeSuites(write, sides, k) {
  write(".gitignore", ".evals/\n");
  const models = sides.map((_, i) => `  m${i}: { provider: outputs, file: fixtures/m${i}.jsonl }\n`);
  write("evalconfig.yaml", `models:\n${models.join("")}`);
  const scorers = "scorers:\n  - { type: equals, name: exact }\n";
  for (const i of sides.keys())
    write(`evals/s${i}.yaml`, `dataset: d\nmodel: m${i}\ntrials: ${k}\n${scorers}`);
  const cases = sides[0][0].map((_, i) => ({ id: `c${i}`, input: i, expected: "yes" }));
  write("datasets/d.jsonl", jsonl(cases));
}

const jsonl = (rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

const answers = (side) =>
  jsonl(
    side.flatMap((row, i) => Array.from(row, (one) => ({ case: `c${i}`, output: one === 1 ? "yes" : "no" }))),
  );

function git(folder, ...args) {
  const who = ["-c", "user.name=simulation", "-c", "user.email=simulation@example.com"];
  return execFileSync("git", [...who, "-c", "commit.gpgsign=false", ...args], {
    cwd: folder,
    encoding: "utf8",
  });
}

function evals(folder, ...args) {
  const { CI, GITHUB_BASE_REF, EVALS_BASE_REF, ...env } = process.env;
  const ended = spawnSync(process.execPath, [join(ROOT, "bin/evals.js"), ...args, "--json"], {
    cwd: folder,
    env,
    encoding: "utf8",
    maxBuffer: 2 ** 29,
  });
  if (ended.status !== 0 && ended.status !== 1)
    throw new Error(`evals ${args[0]}: ${ended.stdout}${ended.stderr}`);
  return ended;
}
