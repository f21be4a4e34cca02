// Simulates canaries: how often an unchanged provider is reported as changed, and how often a real change is
// found.
import { chooseCanaries, judgeCanaries, seededRandom } from "./engine.mjs";
import { changeWords, margin, measured, rate, table, target } from "./report.mjs";
import { drawn, shifted, sideOf, suiteOf } from "./suites.mjs";

export function canaries(draws) {
  const rows = [];
  for (const { m, size } of [
    { m: 3, size: 25 },
    { m: 5, size: 25 },
    { m: 20, size: 25 },
    { m: 20, size: 75 },
  ]) {
    const cells = [0, 0.1, 0.2, 0.4].map((drift) => {
      const random = seededRandom(`canary ${m} ${size} ${drift}`);
      let stale = 0;
      for (let i = 0; i < draws; i++) {
        const chances = suiteOf(100, 1, random);
        const today = shifted(chances, drift);
        const side = sideOf(drawn(chances, m, random));
        const chosen = chooseCanaries(side, new Set(side.ids), size, `canary ${i}`);
        const answers = new Map(
          chosen.map(({ id }) => [
            id,
            { answered: 1, passed: random() < today[Number(id.slice(1))] ? 1 : 0 },
          ]),
        );
        if (judgeCanaries(chosen, answers, "").stale) stale++;
      }
      if (drift === 0)
        target(`canary, ${size}, baseline ${m}`, stale / draws <= 0.01 + margin(draws), rate(stale / draws));
      return drift === 0 ? measured(stale / draws, draws) : rate(stale / draws);
    });
    rows.push([size, m, ...cells]);
  }
  table(
    "canary",
    `Canaries among 100 cases: how often the baseline is called stale (${draws} runs a cell, c = 1)`,
    ["canaries", "baseline trials", ...[0, 0.1, 0.2, 0.4].map((drift) => `drift: ${changeWords(drift)}`)],
    rows,
  );
}
