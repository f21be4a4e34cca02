import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { main } from "../main.ts";
import { fakeIo } from "../testing/fake-io.ts";

const lines = (rows: readonly unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

/** Values that a table format is likely to change: cases and answers. */
const CASES = [
  { id: "plain", input: "ask", expected: "right" },
  { id: "object", input: { q: ["=1+1", null], n: 1.5 }, expected: { a: [1, "x"] } },
  { id: "numbers", input: "007", expected: "42" },
  { id: "json text", input: '{"a":1}', expected: "null" },
  { id: "lines", input: 'two\r\nlines, "quoted"', expected: "a\rb" },
  { id: "edges", input: " =SUM(A1) ", expected: "'tis" },
  { id: "empty", input: "", expected: "" },
  { id: "nothing expected", input: [1, { b: false }] },
  { id: "null", input: null, expected: null },
];
const ANSWERS = ["=1+1", "'quoted", "<script>", "灯\n二", "", " edge ", "+49", "a,b", "-x"];

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "evals-export-"));
  put("evalconfig.yaml", "models:\n  rec: { provider: outputs, file: fixtures/r.jsonl }\n");
  put(
    "evals/s.yaml",
    "dataset: s\nmodel: rec\ntrials: 2\nscorers:\n  - { type: length, name: short, max: 4 }\n  - { type: length, name: odd, min: 2, required: false }\n",
  );
  put("datasets/s.jsonl", lines(CASES));
  const answers = CASES.map(({ id }, at) => ({
    case: id,
    output: ANSWERS[at],
    latency_ms: 10 * at,
    cost_usd: 0.001,
    model: "m",
    usage: { input_tokens: at, output_tokens: 2 },
  }));
  put("fixtures/r.jsonl", lines([...answers, { case: "plain", output: "again" }]));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

async function evals(args: readonly string[], cwd = root): Promise<{ exit: number; stdout: string }> {
  const io = fakeIo(cwd);
  const exit = await main([...args], io);
  return { exit, stdout: io.printed.stdout };
}

async function exported(format: string): Promise<Buffer> {
  await evals(["run", "--quiet"]);
  const { exit, stdout } = await evals(["export", format, "--out", `out/run.${format}`, "--json"]);
  expect(JSON.parse(stdout)).toMatchObject({
    schema: "evals.export/1",
    suite: "s",
    rows: CASES.length + 1,
    file: `out/run.${format}`,
  });
  expect(exit).toBe(0);
  return readFileSync(join(root, `out/run.${format}`));
}

describe("evals export", () => {
  it("json has one object per trial, with its case, answer, usage and scores by name", async () => {
    const rows = JSON.parse((await exported("json")).toString()) as Record<string, unknown>[];
    expect(rows.map((row) => [row.case, row.trial, row.output])).toEqual(
      CASES.flatMap(({ id }, at) =>
        id === "plain"
          ? [
              [id, 1, ANSWERS[at]],
              [id, 2, "again"],
            ]
          : [[id, 1, ANSWERS[at]]],
      ),
    );
    expect(rows[2]).toMatchObject({
      suite: "s",
      input: { q: ["=1+1", null], n: 1.5 },
      expected: { a: [1, "x"] },
      outcome: "answered",
      pass: false,
      model: "m",
      usage: { input_tokens: 1, output_tokens: 2, cached_input_tokens: null },
      latency_ms: 10,
      cost_usd: 0.001,
      scores: { short: { score: 0, pass: false }, odd: { score: 1, pass: true } },
    });
    expect("expected" in (rows.find((row) => row.case === "nothing expected") ?? {})).toBe(false);
  });

  it("parquet has the columns of the table, with their types", async () => {
    const bytes = await exported("parquet");
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
    const types = Object.fromEntries(
      parquetMetadata(file)
        .schema.slice(1)
        .map(({ name, type }) => [name, type]),
    );
    expect(types).toMatchObject({
      pass: "BOOLEAN",
      trial: "INT32",
      input_tokens: "INT32",
      output: "BYTE_ARRAY",
      cost_usd: "DOUBLE",
      "score.short": "DOUBLE",
    });
    const rows = (await parquetReadObjects({ file })) as Record<string, unknown>[];
    expect(rows.map(({ output }) => output)).toEqual([ANSWERS[0], "again", ...ANSWERS.slice(1)]);
    expect(rows[0]).toMatchObject({ pass: true, "score.short": 1, "score.odd": 1, latency_ms: 0 });
  });

  it("csv goes to stdout when no file is named, and no cell with an answer is a formula", async () => {
    await evals(["run", "--quiet"]);
    const { stdout } = await evals(["export", "csv"]);
    expect(stdout.split("\n")[0]).toBe(
      "run,suite,case,trial,input,expected,outcome,output,pass,model,input_tokens,output_tokens,latency_ms,cost_usd,score.short,score.odd",
    );
    expect(stdout).toContain("answered,'=1+1,true,m,0,2,0,0.001,1,1\n");
    expect(stdout).not.toMatch(/(?:^|,)"?[=+]/m);
  });

  it.each(["csv", "parquet"])(
    "%s, imported again, gives cases with the same content and the same answers",
    async (format) => {
      await exported(format);
      mkdirSync(join(root, "other/.git"), { recursive: true });
      const { exit, stdout } = await evals(
        ["import", format, `../out/run.${format}`, "--name", "s", "--json"],
        join(root, "other"),
      );
      expect(JSON.parse(stdout)).toMatchObject({
        left: [],
        taken: { cases: CASES.length, answers: CASES.length + 1 },
      });
      expect(exit).toBe(0);
      const rows = (path: string): unknown[] =>
        readFileSync(join(root, "other", path), "utf8")
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line) as unknown);
      expect(rows("datasets/s.jsonl")).toEqual(CASES);
      expect(rows("fixtures/s.jsonl").map((row) => (row as { output: string }).output)).toEqual([
        ANSWERS[0],
        "again",
        ...ANSWERS.slice(1),
      ]);
      expect((await evals(["check", "--json"], join(root, "other"))).exit).toBe(0);
    },
  );

  it("names a run that is not there, and a file that cannot be written", async () => {
    await evals(["run", "--quiet"]);
    expect(JSON.parse((await evals(["export", "csv", "ffff", "--json"])).stdout)).toMatchObject({
      exit: 2,
      problems: [{ code: "EVALS_RUN_UNKNOWN" }],
    });
    put("blocked", "x");
    expect(
      JSON.parse((await evals(["export", "csv", "--out", "blocked/run.csv", "--json"])).stdout),
    ).toMatchObject({
      exit: 2,
      problems: [{ code: "EVALS_EXPORT_UNWRITABLE" }],
    });
    expect(existsSync(join(root, "blocked/run.csv"))).toBe(false);
  });
});
