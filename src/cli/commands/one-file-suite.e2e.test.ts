import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Problem } from "../../domain/problem.ts";
import { main } from "../main.ts";
import { countedIds, fakeIo } from "../testing/fake-io.ts";
import { gitProject } from "../testing/git-project.ts";

const CONFIG = "models:\n  echo: { provider: module, file: agents/echo.mjs, version: '1' }\n";
const ECHO =
  "export default (input, { messages }) => messages.map((one) => `${one.role}=${one.content}`).join('|');\n";

/** A prompt of two messages and three cases, all in one file. */
const SUITE = `# Towns, in one file.
description: Names towns.
model: echo
cases: # small enough to be here
  - id: oslo
    input: { town: Oslo }
    expected: system=Be brief.|user=Oslo?
    tags: [north]
  - { id: rome, input: { town: Rome }, expected: "system=Be brief.|user=Rome?" }
# how it is asked
prompt: |
  system:
  Be brief.

  user:
  {{ input.town }}?
scorers:
  - type: equals # the whole answer
`;

let root: string;
let ids: ReturnType<typeof countedIds>;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "evals-one-file-"));
  ids = countedIds();
  put("evalconfig.yaml", CONFIG);
  put("agents/echo.mjs", ECHO);
  put("evals/towns.yaml", SUITE);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
const read = (path: string): string => readFileSync(join(root, path), "utf8");

interface Document {
  readonly problems?: readonly Problem[];
  readonly runs?: readonly {
    readonly fingerprint: string;
    readonly target: string;
    readonly metrics: Readonly<Record<string, { readonly value: number }>>;
  }[];
}

async function evals(...args: readonly string[]): Promise<Document & { exit: number }> {
  const io = fakeIo(root, { randomHex: ids });
  const exit = await main([...args, "--json"], io);
  return { exit, ...(JSON.parse(io.printed.stdout) as Document) };
}

async function runOf(suite = "towns") {
  const { runs = [], exit } = await evals("run", suite);
  expect(exit).toBe(0);
  const run = runs[0];
  if (run === undefined) throw new Error("nothing ran");
  return run;
}

describe("a suite with its cases and its prompt in one file", () => {
  it("runs like any other, and reports that its prompt has no version", async () => {
    expect((await evals("check")).exit).toBe(0);
    const run = await runOf();
    expect(run.metrics.pass_rate?.value).toBe(1);
    expect(run.target).toMatch(/^inline prompt · /);
  });

  it("has another fingerprint when a word of its prompt changes", async () => {
    const before = await runOf();
    put("evals/towns.yaml", SUITE.replace("Be brief.\n\n", "Be very brief.\n\n"));
    expect((await runOf()).fingerprint).not.toBe(before.fingerprint);
  });

  it("takes a text without role lines as the user's message", async () => {
    put(
      "evals/towns.yaml",
      SUITE.replace(/prompt: \|[\s\S]*?\nscorers/, 'prompt: "{{ input.town }}!"\nscorers'),
    );
    put(
      "evals/towns.yaml",
      read("evals/towns.yaml")
        .replaceAll("system=Be brief.|", "")
        .replaceAll('?"', '!"')
        .replace("Oslo?", "Oslo!"),
    );
    expect((await runOf()).metrics.pass_rate?.value).toBe(1);
  });

  it.each(["new towns --bump minor", "list towns", "diff towns"])(
    "is named by evals prompt %s as a prompt without versions",
    async (words) => {
      const { exit, problems } = await evals("prompt", ...words.split(" "));
      expect(exit).toBe(2);
      expect(problems).toMatchObject([
        { code: "EVALS_PROMPT_INLINE", path: "evals/towns.yaml", line: 11, fix: "evals split towns" },
      ]);
    },
  );

  it("asks with a version that the command line names instead", async () => {
    put("prompts/other/1.0.0.md", "user:\n{{ input.town }}\n");
    const { runs } = await evals("run", "towns", "--prompt", "other@1.0.0");
    expect(runs?.[0]?.target).toMatch(/^prompt 1\.0\.0 · /);
  });
});

describe("a promotion of a suite with its prompt in its file", () => {
  it("makes a baseline, and reports that no version of the prompt is published", async () => {
    const repo = gitProject({
      "evalconfig.yaml": CONFIG,
      "agents/echo.mjs": ECHO,
      "evals/towns.yaml": SUITE,
      ".gitignore": ".evals/\n",
    });
    await repo.evals(["run"]);
    const { exit, stderr } = await repo.evals(["promote"]);
    expect(exit).toBe(0);
    expect(stderr).toContain(
      "publishes no version of the prompt, only the results. To move the prompt into a versioned file: evals split towns",
    );
    expect(repo.read("evals/baselines/towns.jsonl")).toContain('"case":"oslo"');
    repo.remove();
  });
});

