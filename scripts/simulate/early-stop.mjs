// Compares the sequential gate with the fixed design, on the same simulated trials.
import { seededRandom, sequentialStop } from "./engine.mjs";
import { changeWords, margin, rate, table, target } from "./report.mjs";
import {
  BLOCKING,
  drawn,
  FINE,
  HASH,
  meanOf,
  rule,
  share,
  shifted,
  sideOf,
  suiteOf,
  verdictOf,
} from "./suites.mjs";

/**
 * Runs the sequential gate as the engine does: it adds trials in the engine's order, and looks whenever the
 * gate is due for one.
 */
function sequential(base, candidate, trials, one, seed) {
  const n = base.length;
  const { answered, passed, scores, ...same } = sideOf(candidate);
  const stop = sequentialStop({
    baseline: sideOf(base),
    candidate: { ...same, names: ["exact"], scorers: [{ hash: HASH, required: true, binary: true }] },
    trials,
    rules: [one],
    narrowed: false,
    seed,
    others: () => [],
  });
  const found = (calls) => {
    const { verdict, metrics } = stop.latest().compared.comparison;
    return { verdict, calls, delta: metrics[0].delta };
  };
  let look = 0;
  for (let position = 0; position < n * trials; position++) {
    const case_no = stop.order[position % n];
    const trial = Math.floor(position / n) + 1;
    const value = candidate[case_no][trial - 1];
    stop.note({ case_no, trial, pass: value === 1, scores: [value] });
    if (position + 1 !== stop.looks[look]) continue;
    if (stop.decide(look)) return found(position + 1);
    look++;
  }
  return found(n * trials);
}

const SETTINGS = [
  { n: 100, m: 20, k: 5, d: 0.05, changes: [0, 0.05, 0.1] },
  { n: 100, m: 5, k: 5, d: 0.05, changes: [0, 0.05, 0.1] },
  { n: 50, m: 5, k: 3, d: 0.05, changes: [0, 0.05, 0.1] },
  { n: 200, m: 20, k: 5, d: 0.03, changes: [0, 0.05, 0.1] },
];

export function earlyStop(draws) {
  const rows = [];
  const exaggerated = [];
  for (const { n, m, k, d, changes } of SETTINGS) {
    for (const change of changes) {
      const pairs = play({ n, m, k, d, change }, draws);
      const calls = meanOf(pairs.map(({ early }) => early.calls));
      const [fixed, early] = [pairs.map((one) => one.fixed), pairs.map((one) => one.early.verdict)];
      const saved = 1 - calls / (n * k);
      rows.push([
        `${n} × ${k}`,
        m,
        d,
        changeWords(change),
        ...[BLOCKING, FINE].flatMap((wanted) => [rate(share(fixed, wanted)), rate(share(early, wanted))]),
        `${Math.round(calls)} of ${n * k}`,
        `${Math.round(100 * saved)} %`,
      ]);
      check({ n, m, k, change, saved, draws }, share(fixed, BLOCKING), share(early, BLOCKING));
      if (change > 0) exaggerated.push(exaggeration({ n, m, k, change }, pairs));
    }
  }
  table(
    "early-stop",
    `Stopping early (${draws} pairs a line, c = 1): the sequential gate beside all trials, on the same answers`,
    [
      ...["cases × trials", "baseline trials", "max_drop", "true change"],
      ...["regressed, all trials", "regressed, early", "shown not worse, all", "shown not worse, early"],
      ...["calls", "saved"],
    ],
    rows,
  );
  table(
    "exaggerated",
    "The drop that a run reports when it stopped early at `regressed`, on average",
    ["cases × trials", "baseline trials", "true change", "reported after an early stop", "with all trials"],
    exaggerated,
  );
}

function play({ n, m, k, d, change }, draws) {
  const random = seededRandom(`savings ${n} ${m} ${k} ${change}`);
  return Array.from({ length: draws }, (_, i) => {
    const chances = suiteOf(n, 1, random);
    const base = drawn(chances, m, random);
    const candidate = drawn(shifted(chances, change), k, random);
    const one = rule({ max_drop: d });
    return {
      fixed: verdictOf(base, candidate, one),
      early: sequential(base, candidate, k, one, `order ${i}`),
      whole: meanOf(candidate.map(meanOf)) - meanOf(base.map(meanOf)),
      stopped: n * k,
    };
  });
}

function check({ n, m, k, change, saved, draws }, before, after) {
  const name = `${n} × ${k}, baseline ${m}, ${changeWords(change)}`;
  if (change === 0) {
    target(
      `${name}: false "regressed"`,
      after <= 0.058 + margin(draws),
      `${rate(after)}, fixed ${rate(before)}`,
    );
  } else target(`${name}: power`, before - after <= 0.06, `${rate(after)}, fixed ${rate(before)}`);
  if (n !== 100 || m !== 20) return;
  if (change === 0) target(`${name}: fewer calls`, saved >= 0.38, rate(saved));
  if (change === 0.1) target(`${name}: fewer calls`, saved >= 0.75, rate(saved));
}

function exaggeration({ n, m, k, change }, pairs) {
  const stopped = pairs.filter(
    ({ early, stopped }) => early.verdict === "regressed" && early.calls < stopped,
  );
  const points = (value) => `${(value * 100).toFixed(1).replace("-", "−")}`;
  return [
    `${n} × ${k}`,
    m,
    changeWords(change),
    `${points(meanOf(stopped.map(({ early }) => early.delta)))} points`,
    `${points(meanOf(pairs.map(({ whole }) => whole)))} points`,
  ];
}
