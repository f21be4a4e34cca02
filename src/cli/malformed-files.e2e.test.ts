import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { formatBaseline } from "../baselines/baseline-file.ts";
import { formatAnswers } from "../baselines/kept-answers.ts";
import type { Problem } from "../domain/problem.ts";
import { formatLabels } from "../labels/label-file.ts";
import { label, verdict } from "../labels/testing/labels.ts";
import { main } from "./main.ts";
import { fakeIo } from "./testing/fake-io.ts";

const HASH = "a".repeat(64);
const line = (value: unknown): string => `${JSON.stringify(value)}\n`;

/** A project with one valid file of every kind that evals reads. */
const PROJECT: Readonly<Record<string, string>> = {
  "evalconfig.yaml": `models:
  made: { provider: outputs, file: fixtures/made.jsonl }
  asked: { provider: openai, model: some-model-2025-01-01, base_url: "http://127.0.0.1:9/v1" }
  taped: { provider: replay, of: asked, file: fixtures/asked.jsonl }
`,
  "evals/lines.yaml": "dataset: lines\nmodel: made\nscorers:\n  - type: equals\n",
  "evals/listed.yaml": "dataset: listed\nprompt: asking\nmodel: taped\nscorers:\n  - type: equals\n",
  "evals/table.yaml": "dataset: table\nprompt: asking\nmodel: asked\nscorers:\n  - type: equals\n",
  "evals/shaped.yaml":
    "dataset: lines\nmodel: made\nscorers:\n  - { type: json-schema, schema: schemas/answer.json }\n",
  "evals/whole.yaml": "dataset: whole\nprompt: asking\nmodel: asked\nscorers:\n  - type: equals\n",
  "evals/inline.yaml":
    'model: asked\ncases:\n  - { id: a, input: q, expected: é }\nprompt: "{{ input }}"\nscorers:\n  - type: equals\n',
  "datasets/whole.json":
    '[{\n  "id": "a", "input": "q", "expected": "é" },\n  { "id": "b", "input": "r", "expected": "s" }\n]\n',
  "datasets/lines.jsonl":
    line({ id: "a", input: "q", expected: "é" }) + line({ id: "b", input: "r", expected: "s" }),
  "datasets/listed.yaml": "- id: a\n  input: q\n  expected: é\n",
  "datasets/table.csv": "id,input,expected\na,q,é\n",
  "prompts/asking/1.0.0.md": "---\ndescription: Asks.\n---\nuser:\n{{ input }}\n",
  "judges/good/1.0.0.md": "---\nkind: binary\nmodel: asked\n---\nThe answer passes when it is good.\n",
  "judges/good/1.0.0.verdicts.jsonl": line(verdict("a", "pass")) + line(verdict("b", "fail")),
  "judges/good/1.0.0.calibration.json": '{\n  "schema": "evals.calibration/1",\n  "suites": {}\n}\n',
  "labels/lines.jsonl": formatLabels([label("a", "pass"), label("b", "fail")]),
  "fixtures/made.jsonl": line({ case: "a", output: "é" }) + line({ case: "b", output: "s" }),
  "fixtures/asked.jsonl":
    line({ case: "a", trial: 1, request: HASH, output: "é" }) +
    line({ case: "a", trial: 2, request: HASH, output: "s" }),
  "evals/baselines/lines.jsonl": formatBaseline({
    header: { schema: "evals.baseline/1", suite: "lines", target: "made", scorers: {} },
    cases: [{ case: "a", content: HASH, key: HASH, runs: ["0"], trials: 1, pass: 1, scores: {} }],
  }),
  "evals/baselines/lines.answers.jsonl": formatAnswers(
    new Map([["a", [{ answer_hash: HASH, output: "é", trials: 1, pass: 1 }]]]),
  ),
  "schemas/answer.json": '{\n  "type": "string"\n}\n',
  ".env": "SOME_KEY=é\n",
  "labels.csv": "case,answer,verdict,rater\na,é,pass,ana\nb,s,fail,ana\n",
  "studio.json": `${JSON.stringify(
    [{ data: { case: "a", answer: "x", answer_hash: HASH }, annotations: [] }].slice(1),
    null,
    1,
  )}\n`,
};

const IMPORTS: Readonly<Record<string, readonly string[]>> = {
  "labels.csv": ["import", "labels", "lines", "labels.csv", "--format", "csv", "--json"],
  "studio.json": ["import", "labels", "lines", "studio.json", "--format", "label-studio", "--json"],
};
/** Files whose problems are located at the setting that names the file. */
const NAMED_BY_A_SETTING = new Set(["schemas/answer.json", "fixtures/made.jsonl", "fixtures/asked.jsonl"]);

