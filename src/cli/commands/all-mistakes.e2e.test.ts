import { afterAll, beforeAll, expect, it } from "vitest";
import { type GitProject, preparedProject } from "../testing/git-project.ts";

interface Parts {
  readonly top?: string;
  readonly model?: string;
  /** What the front matter of the prompt has beside its description. */
  readonly front?: string;
  /** A message of the prompt. */
  readonly message?: string;
  /** Rows of the dataset. */
  readonly rows?: string;
  readonly scorer?: string;
  readonly require?: string;
  readonly critical?: string;
}

/**
 * One mistake of each stage in which a suite is read: YAML, its keys, rules, scorers, models, dataset, cases and
 * prompts.
 */
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
  EVALS_PROMPT_UNDEFINED: { message: "Answer {{ input.absent }}" },
  EVALS_PROMPT_UNKNOWN_KEY: { front: "descripton: hello\n" },
  EVALS_PROMPT_SYNTAX: { message: "Answer {{ input.question" },
  EVALS_RECORDING_FILE: { model: "replayed" },
  EVALS_OUTPUTS_FILE: { model: "made" },
  EVALS_MODULE: { model: "gone" },
  EVALS_CASE_MISSING_KEY: { rows: ",?,yes\n" },
  EVALS_DATASET_SYNTAX: { rows: 'three,"?,yes\n' },
};

/** Cases that cannot be read hide what can only be seen in them. */
const SEEN_IN_CASES = ["EVALS_SELECTOR_EMPTY", "EVALS_PROMPT_UNDEFINED"];
const isSeen = (codes: readonly string[]): boolean =>
  !codes.some((code) => MISTAKES[code]?.rows !== undefined) ||
  !codes.some((code) => SEEN_IN_CASES.includes(code));

const PAIRS = Object.keys(MISTAKES).flatMap((a, index) =>
  Object.keys(MISTAKES)
    .slice(index + 1)
    .map((b) => [a, b] as const)
    .filter(isSeen),
);

/** The files of a suite with these mistakes. */
function filesWith(codes: readonly string[], name = "s"): Readonly<Record<string, string>> {
  const parts = codes.map((code) => MISTAKES[code] ?? {});
  const all = (key: keyof Parts): string[] => parts.flatMap((part) => part[key] ?? []);
  const models = all("model");
  const messages = ["Answer {{ input.question }}", ...all("message")];
  // A quote that is never closed ends what can be read, so its row is the last.
  const rows = all("rows").sort();
  return {
    [`datasets/${name}.csv`]: `id,input.question,expected\none,?,yes\ntwo,?,yes\n${rows.join("")}`,
    [`prompts/${name}/1.0.0.md`]: `---\ndescription: asks\n${all("front").join("")}---\n${messages
      .map((text) => `user:\n${text}\n`)
      .join("")}`,
    [`evals/${name}.yaml`]: `${all("top").join("")}dataset: ${name}
${models.length > 1 ? `models: [${models.join(", ")}]` : `model: ${models[0] ?? "bot"}`}
prompt: ${name}
scorers:
  - { type: equals, name: exact }
${all("scorer").join("")}gate:
  require: { ${['pass_rate: ">= 0.1"', ...all("require")].join(", ")} }
  critical: [${["case:one", ...all("critical")].map((one) => JSON.stringify(one)).join(", ")}]
`,
  };
}

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) project.write(path, text);
}

let project: GitProject;
beforeAll(async () => {
  project = await preparedProject(
    {
      ".gitignore": ".evals/\n",
      "evalconfig.yaml": `models:
  bot: { provider: module, file: bot.ts }
  gone: { provider: module, file: gone.ts }
  made: { provider: outputs, file: made.jsonl }
  replayed: { provider: replay, of: bot, file: replayed.jsonl }
`,
      "bot.ts": "export default () => 'yes';\n",
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
  write(filesWith([]));
  expect((await project.json([command])).exit).toBe(0);
});

it.each(PAIRS)("%s and %s in one suite are reported together, each once", async (...pair) => {
  write(filesWith(pair));
  expect(await codesOf("check")).toEqual([...pair].sort());
  expect(await codesOf("run")).toEqual([...pair].sort());
});

it("all of them are reported together, and those of a second suite and of evalconfig.yaml with them", async () => {
  const every = Object.keys(MISTAKES).filter((code) => isSeen([code, "EVALS_DATASET_SYNTAX"]));
  write(filesWith(every));
  write(filesWith(["EVALS_SCORER_REGEX"], "t"));
  project.write("evalconfig.yaml", `${project.read("evalconfig.yaml")}defaults: { trials: 0 }\n`);
  const expected = [...every, "EVALS_SCORER_REGEX", "EVALS_CONFIG_INVALID"].sort();
  expect(await codesOf("check")).toEqual(expected);
  expect(await codesOf("run")).toEqual(expected);
});

it("mistakes in the front matter of a judge and in its text are reported together", async () => {
  const files = filesWith([]);
  const suite = files["evals/s.yaml"] ?? "";
  write({
    ...files,
    ...filesWith([], "t"),
    "evalconfig.yaml": project.read("evalconfig.yaml").replace("defaults: { trials: 0 }\n", ""),
    "evals/s.yaml": suite.replace("gate:", "  - { type: judge, judge: tone }\ngate:"),
    "judges/tone/1.0.0.md": "---\nkind: binary\nmodel: bot\ncolour: red\n---\nIs {{ answr }} kind?\n",
  });
  const expected = ["EVALS_JUDGE_UNKNOWN_KEY", "EVALS_JUDGE_VARIABLE"];
  expect(await codesOf("check")).toEqual(expected);
  expect(await codesOf("run")).toEqual(expected);
});
