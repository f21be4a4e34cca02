import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { type Scenario, scenario } from "../testing/scenario.ts";

let repo: Scenario | undefined;
afterEach(() => repo?.remove());

/** Number of failing cases, of 40, by suite. */
const FAILING = { billing: 10, greetings: 0, refunds: 14, shipping: 9 };

function project(): Scenario {
  const made = scenario(null);
  for (const folder of ["evals", "datasets", "fixtures"]) mkdirSync(join(made.root, folder));
  const lines = (values: readonly object[]): string =>
    values.map((one) => `${JSON.stringify(one)}\n`).join("");
  const numbers = Array.from({ length: 40 }, (_, at) => at);
  for (const [suite, failing] of Object.entries(FAILING)) {
    const id = (at: number): string => `${suite}-${at}`;
    const message = `Where is my order? I have waited for weeks, and nobody of ${suite} answers me.`;
    made.write(
      `datasets/${suite}.jsonl`,
      lines(numbers.map((at) => ({ id: id(at), input: { message }, expected: "yes", tags: [`t${at % 9}`] }))),
    );
    made.write(
      `fixtures/${suite}.jsonl`,
      lines(numbers.map((at) => ({ case: id(at), output: at < failing ? `no, by ${suite}` : "yes" }))),
    );
    made.write(
      `evals/${suite}.yaml`,
      `dataset: ${suite}\nmodel: ${suite}\nscorers: [{ type: equals }]\ngate: { require: { pass_rate: ">= 0.9" } }\n`,
    );
  }
  const models = Object.keys(FAILING).map(
    (suite) => `  ${suite}: { provider: outputs, file: fixtures/${suite}.jsonl }\n`,
  );
  made.write("evalconfig.yaml", `models:\n${models.join("")}`);
  return made;
}

it("leaves on a terminal of 80 × 40 which of four suites failed, why, and the next command", async () => {
  repo = project();
  const { exit, stdout } = await repo.evals("run");
  expect(exit).toBe(1);
  const screen = stdout.trimEnd().split("\n").slice(-40);
  for (const line of screen) expect(line.length).toBeLessThanOrEqual(80);
  const end = screen.slice(screen.findIndex((line) => /^PASSED +\S+ +greetings/.test(line)));
  for (const [suite, failing] of Object.entries(FAILING)) {
    if (failing === 0) continue;
    const at = end.findIndex((line) => new RegExp(`^FAILED +\\S+ +${suite} `).test(line));
    expect(end[at]).toMatch(/ \d\d\.\d % +required ≥ 90 %$/);
    expect(end[at + 1]).toMatch(
      new RegExp(`^ {2}${suite}-\\d+: 0/1 passed: expected "yes", got "no, by ${suite}"`),
    );
    expect(end[at + 2]).toMatch(/^ {2}all such cases: evals show [0-9a-f]+ --failing$/);
  }
  expect(end.at(-1)).toMatch(/^ {2}4 runs: 160 of 160 trials answered/);
});