const FILES = Object.keys(PROJECT);
const LINES = FILES.filter((path) => path.endsWith(".jsonl"));
const JSON_FILES = FILES.filter((path) => path.endsWith(".json"));
const YAML = FILES.filter((path) => path.endsWith(".yaml"));
const FRONT_MATTER = FILES.filter((path) => path.endsWith(".md"));
const TABLES = FILES.filter((path) => path.endsWith(".csv"));

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "evals-malformed-"));
  for (const [path, text] of Object.entries(PROJECT)) put(path, text);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

/** Runs the command that reads a file. @returns its exit code and problems */
async function problemsAt(path: string): Promise<{ exit: number; problems: readonly Problem[] }> {
  const io = fakeIo(root);
  const exit = await main([...(IMPORTS[path] ?? ["check", "--json"])], io);
  const { problems = [] } = JSON.parse(io.printed.stdout) as { problems?: readonly Problem[] };
  return { exit, problems };
}

/** Replaces a file. @returns the problems of that file, without those that follow from it elsewhere */
async function problemsWith(path: string, content: string | Buffer): Promise<readonly Problem[]> {
  put(path, content);
  const { exit, problems } = await problemsAt(path);
  expect(exit).toBe(2);
  return problems.filter((one) => isAbout(one, path));
}

const isAbout = (problem: Problem, path: string): boolean =>
  problem.path === path || (NAMED_BY_A_SETTING.has(path) && problem.what.includes(path));

const text = (path: string): string => PROJECT[path] ?? "";

