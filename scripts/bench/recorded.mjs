import { evals, inTurn, median } from "./measure.mjs";
import { lines, recordedProject, remove, repository } from "./scratch.mjs";

const runOf = (root, ...more) => evals(root, ["run", "s", "--json", "--quiet", ...more]);
const countsOf = ({ out }) => JSON.parse(out).runs[0].counts;
const count = (value) => value.toLocaleString("en");

/** Measures a run over recorded outputs: reading, scoring and storing them. */
export async function outputs({ quick }) {
  const trials = quick ? 40_000 : 200_000;
  const root = await recordedProject(trials / 4, 4);
  const all = [];
  for (let turn = 0; turn < (quick ? 1 : 3); turn++) all.push(await runOf(root, "--no-cache"));
  remove(root);
  return [speedRow(`recorded outputs, ${count(trials)} trials`, trials, all, 50_000, 200)];
}

/** Measures the same run a second time, when every answer comes from the history. */
export async function cached({ quick }) {
  const cases = quick ? 4_000 : 20_000;
  const root = await repository({
    "evalconfig.yaml": 'models:\n  a: { provider: module, file: agents/echo.mjs, version: "1" }\n',
    "agents/echo.mjs": 'export default (input) => "a" + input.q;\n',
    "evals/s.yaml": "dataset: d\nmodel: a\ntrials: 5\nscorers:\n  - { type: equals }\n",
    "datasets/d.jsonl": lines(cases, (i) => ({ id: `c${i}`, input: { q: i }, expected: `a${i}` })),
  });
  await runOf(root);
  const all = [];
  for (let turn = 0; turn < (quick ? 1 : 3); turn++) {
    const one = await runOf(root);
    if (countsOf(one).cached !== cases * 5) throw new Error("not every answer came from the cache");
    all.push(one);
  }
  remove(root);
  return [speedRow(`the same run again, ${count(cases * 5)} cached trials`, cases * 5, all, 30_000, null)];
}

function speedRow(what, trials, all, least, limit) {
  const ms = median(all.map((one) => one.ms));
  const mib = Math.max(...all.map((one) => one.mib));
  const speed = Math.round(trials / (ms / 1000));
  return {
    what,
    target: `≥ ${count(least)} /s${limit === null ? "" : `, ≤ ${limit} MiB`}`,
    found: `${count(speed)} /s`,
    memory: `${Math.round(mib)} MiB`,
    held: speed >= least && (limit === null || mib <= limit),
    note: `${seconds(median(all.map((one) => one.cpu_ms)))} of processor time`,
  };
}

/**
 * Measures what one more trial costs as a run grows, with ten trials per case. The cost is measured in processor
 * time, because other work of the machine affects it least.
 */
export async function growth({ quick }) {
  const sizes = quick ? [1_000, 10_000, 100_000] : [1_000, 10_000, 100_000, 1_000_000];
  const rows = [];
  let before;
  let each;
  for (const trials of sizes) {
    const root = await recordedProject(trials / 10, 10);
    const turns = trials > 100_000 ? 1 : 3;
    const { run } = await inTurn({ run: () => runOf(root, "--no-cache") }, turns);
    remove(root);
    const more = before === undefined ? undefined : (run.cpu_ms - before.cpu_ms) / (trials - before.trials);
    const grown = more === undefined || each === undefined ? undefined : more / each - 1;
    rows.push({
      what: `growth, ${count(trials)} trials`,
      target: [grown === undefined ? "" : "≤ +15 %", trials >= 100_000 ? "≤ 250 MiB" : ""]
        .filter(Boolean)
        .join(", "),
      found: grown === undefined ? "" : `${grown >= 0 ? "+" : "−"}${Math.abs(grown * 100).toFixed(0)} %`,
      memory: `${Math.round(run.mib)} MiB`,
      held: grown === undefined ? null : grown <= 0.15 && (trials < 100_000 || run.mib <= 250),
      note: more === undefined ? seconds(run.cpu_ms) : `${(more * 1000).toFixed(1)} µs for one more trial`,
    });
    before = { trials, cpu_ms: run.cpu_ms };
    each = more ?? each;
  }
  return rows;
}

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
