import { evals, inTurn, measure } from "./measure.mjs";
import { lines, repository } from "./scratch.mjs";
import { atMost, times } from "./table.mjs";

/** Compares `evals --version` and `evals check` of a small repository with Node doing nothing. */
export async function startup({ quick }) {
  const root = await repository({
    "evalconfig.yaml": "models:\n  m: { provider: outputs, file: fixtures/o.jsonl }\n",
    "evals/a.yaml": "dataset: d\nmodel: m\nscorers:\n  - { type: equals }\n",
    "datasets/d.jsonl": lines(50, (i) => ({ id: `c${i}`, input: i, expected: `${i}` })),
    "fixtures/o.jsonl": lines(50, (i) => ({ case: `c${i}`, output: `${i}` })),
  });
  const found = await inTurn(
    {
      floor: () => measure(["-e", "0"]),
      version: () => evals(root, ["--version"]),
      check: () => evals(root, ["check"]),
    },
    quick ? 5 : 21,
  );
  const row = (name, what, target) => ({
    what,
    target: `≤ ${target} ×`,
    ...times(found[name]),
    held: atMost(target, found[name].ratio),
  });
  return [
    row("version", "start: --version, compared with node -e 0", 1.5),
    row("check", "start: check of a small repository, compared with node -e 0", 2.5),
  ];
}