describe("every file that is read", () => {
  it.each(FILES)("is read with a byte order mark and carriage returns: %s", async (path) => {
    put(path, `\uFEFF${text(path).replaceAll("\n", "\r\n")}`);
    expect(await problemsAt(path)).toEqual({ exit: 0, problems: [] });
  });

  it.each(FILES)("is reported as UTF-16, with or without a byte order mark: %s", async (path) => {
    for (const mark of ["\uFEFF", ""]) {
      const found = await problemsWith(path, Buffer.from(mark + text(path), "utf16le"));
      expect(found).toMatchObject([{ code: "EVALS_FILE_ENCODING", what: expect.stringContaining("UTF-16") }]);
      expect(found[0]?.fix).toContain("iconv -f UTF-16");
    }
  });

  it.each(FILES)("is reported with the location of a byte that is not UTF-8: %s", async (path) => {
    const bytes = Buffer.concat([Buffer.from(text(path).trimEnd()), Buffer.from([0xe9, 0x0a])]);
    expect(await problemsWith(path, bytes)).toMatchObject([
      { code: "EVALS_FILE_ENCODING", what: expect.stringContaining("not UTF-8") },
    ]);
  });

  it.each(FILES)("is reported with the location of a NUL byte: %s", async (path) => {
    const found = await problemsWith(path, `${text(path).trimEnd()}\n\0\0\n`);
    expect(found).toMatchObject([{ code: "EVALS_FILE_BINARY", what: expect.stringContaining("NUL") }]);
  });

  it.each(FILES)("is reported as a Git LFS pointer, with the command that fetches it: %s", async (path) => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${HASH}\nsize 12\n`;
    const found = await problemsWith(path, pointer);
    expect(found).toMatchObject([{ code: "EVALS_FILE_LFS_POINTER" }]);
    expect(found[0]?.fix).toContain("git lfs pull");
  });

  it.each(FILES)("is reported with its merge conflict: %s", async (path) => {
    const lines = text(path).trimEnd().split("\n");
    const last = lines.pop();
    const sides = ["<<<<<<< HEAD", last, "=======", last, ">>>>>>> topic", ""];
    const found = await problemsWith(path, [...lines, ...sides].join("\n"));
    expect(found).toHaveLength(1);
    expect(found[0]?.what).toContain("merge conflict markers");
  });

  it.each(FILES.filter((path) => path !== ".env"))("is reported when it is a directory: %s", async (path) => {
    rmSync(join(root, path));
    mkdirSync(join(root, path));
    const { exit, problems } = await problemsAt(path);
    expect(exit).toBe(2);
    const about = problems.filter(
      (one) => isAbout(one, path) || one.path === undefined || one.what.includes(path),
    );
    if (path !== "evalconfig.yaml") expect(about.map((one) => one.what).join("\n")).toMatch(/directory/i);
  });

  it.each(FILES.filter((path) => IMPORTS[path] === undefined))(
    "is reported when it is a pipe: %s",
    async (path) => {
      rmSync(join(root, path));
      execFileSync("mkfifo", [join(root, path)]);
      const { exit, problems } = await problemsAt(path);
      expect(exit).toBe(2);
      const about = problems.filter((one) => isAbout(one, path));
      expect(about.map((one) => one.what).join("\n")).toMatch(
        path === "schemas/answer.json" ? /schemas/ : /pipe/,
      );
    },
  );
});

describe("every file with one object per line", () => {
  it.each(LINES)(
    "is reported once when it is one JSON list, written in one line or over many: %s",
    async (path) => {
      const values = text(path)
        .trimEnd()
        .split("\n")
        .map((one) => JSON.parse(one));
      for (const indent of [0, 2])
        expect(await problemsWith(path, JSON.stringify(values, null, indent))).toMatchObject([
          { line: 1, what: expect.stringContaining("one JSON list") },
        ]);
    },
  );

  it.each(LINES)("is reported once when its objects continue over several lines: %s", async (path) => {
    const values = text(path)
      .trimEnd()
      .split("\n")
      .map((one) => JSON.parse(one));
    const pretty = values.map((value) => JSON.stringify(value, null, 2)).join("\n");
    expect(await problemsWith(path, pretty)).toMatchObject([
      { line: 1, what: expect.stringContaining("several lines") },
    ]);
  });

  it.each(LINES)("refuses a duplicate key, in any spelling and at any depth: %s", async (path) => {
    const [first = "", ...rest] = text(path).split("\n");
    const key = /"(\w)(\w+)"/.exec(first) ?? [];
    const twice = `{"\\u00${key[1]?.charCodeAt(0).toString(16)}${key[2]}":"x",${first.slice(1)}`;
    expect(await problemsWith(path, [twice, ...rest].join("\n"))).toMatchObject([
      { code: "EVALS_JSON_DUPLICATE_KEY", line: 1, what: expect.stringContaining(`"${key[1]}${key[2]}"`) },
    ]);
    const deep = `${first.slice(0, -1)},"deep":[{"k":1,"l":{"k":2},"k":3}]}`;
    expect(await problemsWith(path, [deep, ...rest].join("\n"))).not.toEqual([]);
  });
});

it.each(JSON_FILES.filter((path) => path !== "studio.json"))(
  "refuses a key that is there twice in %s",
  async (path) => {
    const twice = text(path).replace("{\n", '{\n  "x": { "k": 1, "k": 2 },\n');
    const [found] = await problemsWith(path, twice);
    expect(`${found?.code} ${found?.line === 2 || found?.what.includes(":2:18")}`).toBe(
      "EVALS_JSON_DUPLICATE_KEY true",
    );
  },
);

describe("every YAML file", () => {
  it.each(YAML)("refuses a second document, with the place of its dashes: %s", async (path) => {
    const lines = text(path).split("\n").length;
    expect(await problemsWith(path, `${text(path)}---\ngate: {}\n`)).toMatchObject([
      { code: "EVALS_YAML_SECOND_DOCUMENT", line: lines, column: 1 },
    ]);
  });

  it.each(YAML)("may end in dashes with nothing after them: %s", async (path) => {
    put(path, `---\n${text(path)}---\n# the end\n`);
    expect(await problemsAt(path)).toEqual({ exit: 0, problems: [] });
  });

  it.each([...YAML, ...FRONT_MATTER])(
    "refuses a key that is there twice, in flow and in any spelling: %s",
    async (path) => {
      const twice = text(path).startsWith("- ")
        ? `- { id: z, input: { k: 1, "\\u006b": 2 } }\n${text(path)}`
        : text(path).replace(/^(---\n)?/, '$1x: { k: 1, "\\u006b": 2 }\n');
      expect(await problemsWith(path, twice)).toMatchObject([{ code: "EVALS_YAML_DUPLICATE_KEY" }]);
    },
  );
});

describe("every table", () => {
  it.each(TABLES.flatMap((path) => [";", "\t", "|"].map((sign) => [path, sign] as const)))(
    "is read whatever separates its cells: %s with %j",
    async (path, sign) => {
      put(path, text(path).replaceAll(",", sign));
      expect(await problemsAt(path)).toEqual({ exit: 0, problems: [] });
    },
  );

  it.each(TABLES)("names the line and column where an open quote begins: %s", async (path) => {
    const [header = "", first = "", ...rest] = text(path).split("\n");
    const open = first.replace(",", ',"');
    const column = first.indexOf(",") + 2;
    const lines = [header, open, ...rest, ...rest];
    expect(await problemsWith(path, lines.join("\n"))).toMatchObject([{ line: 2, column }]);
    const closedLater = [header, open, ...rest, first.replace(/,(.*)$/, ',"$1"'), ""];
    expect(await problemsWith(path, closedLater.join("\n"))).toMatchObject([{ line: 2, column }]);
  });

  it.each(TABLES)("names the row whose cells are separated in another way: %s", async (path) => {
    const [header = "", first = ""] = text(path).split("\n");
    const found = await problemsWith(path, `${header}\n${first.replaceAll(",", ";")}\n`);
    expect(found.find((one) => one.line === 2)?.what).toContain("separated by semicolons");
  });
});