describe("evals split", () => {
  it("moves cases and prompt into files, leaves the rest unchanged, and keeps the fingerprint", async () => {
    const before = await runOf();
    expect((await evals("split", "towns")).exit).toBe(0);
    expect(read("evals/towns.yaml")).toBe(`# Towns, in one file.
description: Names towns.
model: echo
dataset: towns
# how it is asked
prompt: towns@1.0.0
scorers:
  - type: equals # the whole answer
`);
    expect(read("prompts/towns/1.0.0.md")).toBe("system:\nBe brief.\n\nuser:\n{{ input.town }}?\n");
    expect(read("datasets/towns.jsonl").split("\n")).toHaveLength(3);
    const after = await runOf();
    expect(after.fingerprint).toBe(before.fingerprint);
    expect(after.target).toMatch(/^prompt 1\.0\.0 · /);
  });

  it.each([
    "{{ input.town }}?",
    "Say:\nmessages: input.town\n\\user:\n{{ input.town }}",
    "\n  {{ input.town }}\n\n",
    "user:\n\\system:\n{{ input.town }}",
  ])("asks the same after it, whatever the prompt is: %j", async (prompt) => {
    put(
      "evals/towns.yaml",
      SUITE.replace(/prompt: \|[\s\S]*?\nscorers/, `prompt: ${JSON.stringify(prompt)}\nscorers`),
    );
    put("evals/towns.yaml", read("evals/towns.yaml").replace("type: equals", "type: contains, value: o"));
    put(
      "evals/towns.yaml",
      read("evals/towns.yaml").replace("- type: contains, value: o", "- { type: contains, value: o }"),
    );
    const before = await runOf();
    expect((await evals("split", "towns")).exit).toBe(0);
    expect((await runOf()).fingerprint).toBe(before.fingerprint);
  });

  it.each(["datasets/towns.csv", "datasets/towns.jsonl", "prompts/towns/2.0.0.md"])(
    "overwrites nothing: %s exists",
    async (path) => {
      put(path, "x");
      const { exit, problems } = await evals("split", "towns");
      expect(exit).toBe(2);
      expect(problems).toMatchObject([{ code: "EVALS_SPLIT_EXISTS", path }]);
      expect(read("evals/towns.yaml")).toBe(SUITE);
      expect(read(path)).toBe("x");
    },
  );

  it("takes another name for both files", async () => {
    put("datasets/towns.csv", "id,input\na,b\n");
    expect((await evals("split", "towns", "--name", "cities")).exit).toBe(0);
    expect(existsSync(join(root, "prompts/cities/1.0.0.md"))).toBe(true);
    expect((await runOf()).metrics.pass_rate?.value).toBe(1);
  });

  it("refuses a suite with nothing to move, an unknown suite, and cases that share an anchor with the rest", async () => {
    await evals("split", "towns");
    expect((await evals("split", "towns")).problems).toMatchObject([{ code: "EVALS_SPLIT_NOTHING" }]);
    expect((await evals("split", "twons")).problems).toMatchObject([
      { code: "EVALS_SUITE_UNKNOWN", what: expect.stringContaining("towns") },
    ]);
    const tied =
      'model: echo\ncases:\n  - { id: &name equals, input: x, expected: "user=x" }\nprompt: "{{ input }}"\nscorers:\n  - type: *name\n';
    put("evals/tied.yaml", tied);
    expect((await evals("split", "tied")).problems).toMatchObject([{ code: "EVALS_SPLIT_ANCHOR" }]);
    expect(read("evals/tied.yaml")).toBe(tied);
  });
});

describe("cases that code makes", () => {
  const suite =
    'model: echo\ndataset: { module: cases/towns.ts }\nprompt: "{{ input.town }}"\nscorers:\n  - type: equals\n';
  const list = '[{ id: "oslo", input: { town }, expected: "user=Oslo" }]';

  it.each([
    ["a list", `export default ${list};`],
    ["a function", `export default () => ${list};`],
    ["a function that waits", `export default async () => ${list};`],
    ["a generator", `export default function* () { yield* ${list}; }`],
    ["an async generator", `export default async function* () { yield* ${list}; }`],
    ["an export named cases", `export const cases: unknown[] = ${list};`],
  ])("are hashed by what they are, however they are made: %s", async (_, code) => {
    put("evals/made.yaml", suite);
    put("cases/town.ts", 'export const town: string = "Oslo";\n');
    put("cases/towns.ts", `import { town } from "./town.ts";\n${code}\n`);
    put("evals/written.yaml", suite.replace("{ module: cases/towns.ts }", "written"));
    put("datasets/written.jsonl", '{"id":"oslo","input":{"town":"Oslo"},"expected":"user=Oslo"}\n');
    expect((await evals("check")).exit).toBe(0);
    const made = await runOf("made");
    expect(made.metrics.pass_rate?.value).toBe(1);
    expect(made.fingerprint).toBe((await runOf("written")).fingerprint);
    put("cases/town.ts", 'export const town: string = "Rome";\n');
    expect((await evals("run", "made")).runs?.[0]?.fingerprint).not.toBe(made.fingerprint);
  });

  it("are reported where their id is written", async () => {
    put("evals/made.yaml", suite);
    put(
      "cases/towns.ts",
      'export default [\n  { id: "oslo", input: { town: "Oslo" }, expected: "x" },\n  { id: "rome", input: { town: "Rome" } },\n];\n',
    );
    expect((await evals("check")).problems).toMatchObject([
      { code: "EVALS_CASE_NO_EXPECTED", path: "cases/towns.ts", line: 3 },
    ]);
  });
});
