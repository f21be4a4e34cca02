import { evals, inTurn } from "./measure.mjs";
import { recordedProject, remove } from "./scratch.mjs";

async function twoRuns(cases, trials) {
  const root = await recordedProject(cases, trials);
  const ids = [];
  for (let turn = 0; turn < 2; turn++) {
    const { out } = await evals(root, ["run", "s", "--json", "--quiet", "--no-cache"]);
    ids.push(JSON.parse(out).runs[0].id);
  }
  return { root, ids };
}

const turnsOf = (quick) => (quick ? 1 : 5);

/** Measures commands that only read stored trials. Nothing is asked or scored. */
export async function history({ quick }) {
  const { root, ids } = await twoRuns(20_000, 5);
  const commands = {
    history: ["history"],
    "diff of two such runs": ["diff", ...ids],
    ...Object.fromEntries(
      ["html", "markdown", "junit", "json"].map((format) => [
        `report --format ${format}`,
        ["report", ids[1], "--format", format, "--output", `report.${format}`],
      ]),
    ),
  };
  const ways = Object.fromEntries(
    Object.entries(commands).map(([name, args]) => [name, () => evals(root, args)]),
  );
  const found = await inTurn(ways, turnsOf(quick));
  remove(root);
  return Object.entries(found).map(([name, one]) => row(`${name}, 100,000 stored trials`, one, 1000));
}

/** Measures a comparison of two large runs, whose memory must not grow with their size. */
export async function diff({ quick }) {
  const rows = [];
  for (const [cases, limit] of quick
    ? [[12_500, 1000]]
    : [
        [12_500, 1000],
        [50_000, 3000],
      ]) {
    const { root, ids } = await twoRuns(cases, 4);
    const { diff } = await inTurn({ diff: () => evals(root, ["diff", ...ids, "--json"]) }, turnsOf(quick));
    remove(root);
    rows.push(row(`diff, 2 × ${(cases * 4).toLocaleString("en")} trials`, diff, limit));
  }
  return rows;
}

function row(what, { ms, mib, cpu_ms }, limit) {
  return {
    what,
    target: `< ${limit / 1000} s`,
    found: `${(ms / 1000).toFixed(2)} s`,
    memory: `${Math.round(mib)} MiB`,
    held: ms < limit,
    note: `${(cpu_ms / 1000).toFixed(2)} s of processor time`,
  };
}