describe("a file that is empty", () => {
  it.each(
    FILES.filter((path) =>
      /^(?:evalconfig|evals\/\w+\.yaml|datasets|prompts|judges\/good\/1\.0\.0\.md|schemas|fixtures\/made)/.test(
        path,
      ),
    ),
  )("is a mistake where something must be in it: %s", async (path) => {
    expect(await problemsWith(path, "")).not.toEqual([]);
  });
});

describe("every file with a number that a double cannot represent", () => {
  const number = "12345678901234567891";
  const REFUSED = [
    ...YAML,
    ...FRONT_MATTER,
    "schemas/answer.json",
    "datasets/lines.jsonl",
    "labels/lines.jsonl",
  ];

  it.each(REFUSED)("is refused with its location: %s", async (path) => {
    const isLines = path.endsWith(".jsonl");
    const isJson = path.endsWith(".json");
    const added = isLines
      ? text(path).replace("{", `{"x":[${number}],`)
      : isJson
        ? text(path).replace("{\n", `{\n  "x-id": ${number},\n`)
        : text(path).startsWith("- ")
          ? `- { id: z, input: { k: ${number} } }\n${text(path)}`
          : text(path).replace(/^(---\n)?/, `$1x: { k: ${number} }\n`);
    const [found] = await problemsWith(path, added);
    expect(found).toMatchObject({ code: "EVALS_NUMBER_CHANGED", what: expect.stringContaining(number) });
    expect(found?.column).toBeGreaterThan(1);
  });

  it.each([...YAML, ...FRONT_MATTER])("is refused with zeros before it, too: %s", async (path) => {
    for (const code of ["01234", "-007", "00.5"]) {
      const added = text(path).startsWith("- ")
        ? `- { id: z, input: { k: ${code} } }\n${text(path)}`
        : text(path).replace(/^(---\n)?/, `$1x: { k: ${code} }\n`);
      expect((await problemsWith(path, added))[0]).toMatchObject({
        code: "EVALS_NUMBER_LEADING_ZERO",
        fix: expect.stringContaining(`"${code}"`),
      });
    }
  });

  it("accepts a leading zero that is not dropped: of a fraction, a text, a hexadecimal number", async () => {
    const path = YAML.find((one) => text(one).startsWith("- ")) as string;
    const added =
      '- { id: z, expected: 0.5, input: { a: -0.25, b: "01234", c: 0, d: 0x0f, e: 2024-01-02 } }\n';
    put(path, `${added}${text(path)}`);
    expect(await problemsAt(path)).toEqual({ exit: 0, problems: [] });
  });

  it.each(["fixtures/made.jsonl", "fixtures/asked.jsonl"])("is read unchanged: %s", async (path) => {
    put(path, text(path).replace('"output":"é"', `"output":{"id":${number}}`));
    expect(await problemsAt(path)).toEqual({ exit: 0, problems: [] });
  });

  it.each(["datasets/lines.jsonl", ...YAML, ...FRONT_MATTER])(
    "is refused with half of a character in it, too: %s",
    async (path) => {
      const half = '"\\ud83d\\ude00 \\ud83d"';
      const added = path.endsWith(".jsonl")
        ? text(path).replace("{", `{"x":[${half}],`)
        : text(path).startsWith("- ")
          ? `- { id: z, input: { k: ${half} } }\n${text(path)}`
          : text(path).replace(/^(---\n)?/, `$1x: { k: ${half} }\n`);
      expect((await problemsWith(path, added))[0]).toMatchObject({ code: "EVALS_TEXT_HALF_CHARACTER" });
    },
  );

  it("gives an answer that is scored and stored unchanged", async () => {
    put("fixtures/made.jsonl", `{"case":"a","output":{"id":${number}}}\n{"case":"b","output":"s"}\n`);
    put(
      "evals/lines.yaml",
      `dataset: lines\nmodel: made\nscorers:\n  - { type: equals, value: '{"id":${number}}' }\n`,
    );
    const io = fakeIo(root);
    await main(["run", "lines", "--json"], io);
    await main(["show", "latest/a/1"], io);
    expect(io.printed.stdout).toContain(`{"id":${number}}`);
  });
});
