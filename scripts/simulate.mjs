// Reruns the claims of docs/statistics.md on simulated suites and prints them as Markdown tables. Seeded: the same
// source prints the same numbers. A case's chance to pass is drawn from Beta(0.8 c, 0.2 c); a change of d points is one
// shift of all chances on the logit scale that moves their mean by exactly d.
//
//   npm run simulate             everything, a few minutes (build first: part of it goes through the command line)
//   npm run simulate -- --quick  a tenth of it, for a look
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const QUICK = process.argv.includes("--quick");
const MEAN = 0.8;

const engine = await loadEngine();
const { compareArms, sequentialStop, seededRandom, wilsonNeff, normalQuantile } = engine;

/** The gate's own code, bundled on the fly so that no build can be out of date. */
async function loadEngine() {
  const folder = mkdtempSync(join(tmpdir(), "evals-simulate-"));
  try {
    const outfile = join(folder, "engine.mjs");
    await build({
      stdin: {
        contents: `
          export { compareArms } from "./src/baselines/compare-arms.ts";
          export { sequentialStop } from "./src/baselines/sequential-stop.ts";
          export { normalQuantile } from "./src/statistics/normal-distribution.ts";
          export { seededRandom } from "./src/statistics/seeded-random.ts";
          export { wilsonNeff } from "./src/statistics/wilson-interval.ts";`,
        resolveDir: ROOT,
      },
      outfile,
      bundle: true,
      format: "esm",
      platform: "node",
      mainFields: ["module", "main"],
      logLevel: "warning",
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Gamma(shape, 1): Marsaglia & Tsang 2000, with their boost below 1. */
function gamma(shape, random) {
  if (shape < 1) return gamma(shape + 1, random) * (random() || 1e-12) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normalQuantile(random() || 1e-12);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(random() || 1e-12) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

function beta(a, b, random) {
  const x = gamma(a, random);
  return x / (x + gamma(b, random));
}

/** @param c concentration: the correlation of two trials of a case is 1 / (1 + c) */
function suiteOf(n, c, random) {
  return Array.from({ length: n }, () => beta(MEAN * c, (1 - MEAN) * c, random));
}

const meanOf = (values) => values.reduce((sum, one) => sum + one, 0) / values.length;

/** All chances moved by one amount on the logit scale, so that their mean falls by `drop`. */
function shifted(chances, drop) {
  if (drop === 0) return chances;
  const logits = chances.map((p) => {
    const inside = Math.min(1 - 1e-9, Math.max(1e-9, p));
    return Math.log(inside / (1 - inside));
  });
  const moved = (by) => logits.map((one) => 1 / (1 + Math.exp(by - one)));
  const wanted = Math.max(0, meanOf(chances) - drop);
  let [low, high] = [0, 60];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (meanOf(moved(middle)) > wanted) low = middle;
    else high = middle;
  }
  return moved(high);
}

const drawn = (chances, k, random) =>
  chances.map((p) => Uint8Array.from({ length: k }, () => (random() < p ? 1 : 0)));

const HASH = "0".repeat(64);

/** One side of a comparison, as a stored run would be. */
function armOf(trials) {
  const answered = Uint16Array.from(trials, (row) => row.length);
  const passed = Uint16Array.from(trials, (row) => row.reduce((sum, one) => sum + one, 0));
  return {
    side: "a run",
    run: null,
    suite: "simulated",
    target: "simulated",
    fingerprint: null,
    trials: trials[0].length,
    ids: trials.map((_, i) => `c${i}`),
    contents: trials.map(() => HASH),
    answered,
    passed,
    scores: new Map([
      [
        "exact",
        { hash: HASH, required: true, binary: true, count: answered, sum: passed, sumOfSquares: passed },
      ],
    ]),
    tagsOf: () => [],
  };
}

const rule = (changes = {}) => ({
  metric: "pass_rate",
  max_drop: 0.03,
  relative: false,
  confidence: 0.95,
  undecided: "warn",
  scope: "suite",
  mode: "test",
  exact: false,
  ...changes,
});

const verdictOf = (base, candidate, one) =>
  compareArms(armOf(base), armOf(candidate), { rules: [one], narrowed: false }).comparison.verdict;

const BLOCKING = new Set(["regressed"]);
const share = (verdicts, wanted) => verdicts.filter((one) => wanted.has(one)).length / verdicts.length;
const rate = (value) => `${(100 * value).toFixed(1)} %`;
/** A measured share with its sampling error. */
const measured = (value, draws) =>
  `${rate(value)} ± ${(196 * Math.sqrt((value * (1 - value)) / draws)).toFixed(1)}`;

function table(title, head, rows) {
  const lines = [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`);
  process.stdout.write(`\n**${title}**\n\n${lines.join("\n")}\n`);
}

const failures = [];
function target(name, holds, said) {
  if (!holds) failures.push(`${name}: ${said}`);
  process.stderr.write(`${holds ? "met   " : "MISSED"}  ${name}: ${said}\n`);
}

/** (a) and (e): two arms of one unchanged suite. */
function unchangedPairs() {
  const draws = QUICK ? 200 : 1000;
  const rows = [];
  const all = { test: [], point: [] };
  for (const n of [50, 100, 200]) {
    for (const k of [1, 3, 5]) {
      for (const c of [0.5, 2]) {
        const random = seededRandom(`unchanged ${n} ${k} ${c}`);
        const test = [];
        const point = [];
        for (let i = 0; i < draws; i++) {
          const chances = suiteOf(n, c, random);
          const pair = [drawn(chances, k, random), drawn(chances, k, random)];
          test.push(verdictOf(...pair, rule()));
          point.push(verdictOf(...pair, rule({ mode: "point" })));
        }
        all.test.push(...test);
        all.point.push(...point);
        rows.push([n, k, c, measured(share(test, BLOCKING), draws), measured(share(point, BLOCKING), draws)]);
        const false_ = share(test, BLOCKING);
        const room = 1.96 * Math.sqrt((0.058 * 0.942) / draws);
        // 18 settings at once: each may stray by 3 of its own standard errors (Bonferroni).
        target(`false "regressed", ${n} × ${k}, c ${c}`, false_ <= 0.058 + 1.5 * room, rate(false_));
      }
    }
  }
  rows.push(["all", "", "", measured(share(all.test, BLOCKING), all.test.length), "—"]);
  table(
    `Nothing changed: how often a pull request is blocked (${draws} pairs a line, max_drop 0.03)`,
    ["cases", "trials", "c", "the test says regressed", "`mode: point` blocks"],
    rows,
  );
  const total = share(all.test, BLOCKING);
  target('false "regressed" over all', total <= 0.058, rate(total));
}

/** The gate as the engine drives it: trials noted in its order, looks where it asks for them. */
function sequential(base, candidate, trials, one, seed) {
  const n = base.length;
  const { answered, passed, scores, ...same } = armOf(candidate);
  const stop = sequentialStop({
    baseline: armOf(base),
    candidate: { ...same, names: ["exact"], scorers: [{ hash: HASH, required: true, binary: true }] },
    trials,
    rules: [one],
    narrowed: false,
    seed,
    others: () => [],
  });
  let look = 0;
  for (let position = 0; position < n * trials; position++) {
    const case_no = stop.order[position % n];
    const trial = Math.floor(position / n) + 1;
    const value = candidate[case_no][trial - 1];
    stop.note({ case_no, trial, pass: value === 1, scores: [value] });
    if (position + 1 !== stop.looks[look]) continue;
    if (stop.decide(look)) return { verdict: stop.latest().comparison.verdict, calls: position + 1 };
    look++;
  }
  return { verdict: stop.latest().comparison.verdict, calls: n * trials };
}

/** (b) and (c): the sequential gate beside the fixed design, on the same trials. */
function savings() {
  const draws = QUICK ? 60 : 600;
  const rows = [];
  const settings = [
    { n: 100, m: 20, k: 5, d: 0.05, changes: [0, 0.05, 0.1] },
    { n: 100, m: 5, k: 5, d: 0.05, changes: [0, 0.05, 0.1] },
    { n: 50, m: 5, k: 3, d: 0.05, changes: [0, 0.05, 0.1] },
    { n: 200, m: 20, k: 5, d: 0.03, changes: [0, 0.05] },
  ];
  for (const { n, m, k, d, changes } of settings) {
    for (const change of changes) {
      const random = seededRandom(`savings ${n} ${m} ${k} ${change}`);
      const fixed = [];
      const early = [];
      let calls = 0;
      for (let i = 0; i < draws; i++) {
        const chances = suiteOf(n, 1, random);
        const base = drawn(chances, m, random);
        const candidate = drawn(shifted(chances, change), k, random);
        fixed.push(verdictOf(base, candidate, rule({ max_drop: d })));
        const one = sequential(base, candidate, k, rule({ max_drop: d }), `order ${i}`);
        early.push(one.verdict);
        calls += one.calls / draws;
      }
      const saved = 1 - calls / (n * k);
      const [before, after] = [share(fixed, BLOCKING), share(early, BLOCKING)];
      const fine = new Set(["no_regression", "improved", "small_drop"]);
      rows.push([
        `${n} × ${k}`,
        m,
        d,
        change === 0 ? "none" : `−${change * 100} points`,
        rate(before),
        rate(after),
        rate(share(fixed, fine)),
        rate(share(early, fine)),
        `${Math.round(calls)} of ${n * k}`,
        `${Math.round(100 * saved)} %`,
      ]);
      const name = `${n} × ${k}, baseline ${m}, ${change === 0 ? "unchanged" : `−${change * 100}`}`;
      const room = 1.645 * Math.sqrt((0.058 * 0.942) / draws);
      if (change === 0)
        target(`${name}: false "regressed"`, after <= 0.058 + room, `${rate(after)}, fixed ${rate(before)}`);
      else target(`${name}: power`, before - after <= 0.06, `${rate(after)}, fixed ${rate(before)}`);
      if (n === 100 && m === 20 && change === 0) target(`${name}: fewer calls`, saved >= 0.38, rate(saved));
      if (n === 100 && m === 20 && change === 0.1) target(`${name}: fewer calls`, saved >= 0.75, rate(saved));
    }
  }
  table(
    `Stopping early (${draws} pairs a line, c = 1): the sequential gate beside all trials, on the same answers`,
    [
      ...["cases × trials", "baseline trials", "max_drop", "true change"],
      ...[
        "regressed, all trials",
        "regressed, early",
        "shown not worse, all",
        "shown not worse, early",
        "calls",
        "saved",
      ],
    ],
    rows,
  );
}

/** (d): does the printed 95 % interval hold the truth for cases like these? */
function coverage() {
  const draws = QUICK ? 500 : 4000;
  const rows = [];
  for (const n of [20, 50, 100, 200]) {
    for (const k of [1, 5]) {
      const random = seededRandom(`coverage ${n} ${k}`);
      let held = 0;
      let naive = 0;
      for (let i = 0; i < draws; i++) {
        const trials = drawn(suiteOf(n, 1, random), k, random);
        const sum = trials.map((row) => row.reduce((total, one) => total + one, 0));
        const { low, high } = wilsonNeff({ count: trials.map((row) => row.length), sum });
        if (low <= MEAN && MEAN <= high) held++;
        const p = sum.reduce((total, one) => total + one, 0) / (n * k);
        if (Math.abs(p - MEAN) <= 1.96 * Math.sqrt((p * (1 - p)) / (n * k))) naive++;
      }
      rows.push([n, k, measured(held / draws, draws), rate(naive / draws)]);
      target(`coverage, ${n} × ${k}`, held / draws >= 0.93 && held / draws <= 0.985, rate(held / draws));
    }
  }
  table(
    `95 % intervals of a pass rate of ${MEAN * 100} % (${draws} suites a line, c = 1): how often they hold it`,
    ["cases", "trials", "Wilson with effective n (ours)", "every trial counted as its own"],
    rows,
  );
}

const jsonl = (rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

/** (a) and (b) once more through the command line, from recorded answers to exit codes. */
function commandLine() {
  const pairs = QUICK ? 4 : 40;
  const rows = [];
  for (const { n, k, change } of [
    { n: 100, k: 3, change: 0 },
    { n: 100, k: 5, change: 0.1 },
  ]) {
    const random = seededRandom(`command line ${n} ${k} ${change}`);
    let regressed = 0;
    let agree = 0;
    for (let i = 0; i < pairs; i++) {
      const chances = suiteOf(n, 2, random);
      const arms = [drawn(chances, k, random), drawn(shifted(chances, change), k, random)];
      const { verdict, exit } = diffOf(arms, k);
      if (verdict === "regressed") regressed++;
      if (verdict === verdictOf(...arms, rule()) && (verdict === "regressed") === (exit === 1)) agree++;
    }
    rows.push([
      `${n} × ${k}`,
      change === 0 ? "none" : `−${change * 100} points`,
      `${regressed} of ${pairs}`,
      `${agree} of ${pairs}`,
    ]);
    target(
      `command line, ${n} × ${k}, change ${change}: same verdict and exit code`,
      agree === pairs,
      `${agree} of ${pairs}`,
    );
  }
  table(
    "The same through `evals run` and `evals diff`, on recorded answers",
    ["cases × trials", "true change", "regressed", "verdict and exit code as above"],
    rows,
  );
}

function diffOf(arms, k) {
  const folder = mkdtempSync(join(tmpdir(), "evals-simulate-"));
  try {
    const write = (path, text) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    };
    const answers = (arm) =>
      jsonl(
        arm.flatMap((row, i) =>
          Array.from(row, (one) => ({ case: `c${i}`, output: one === 1 ? "yes" : "no" })),
        ),
      );
    write(
      "evalconfig.yaml",
      ["before", "after"]
        .map((name) => `  ${name}: { provider: outputs, file: fixtures/${name}.jsonl }\n`)
        .reduce((text, line) => text + line, "models:\n"),
    );
    write(
      "evals/s.yaml",
      `dataset: d\nmodel: before\ntrials: ${k}\nscorers:\n  - { type: equals, name: exact }\n`,
    );
    write("datasets/d.jsonl", jsonl(arms[0].map((_, i) => ({ id: `c${i}`, input: i, expected: "yes" }))));
    write("fixtures/before.jsonl", answers(arms[0]));
    write("fixtures/after.jsonl", answers(arms[1]));
    const evals = (...args) =>
      spawnSync(process.execPath, [join(ROOT, "bin/evals.js"), ...args, "--json"], {
        cwd: folder,
        encoding: "utf8",
      });
    const ids = ["before", "after"].map((model) => {
      const { stdout, stderr } = evals("run", "s", "--model", model, "--baseline", "none");
      const id = JSON.parse(stdout || "{}").runs?.[0]?.id;
      if (id === undefined) throw new Error(`evals run did not answer: ${stdout}${stderr}`);
      return id;
    });
    const { stdout, status } = evals("diff", ...ids);
    return { verdict: JSON.parse(stdout).verdict, exit: status };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const started = performance.now();
unchangedPairs();
savings();
coverage();
commandLine();
const commit = execFileSync("git", ["-C", ROOT, "rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
process.stderr.write(
  `\n${((performance.now() - started) / 1000).toFixed(0)} s at ${commit}; ${failures.length === 0 ? "every claim holds" : `${failures.length} missed`}\n`,
);
process.exitCode = failures.length === 0 ? 0 : 1;
