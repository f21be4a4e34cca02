import { mkdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Json } from "../../domain/json.ts";
import { EXPORTERS } from "../../operations/exporting/exporters.ts";
import { IMPORTERS } from "../../operations/importing/importers.ts";
import { type Scenario, scenario } from "../testing/scenario.ts";

/** Values that a format may take for none, for another type, or for a name of its own. */
const HARD: readonly Json[] = [
  ...["", " ", "\n", "a\r\nb", "\r", "\t", "\u0000", "\u2028", "\ufeffmarked", "灯 👩‍👩‍👧 e\u0301"],
  ...["null", "true", "007", "1e3", '"quoted"', '{"a":1}', "[1", "=1+1", "'", "@x", "a,b;c"],
  ...[null, true, false, 0, -1.5e-9, 1e21, 9007199254740991],
  ...[[], [[]], [null], ["a"], [{ role: "user", content: "hi" }]],
  ...[
    {},
    { a: {} },
    { "": "" },
    { input: "x" },
    { input: null },
    { expected: "x" },
    { evals: { case: "y" } },
  ],
  ...[{ z: 1, a: 2 }, { "a.b": 1, a: { b: 2 } }, { messages: [{ role: "user", content: "hi" }] }],
  ...[{ constructor: 1 }, JSON.parse('{"__proto__":{"a":1}}') as Json],
];
const ANY = fc.sample(fc.jsonValue({ stringUnit: "binary", maxDepth: 3 }), {
  seed: 16,
  numRuns: 100,
}) as Json[];
const IDS = ["null", "007", "=1+1", "a/b:c~d", "ünï 灯", "x".repeat(300)];

const CASES = [
  ...[...HARD, ...ANY].flatMap((value, at) => [
    { id: `input ${at}`, input: value, expected: "right" },
    { id: `expected ${at}`, input: "ask", expected: value },
    { id: `alone ${at}`, input: value },
  ]),
  ...IDS.map((id) => ({ id, input: "ask", expected: "right" })),
];

let repo: Scenario;
beforeEach(() => {
  repo = scenario(null);
  for (const folder of ["datasets", "evals", "fixtures", "out", "other/.git"])
    mkdirSync(join(repo.root, folder), { recursive: true });
  const lines = (rows: readonly unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  repo.write("evalconfig.yaml", "models:\n  rec: { provider: outputs, file: fixtures/r.jsonl }\n");
  repo.write("evals/s.yaml", "dataset: s\nmodel: rec\nscorers:\n  - { type: length, max: 4 }\n");
  repo.write("datasets/s.jsonl", lines(CASES));
  repo.write("fixtures/r.jsonl", lines(CASES.map(({ id }) => ({ case: id, output: "yes" }))));
});
afterEach(() => repo.remove());

const BOTH = EXPORTERS.filter(({ name }) => IMPORTERS.some((one) => one.name === name));

it("every format that is both exported and imported is tried", () => {
  expect(BOTH.map(({ name }) => name)).toEqual(["csv", "parquet", "langfuse", "phoenix"]);
});

it.each(BOTH.map(({ name, ending }) => [name, ending] as const))(
  "%s, exported and imported again, gives cases with the same content",
  async (format, ending) => {
    expect((await repo.evals("run --quiet")).exit).toBe(0);
    expect((await repo.evals(`export ${format} --out out/run.${ending}`)).exit).toBe(0);
    const { stdout } = await repo.evals(`import ${format} out/run.${ending} --name s --out other --json`);
    expect(JSON.parse(stdout)).toMatchObject({ exit: 0, left: [], taken: { cases: CASES.length } });
    const lines = repo.read("other/datasets/s.jsonl").trimEnd().split("\n");
    expect(lines).toEqual(CASES.map((one) => JSON.stringify(one)));
  },
);
