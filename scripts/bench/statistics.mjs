import { load } from "./load-modules.mjs";
import { median } from "./measure.mjs";

/** Simulated cases, each with its own chance to pass; seeded. */
function strata(cases, trials) {
  let state = 42;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const columns = { m: [], b: [], k: [], x: [] };
  for (let i = 0; i < cases; i++) {
    const chance = 0.5 + random() / 2;
    const passed = () =>
      Array.from({ length: trials }, () => (random() < chance ? 1 : 0)).reduce((a, b) => a + b, 0);
    columns.m.push(trials);
    columns.b.push(passed());
    columns.k.push(trials);
    columns.x.push(passed());
  }
  return columns;
}

/** Measures the exact test of a comparison. An early stop runs it between two answers, so it must be fast. */
export async function statistics({ quick }) {
  const { exactStratifiedTest } = await load(["src/statistics/stratified-exact-test.ts"]);
  const rows = [];
  for (const [cases, trials, limit] of [
    [100, 5, 2],
    [1000, 10, 20],
    [1000, 5, 10],
  ]) {
    const columns = strata(cases, trials);
    const took = [];
    for (let turn = 0; turn < (quick ? 15 : 60); turn++) {
      const started = performance.now();
      exactStratifiedTest(columns);
      took.push(performance.now() - started);
    }
    const ms = median(took);
    rows.push({
      what: `exact mid-p, ${cases} cases × ${trials}`,
      target: `≤ ${limit} ms`,
      found: `${ms.toFixed(2)} ms`,
      held: ms <= limit,
      note: `the first ${took[0].toFixed(1)} ms`,
    });
  }
  return rows;
}
