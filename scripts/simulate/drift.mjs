// Simulates series of runs against a promoted baseline: how often a series without a change alarms, and how
// soon a change is found.
import { driftChart, driftNight, falseAlarmProbability, seededRandom } from "./engine.mjs";
import { changeWords, margin, measured, rate, table, target } from "./report.mjs";
import { drawn, shifted, sideOf, suiteOf } from "./suites.mjs";

const RUNS = 30;
const DROPS = [0.03, 0.05, 0.1];

export function drifts(draws) {
  const rows = [];
  for (const { n, k, times } of [
    { n: 100, k: 3, times: 1 },
    { n: 100, k: 3, times: 4 },
    { n: 100, k: 3, times: 20 },
    { n: 20, k: 1, times: 20 },
    { n: 500, k: 1, times: 20 },
  ]) {
    const random = seededRandom(`drift ${n} ${k} ${times}`);
    const series = (drop) => {
      const chances = suiteOf(n, 1, random);
      const base = sideOf(drawn(chances, times * k, random));
      const today = shifted(chances, drop);
      const nights = Array.from({ length: RUNS }, () =>
        driftNight(base, sideOf(drawn(today, k, random)), { sameKeys: false }),
      );
      const at = driftChart(nights.map(({ z }) => z)).findIndex(({ alarm }) => alarm);
      return { run: at === -1 ? null : at + 1, shared: nights[0].shared };
    };
    const unchanged = Array.from({ length: draws }, () => series(0));
    const alarmed = unchanged.filter(({ run }) => run !== null).length / draws;
    const probability = falseAlarmProbability(RUNS, 1 / (times + 1));
    target(
      `drift, ${n} × ${k}, baseline ${times}`,
      alarmed <= probability + 3 * margin(draws),
      `${rate(alarmed)} of ${rate(probability)}`,
    );
    const delays = DROPS.map((drop) => {
      const found = Array.from({ length: Math.ceil(draws / 4) }, () => series(drop).run ?? RUNS + 1);
      const middle = found.sort((a, b) => a - b)[Math.floor(found.length / 2)];
      return middle > RUNS ? `over ${RUNS}` : String(middle);
    });
    rows.push([`${n} × ${k}`, times, measured(alarmed, draws), rate(probability), ...delays]);
  }
  table(
    "drift",
    `Series of ${RUNS} runs: how many alarm without a change, and the median run that finds a change from the first on (${draws} series a cell, c = 1)`,
    [
      "cases × trials",
      "baseline, in runs",
      "alarm without a change",
      "as stated",
      ...DROPS.map((drop) => changeWords(drop)),
    ],
    rows,
  );
}
