// Checks whether printed intervals contain the true value as often as they claim.
import { clusteredQuantiles, passHatK, seededRandom, wilsonNeff } from "./engine.mjs";
import { measured, rate, table, target } from "./report.mjs";
import { compared, drawn, MEAN, meanOf, rule, shifted, sideOf, suiteOf } from "./suites.mjs";

const sums = (trials) => trials.map((row) => row.reduce((total, one) => total + one, 0));

/** Coverage of the 95 % intervals of one run's metrics, for cases like these. */
export function coverage(draws) {
  const rows = [];
  for (const n of [20, 50, 100, 200]) {
    for (const k of [1, 5]) {
      const random = seededRandom(`coverage ${n} ${k}`);
      const truth = passHat3();
      const held = { rate: 0, naive: 0, hat: 0 };
      for (let i = 0; i < draws; i++) {
        const trials = drawn(suiteOf(n, 1, random), k, random);
        const sum = sums(trials);
        if (holds(wilsonNeff({ count: trials.map((row) => row.length), sum }), MEAN)) held.rate++;
        const p = meanOf(sum) / k;
        if (Math.abs(p - MEAN) <= 1.96 * Math.sqrt((p * (1 - p)) / (n * k))) held.naive++;
        if (k < 3) continue;
        const values = sum.map((one) => passHatK(k, one, 3));
        if (holds(wilsonNeff({ count: values.map(() => 1), sum: values }), truth)) held.hat++;
      }
      const share = held.rate / draws;
      rows.push([
        n,
        k,
        measured(share, draws),
        k < 3 ? "—" : rate(held.hat / draws),
        rate(held.naive / draws),
      ]);
      target(`coverage, ${n} × ${k}`, share >= 0.93 && share <= 0.985, rate(share));
    }
  }
  table(
    "coverage",
    `95 % intervals of a run (${draws} suites a line, pass rate 80 %, c = 1): how often they hold the truth`,
    ["cases", "trials", "pass rate", "pass^3", "every trial counted as its own case"],
    rows,
  );
}

const holds = ({ low, high }, truth) => low <= truth && truth <= high;

/** The expected value of p³ for p ~ Beta(0.8, 0.2): the true pass^3. */
const passHat3 = () => (0.8 / 1) * (1.8 / 2) * (2.8 / 3);

/** Coverage of the 90 % interval of a difference on these cases: how often it contains their true loss. */
export function differences(draws) {
  const rows = [];
  for (const { n, k, m } of [
    { n: 50, k: 3, m: 3 },
    { n: 100, k: 5, m: 5 },
    { n: 100, k: 5, m: 20 },
  ]) {
    for (const change of [0, 0.05]) {
      const random = seededRandom(`difference ${n} ${k} ${m} ${change}`);
      let held = 0;
      for (let i = 0; i < draws; i++) {
        const chances = suiteOf(n, 1, random);
        const base = sideOf(drawn(chances, m, random));
        const { metrics } = compared(base, sideOf(drawn(shifted(chances, change), k, random)), [rule()]);
        if (holds(metrics[0], -change)) held++;
      }
      rows.push([`${n} × ${k}`, m, change * 100, measured(held / draws, draws)]);
      target(`90 % interval, ${n} × ${k}, −${change * 100}`, held / draws >= 0.88, rate(held / draws));
    }
  }
  table(
    "differences",
    `90 % intervals of a difference on these cases (${draws} pairs a line, c = 1): how often they hold it`,
    ["cases × trials", "baseline trials", "true drop, points", "holds it"],
    rows,
  );
}

/** Coverage of the intervals of latency percentiles, with similar latencies within a case. */
export function latencies(draws) {
  const rows = [];
  const q = 0.95;
  const logOf = (random) => Math.sqrt(-2 * Math.log(random() || 1e-12)) * Math.cos(2 * Math.PI * random());
  const truth = Math.exp(1.6448536269514722);
  for (const k of [1, 5]) {
    const random = seededRandom(`latency ${k}`);
    const n = 100;
    let held = 0;
    for (let i = 0; i < draws; i++) {
      const values = Array.from({ length: n }, () => {
        const own = Math.SQRT1_2 * logOf(random);
        return Array.from({ length: k }, () => Math.exp(own + Math.SQRT1_2 * logOf(random)));
      }).flat();
      const cases = values.map((_, at) => Math.floor(at / k));
      const [{ low, high }] = clusteredQuantiles(values, cases, [q]);
      if (low <= truth && (high === null || truth <= high)) held++;
    }
    rows.push([n, k, measured(held / draws, draws)]);
  }
  table(
    "latency",
    `95 % intervals of latency_p95 (${draws} runs a line; log-normal, half of the variance between cases)`,
    ["cases", "trials", "holds it"],
    rows,
  );
}
