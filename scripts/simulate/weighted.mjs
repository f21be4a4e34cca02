// Checks whether a rate estimated from oversampled traffic is right, and whether its interval contains the
// truth as often as it claims.
import { drawSample, seededRandom, weightedRate } from "./engine.mjs";
import { measured, rate, table, target } from "./report.mjs";

const TRACES = 2000;
const RATES = { billing: 0.06, delivery: 0.12, returns: 0.25, account: 0.04 };

/**
 * Simulated traffic with known failures: some traces failed, and most traces with wrong answers have low
 * scores.
 */
function traffic(random) {
  const strata = Object.keys(RATES);
  return Array.from({ length: TRACES }, (_, at) => {
    const stratum = strata[Math.floor(random() * strata.length)];
    const wrong = random() < RATES[stratum];
    const standing = wrong ? 0.5 * random() : 0.3 + 0.7 * random();
    return { id: `t${at}`, stratum, failed: wrong && random() < 0.3, standing, uncovered: null, wrong };
  });
}

/** Estimates the share of wrong answers in traffic from what `evals sample` draws. */
export async function weightedRates(draws) {
  const rows = [];
  const designs = [
    ["--random 5%", { random: 0.05 }],
    ["--random 5% --errors", { random: 0.05, errors: true }],
    ["--random 5% --errors --worst 60", { random: 0.05, errors: true, worst: 60 }],
    ["--random 2% --errors --worst 60", { random: 0.02, errors: true, worst: 60 }],
  ];
  for (const [words, design] of designs) {
    const units = traffic(seededRandom(`traffic ${words}`));
    const truth = units.filter(({ wrong }) => wrong).length / units.length;
    let [sum, plain, held, drawn] = [0, 0, 0, 0];
    for (let n = 0; n < draws; n++) {
      const none = async () => false;
      const sample = await drawSample(units, design, {
        seed: String(n),
        isDuplicate: none,
        isRepeated: none,
      });
      const judged = sample.drawn.map(({ unit, probability }) => ({ has: unit.wrong, probability }));
      const { value, low, high } = weightedRate(judged);
      sum += value;
      plain += judged.filter(({ has }) => has).length / judged.length;
      drawn += judged.length;
      if (low <= truth && truth <= high) held++;
    }
    const mean = sum / draws;
    const share = held / draws;
    rows.push([
      `\`${words}\``,
      Math.round(drawn / draws),
      rate(truth),
      rate(mean),
      measured(share, draws),
      rate(plain / draws),
    ]);
    target(
      `weighted rate, ${words}`,
      Math.abs(mean / truth - 1) < 0.02 && share >= 0.93,
      `${rate(mean)} of ${rate(truth)}, held ${rate(share)}`,
    );
  }
  table(
    "weighted",
    `Share of ${TRACES} traces that was answered wrong, out of what was drawn of them (${draws} seeds a line)`,
    ["drawn by", "traces", "truth", "weighted, on average", "its 95 % interval holds it", "without weights"],
    rows,
  );
}
