// Simulated suites. A case's chance to pass is drawn from Beta(0.8 c, 0.2 c): two trials of a case then correlate by
// 1 / (1 + c). A change of d points is one shift of all chances on the logit scale that moves their mean by exactly
// d.
import { compareSides, normalQuantile } from "./engine.mjs";

export const MEAN = 0.8;
export const HASH = "0".repeat(64);

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

export const chanceOf = (c, random) => beta(MEAN * c, (1 - MEAN) * c, random);

/** @param c concentration; 1 where two trials of a case correlate by 0.5 */
export const suiteOf = (n, c, random) => Array.from({ length: n }, () => chanceOf(c, random));

export const meanOf = (values) => values.reduce((sum, one) => sum + one, 0) / values.length;

/** All chances shifted by the same amount on the logit scale, so that their mean falls by `drop`. */
export function shifted(chances, drop) {
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

/**
 * The first cases never pass any more and all others stay the same, so that the mean falls by `drop`. To reach
 * exactly this drop, the last of the lowered cases keeps a part of its chance.
 */
export function broken(chances, drop) {
  let left = drop * chances.length;
  return chances.map((p) => {
    const taken = Math.min(p, left);
    left -= taken;
    return p - taken;
  });
}

export const drawn = (chances, k, random) =>
  chances.map((p) => Uint8Array.from({ length: k }, () => (random() < p ? 1 : 0)));

const columns = (trials) => ({
  count: Uint16Array.from(trials, (row) => row.length),
  sum: Uint16Array.from(trials, (row) => row.reduce((sum, one) => sum + one, 0)),
});

/**
 * One side of a comparison, as a stored run would be.
 * @param scorers trials of further optional scorers, by name
 */
export function sideOf(trials, { tags = [], scorers = {} } = {}) {
  const { count, sum } = columns(trials);
  const scoreOf = (name, required, { count, sum }) => [
    name,
    { hash: HASH, required, binary: true, count, sum, sumOfSquares: sum },
  ];
  return {
    label: "a run",
    prompt: null,
    model: null,
    run: null,
    suite: "simulated",
    target: "simulated",
    fingerprint: null,
    trials: trials[0].length,
    ids: trials.map((_, i) => `c${i}`),
    contents: trials.map(() => HASH),
    answered: count,
    passed: sum,
    scores: new Map([
      scoreOf("exact", true, { count, sum }),
      ...Object.entries(scorers).map(([name, own]) => scoreOf(name, false, columns(own))),
    ]),
    tagsOf: (place) => (tags[place] === undefined ? [] : [tags[place]]),
  };
}

export const rule = (changes = {}) => ({
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

export const compared = (base, candidate, rules) =>
  compareSides(base, candidate, { rules, narrowed: false }).comparison;

export const verdictOf = (base, candidate, one) => compared(sideOf(base), sideOf(candidate), [one]).verdict;

export const BLOCKING = new Set(["regressed"]);
export const FINE = new Set(["no_regression", "improved", "small_drop"]);
export const share = (verdicts, wanted) => verdicts.filter((one) => wanted.has(one)).length / verdicts.length;
