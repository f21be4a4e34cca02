import { afterAll, beforeAll, expect, it } from "vitest";
import { type GitProject, preparedProject } from "../testing/git-project.ts";

interface Parts {
  readonly top?: string;
  readonly model?: string;
  readonly prompt?: string;
  readonly scorer?: string;
  readonly require?: string;
  readonly critical?: string;
}

/** One mistake of each stage in which a suite's file is read: YAML, its keys, rules, scorers, cases and prompts. */
const MISTAKES: Readonly<Record<string, Parts>> = {
  EVALS_SUITE_UNKNOWN_KEY: { top: "descripton: hello\n" },
  EVALS_SUITE_INVALID: { top: "trials: two\n" },
  EVALS_MODEL_UNKNOWN: { model: "bott" },
  EVALS_METRIC_UNKNOWN: { require: 'score.nobody: ">= 0.9"' },
  EVALS_SCORER_UNKNOWN: { scorer: "  - { type: equal, name: misspelt }\n" },
  EVALS_SCORER_REGEX: { scorer: '  - { type: regex, name: pattern, value: "(" }\n' },
  EVALS_SCORER_FILE_MISSING: { scorer: "  - { type: json-schema, name: form, schema: absent.json }\n" },
  EVALS_JUDGE_UNKNOWN: { scorer: "  - { type: judge, name: tone, judge: nobody }\n" },
  EVALS_SUITE_SELECTOR: { critical: "refund" },
  EVALS_SELECTOR_EMPTY: { critical: "tag:nobody" },
  EVALS_PROMPT_UNDEFINED: { prompt: "Answer {{ input.absent }}" },
};

const PAIRS = Object.keys(MISTAKES).flatMap((a, index) =>
  Object.keys(MISTAKES)
    .slice(index + 1)
    .map((b) => [a, b] as const),
);

function suiteWith(codes: readonly string[]): string {
  const parts = codes.map((code) => MISTAKES[code] ?? {});
  const all = (key: keyof Parts): string[] => parts.flatMap((part) => part[key] ?? []);
  return `${all("top").join("")}dataset: d
model: ${all("model")[0] ?? "bot"}
prompt: ${JSON.stringify(all("prompt")[0] ?? "Answer {{ input.question }}")}
scorers:
  - { type: equals, name: exact }
${all("scorer").join("")}gate:
  require: { ${['pass_rate: ">= 0.1"', ...all("require")].join(", ")} }
  critical: [${["case:one", ...all("critical")].map((one) => JSON.stringify(one)).join(", ")}]
`;
}

let project: GitProject;
beforeAll(async () => {
  project = await preparedProject(
    {
      ".gitignore": ".evals/\n",
      "evalconfig.yaml": "models:\n  bot: { provider: module, file: bot.ts }\n",
      "bot.ts": "export default () => 'yes';\n",
      "datasets/d.jsonl": ["one", "two"]
        .map((id) => `${JSON.stringify({ id, input: { question: "?" }, expected: "yes" })}\n`)
        .join(""),
      "evals/s.yaml": suiteWith([]),
    },
    [],
  );
});
afterAll(() => project.remove());

async function codesOf(command: string): Promise<readonly string[]> {
  const { exit, document } = await project.json([command]);
  expect(exit).toBe(2);
  const problems = document.problems as readonly {
    code: string;
    line: number | null;
    column: number | null;
  }[];
  for (const one of problems)
    expect(one).toMatchObject({ line: expect.any(Number), column: expect.any(Number) });
  return problems.map(({ code }) => code).sort();
}

it.each(["check", "run"])("%s has nothing to say of the suite without a mistake", async (command) => {
  project.write("evals/s.yaml", suiteWith([]));
  expect((await project.json([command])).exit).toBe(0);
});

it.each(PAIRS)("%s and %s in one suite are reported together, each once", async (...pair) => {
  project.write("evals/s.yaml", suiteWith(pair));
  expect(await codesOf("check")).toEqual([...pair].sort());
  expect(await codesOf("run")).toEqual([...pair].sort());
});

it("all of them are reported together, and those of a second suite and of evalconfig.yaml with them", async () => {
  const every = Object.keys(MISTAKES);
  project.write("evals/s.yaml", suiteWith(every));
  project.write("evals/t.yaml", suiteWith(["EVALS_SCORER_REGEX"]));
  project.write("evalconfig.yaml", `${project.read("evalconfig.yaml")}defaults: { trials: 0 }\n`);
  const expected = [...every, "EVALS_SCORER_REGEX", "EVALS_CONFIG_INVALID"].sort();
  expect(await codesOf("check")).toEqual(expected);
  expect(await codesOf("run")).toEqual(expected);
});
