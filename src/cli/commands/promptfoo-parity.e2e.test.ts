import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { LEFT_TYPES, TAKEN_TYPES } from "../../interchange/promptfoo/assertion-types.ts";
import { judgeKindOf } from "../../interchange/promptfoo/judge-drafts.ts";
import { LEFT_KEYS, TAKEN_KEYS } from "../../interchange/promptfoo/known-keys.ts";
import { PARITY, type ParityCase, TOOLS } from "../../interchange/promptfoo/testing/parity.ts";
import { type Scenario, scenario } from "../testing/scenario.ts";

const PAGE = fileURLToPath(new URL("../../../docs/from-promptfoo.md", import.meta.url));
const [BEGIN, END] = ["<!-- parity: begins -->\n", "<!-- parity: ends -->\n"];

/** Imported assertion types that ask a model. They are not compared, because that would need a model. */
const ASKS_A_MODEL = ["similar", "similar:cosine", "moderation"];
const NEEDS = spawnSync("python3", ["-V"]).status === 0 ? [] : ["python"];
const CASES = PARITY.filter(({ assertion }) => !NEEDS.includes(assertion.type));

interface Exported {
  readonly case: string;
  readonly trial: number;
  readonly pass: boolean;
}

let repo: Scenario;
/** Whether evals passes each answer, by the number of the case. */
const ours = new Map<number, boolean[]>();

beforeAll(async () => {
  repo = scenario(null);
  mkdirSync(join(repo.root, "old"));
  mkdirSync(join(repo.root, "fixtures"));
  const tests = CASES.map(({ assertion, vars }, index) => ({
    description: `case ${index}`,
    vars: { index, ...vars },
    assert: [assertion],
  }));
  repo.write(
    "old/parity.yaml",
    stringify({
      prompts: ["{{index}}"],
      providers: [{ id: "openai:gpt-4o-mini-2024-07-18", config: { tools: TOOLS } }],
      tests,
    }),
  );
  expect((await repo.evals("import promptfoo old/parity.yaml")).exit).toBe(0);
  const lines = CASES.flatMap(({ answers }, index) =>
    answers.map(([answer]) => ({
      case: `case-${index}`,
      ...(typeof answer === "string" ? { output: answer } : answer),
    })),
  );
  repo.write("fixtures/out.jsonl", lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  repo.write(
    "evalconfig.yaml",
    `${repo.read("evalconfig.yaml")}  recorded: { provider: outputs, file: fixtures/out.jsonl }\n`,
  );
  // Assertions in Python run the machine's Python.
  const ran = await repo.evals("run --model recorded --trials 4 --baseline none --json", {
    env: process.env,
  });
  const { runs, problems } = JSON.parse(ran.stdout);
  expect(problems).toBeUndefined();
  const [{ id }] = runs;
  const trials = JSON.parse((await repo.evals(`export json ${id}`)).stdout) as Exported[];
  for (const index of CASES.keys()) {
    const own = trials.filter((one) => one.case === `case-${index}`).sort((a, b) => a.trial - b.trial);
    ours.set(
      index,
      own.map(({ pass }) => pass),
    );
  }
});
afterAll(() => repo.remove());

describe("an assertion imported from promptfoo", () => {
  it.each(CASES.map((one, index) => [nameOf(one), index, one] as const))(
    "gives the same verdicts: %s",
    (_, index, { answers, different }) => {
      const theirs = answers.map(([, pass]) => pass);
      if (different === undefined) expect(ours.get(index)).toEqual(theirs);
      else expect(ours.get(index)).not.toEqual(theirs);
    },
  );

  it("is compared for every imported type that asks no model", () => {
    const compared = new Set(PARITY.map(({ assertion }) => assertion.type.replace(/^not-/, "")));
    const missing = TAKEN_TYPES.filter(
      (type) => judgeKindOf(type) === undefined && !ASKS_A_MODEL.includes(type) && !compared.has(type),
    );
    expect(missing).toEqual([]);
  });
});

describe("docs/from-promptfoo.md", () => {
  it.skipIf(NEEDS.length > 0)("has the table of the comparison", () => {
    const text = existsSync(PAGE) ? readFileSync(PAGE, "utf8") : `${BEGIN}${END}`;
    const made = text.slice(0, text.indexOf(BEGIN) + BEGIN.length) + table() + text.slice(text.indexOf(END));
    if (process.env.UPDATE_GOLDENS === "1") writeFileSync(PAGE, made);
    expect(text).toBe(made);
  });
});

function nameOf({ assertion, about }: ParityCase): string {
  return `${assertion.type}${about === undefined ? "" : `, ${about}`}`;
}

const code = (text: string): string => `\`${text}\``;

function table(): string {
  const compared = PARITY.map((one, index) => {
    const same = JSON.stringify(ours.get(index)) === JSON.stringify(one.answers.map(([, pass]) => pass));
    return [
      code(one.assertion.type) + (one.about === undefined ? "" : ` (${one.about})`),
      same ? "same" : "different",
      one.different ?? "",
    ];
  });
  const judged = TAKEN_TYPES.filter(
    (type) => judgeKindOf(type) !== undefined || ASKS_A_MODEL.includes(type),
  ).map((type) => [
    code(type),
    "asks a model",
    judgeKindOf(type) === undefined
      ? "a scorer that asks the model of the provider"
      : "a judge whose file holds the same words",
  ]);
  const left = Object.entries(LEFT_TYPES).map(([type, why]) => [code(type), "refused", why]);
  return [
    "### Assertions\n",
    rows(["assertion", "here", "why, or what it becomes"], [...compared, ...judged, ...left]),
    "### Keys\n",
    rows(
      ["key", "here", "why"],
      Object.keys(TAKEN_KEYS).flatMap((kind) => [
        [`${kind}: ${(TAKEN_KEYS[kind] ?? []).map(code).join(", ")}`, "taken", ""],
        ...Object.entries(LEFT_KEYS[kind] ?? {}).map(([key, why]) => [
          `${kind}: ${code(key)}`,
          "refused",
          why,
        ]),
      ]),
    ),
  ].join("\n");
}

function rows(header: readonly string[], body: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return `${[line(header), line(header.map(() => "---")), ...body.map(line)].join("\n")}\n`;
}
