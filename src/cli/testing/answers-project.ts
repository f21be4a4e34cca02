import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Scenario, scenario } from "./scenario.ts";

/**
 * A project with one suite, `triage`, whose answers are in a file. A test makes a run of it with `evals run`.
 */
export function answersProject(
  answers: readonly { readonly case: string; readonly output: string }[],
): Scenario {
  const repo = scenario(null);
  for (const folder of ["evals", "datasets", "fixtures"])
    mkdirSync(join(repo.root, folder), { recursive: true });
  repo.write("evalconfig.yaml", "models:\n  recorded: { provider: outputs, file: fixtures/answers.jsonl }\n");
  repo.write(
    "evals/triage.yaml",
    "dataset: tickets\nmodel: recorded\nscorers:\n  - { type: contains, name: sorry, value: sorry }\n",
  );
  const lines = (values: readonly object[]): string =>
    values.map((one) => `${JSON.stringify(one)}\n`).join("");
  const cases = [...new Set(answers.map((one) => one.case))];
  repo.write(
    "datasets/tickets.jsonl",
    lines(
      cases.map((id, at) => ({
        id,
        input: { message: `Ticket ${id}: where is my parcel?` },
        expected: { queue: "shipping" },
        tags: [at % 2 === 0 ? "even" : "odd"],
      })),
    ),
  );
  repo.write("fixtures/answers.jsonl", lines(answers));
  return repo;
}

/** Cases `t01` to `t<count>` with one answer each. */
export function plainAnswers(count: number): { readonly case: string; readonly output: string }[] {
  return Array.from({ length: count }, (_, at) => {
    const id = `t${String(at + 1).padStart(2, "0")}`;
    return { case: id, output: `We are sorry about ${id}.` };
  });
}
