import { describe, expect, it } from "vitest";
import { gitProject, isolateGit } from "../testing/git-project.ts";

isolateGit();

const jsonl = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

/** The answer of a trial of case `n`; undefined when none was recorded. */
type Answers = (n: number, trial: number) => string | undefined;

interface Setting {
  readonly cases?: number;
  readonly trials?: number;
  readonly before: Answers;
  readonly after: Answers;
  readonly tags?: (n: number) => readonly string[];
  readonly scorer?: string;
  readonly gate?: string;
}

const EXACT = "{ type: equals, name: exact }";

/** Two recorded sides of one suite, `before` and `after`. */
function recorded({
  cases = 40,
  trials = 4,
  before,
  after,
  tags = () => [],
  scorer = EXACT,
  gate = "",
}: Setting) {
  const ids = Array.from({ length: cases }, (_, n) => n);
  const file = (answers: Answers): string =>
    jsonl(
      ids.flatMap((n) =>
        Array.from({ length: trials }, (_, trial) => answers(n, trial)).flatMap((output, trial) =>
          output === undefined ? [] : [{ case: `c${n}`, trial: trial + 1, output }],
        ),
      ),
    );
  const project = gitProject({
    ".gitignore": ".evals/\n",
    "evalconfig.yaml":
      "models:\n  before: { provider: outputs, file: fixtures/before.jsonl }\n  after: { provider: outputs, file: fixtures/after.jsonl }\n",
    "evals/s.yaml": `dataset: d\nmodel: before\ntrials: ${trials}\nscorers:\n  - ${scorer}\n${gate}`,
    "datasets/d.jsonl": jsonl(
      ids.map((n) => ({ id: `c${n}`, input: { n }, expected: "yes", tags: tags(n) })),
    ),
    "fixtures/before.jsonl": file(before),
    "fixtures/after.jsonl": file(after),
  });
  const run = async (model: string, ...args: string[]): Promise<string> => {
    const { document } = await project.json(["run", "s", "--model", model, "--baseline", "none", ...args]);
    return document.runs[0].id;
  };
  const diff = async (a: string, b: string) => {
    const { exit, document } = await project.json(["diff", a, b]);
    return { exit, ...document, comparison: document.comparisons?.[0] };
  };
  return { project, run, diff };
}

const always: Answers = () => "yes";
const never: Answers = () => "no";
/** Answers of which three in four are right. */
const mostly: Answers = (n, trial) => ((n + trial) % 4 === 0 ? "no" : "yes");

describe("two sides that cannot be compared well get an explanation, never a wrong verdict", () => {
  it("other scorers: nothing moved, and what to type", async () => {
    const { project, run, diff } = recorded({ before: mostly, after: never });
    const a = await run("before");
    project.write("evals/s.yaml", project.read("evals/s.yaml").replace("equals", "contains"));
    const b = await run("after");
    const { exit, verdict, comparison } = await diff(a, b);
    expect({ exit, verdict }).toEqual({ exit: 3, verdict: "incomparable" });
    expect(comparison.cases).toMatchObject({ paired: 40, broken: [], fixed: [] });
    const { stdout } = await project.evals(["diff", a, b]);
    expect(stdout).toContain("pass rate cannot be compared: the two sides were scored differently");
    expect(stdout).toContain(`evals rescore ${a}`);
  });

  it("other trials: compared case by case", async () => {
    const { run, diff } = recorded({ before: mostly, after: mostly });
    const { verdict, comparison } = await diff(await run("before"), await run("after", "--trials", "1"));
    expect(verdict).toBe("inconclusive");
    expect(comparison).toMatchObject({ baseline: { trials: 4 }, candidate: { trials: 1 } });
    const bad = recorded({ before: mostly, after: never });
    expect((await bad.diff(await bad.run("before"), await bad.run("after", "--trials", "1"))).exit).toBe(1);
  });

  it("another dataset: no case in common", async () => {
    const { project, run, diff } = recorded({ before: always, after: always });
    const a = await run("before");
    for (const path of ["datasets/d.jsonl", "fixtures/after.jsonl"])
      project.write(path, project.read(path).replaceAll(/"c(\d+)"/g, '"other$1"'));
    const { exit, verdict, comparison } = await diff(a, await run("after"));
    expect({ exit, verdict }).toEqual({ exit: 3, verdict: "incomparable" });
    expect(comparison.cases).toMatchObject({ paired: 0 });
    expect(comparison.cases.new).toHaveLength(40);
    expect(comparison.cases.removed).toHaveLength(40);
    expect(comparison.said).toContain("none has the same id and content");
  });

  it("every case edited: all are listed as changed", async () => {
    const { project, run, diff } = recorded({ before: always, after: always });
    const a = await run("before");
    project.write("datasets/d.jsonl", project.read("datasets/d.jsonl").replaceAll('"n":', '"m":'));
    const { exit, comparison } = await diff(a, await run("after"));
    expect(exit).toBe(3);
    expect(comparison.cases.changed).toHaveLength(40);
  });

  it.each([
    ["one trial, all the same", 40, 1, always, always, "inconclusive", 0],
    ["one trial of many, all the same", 100, 1, always, always, "no_regression", 0],
    ["one case, the same", 1, 4, always, always, "inconclusive", 0],
    ["one case and one trial, broken", 1, 1, always, never, "inconclusive", 0],
    ["all failing on both sides", 100, 4, never, never, "no_regression", 0],
    ["everything broken", 40, 4, always, never, "regressed", 1],
  ] as const)("%s", async (_what, cases, trials, before, after, verdict, exit) => {
    const { run, diff } = recorded({ cases, trials, before, after });
    const ended = await diff(await run("before"), await run("after"));
    expect({ verdict: ended.verdict, exit: ended.exit }).toEqual({ verdict, exit });
  });

  it("nothing answered on one side", async () => {
    const { run, diff } = recorded({ before: always, after: (n) => (n === 0 ? "yes" : undefined) });
    const { verdict, comparison } = await diff(await run("before"), await run("after"));
    expect(verdict).toBe("inconclusive");
    expect(comparison.cases).toMatchObject({ paired: 1 });
    expect(comparison.cases.missing).toHaveLength(39);
  });

  it("scores that are not numbers between 0 and 1 are errors, and no result is computed from them", async () => {
    const { project, run, diff } = recorded({
      before: always,
      after: (n) => (n < 7 ? "odd" : "yes"),
      scorer: "{ type: module, name: odd, file: odd.mjs, threshold: 0.5 }",
    });
    project.write(
      "odd.mjs",
      'const odd = [NaN, 1.5, -0.1, "0.9", Infinity, null, undefined];\nexport default ({ case: one, output }) => (output === "odd" ? odd[one.input.n] : 0.8);\n',
    );
    const a = await run("before");
    const { document, exit } = await project.json(["run", "s", "--model", "after", "--baseline", `run:${a}`]);
    expect(exit).toBe(3);
    const [judged] = document.runs;
    expect(judged.counts).toMatchObject({ answered: 33 * 4, errored: 7 * 4 });
    expect(judged.errors).toEqual({ tool: 28 });
    expect(judged.metrics["score.odd"].value).toBeCloseTo(0.8, 12);
    expect(judged.metrics.pass_rate.value).toBe(1);
    expect((await diff(a, judged.id)).comparison.cases.broken).toEqual([]);
  });
});

describe("tags", () => {
  it("wins over all, loses on one: both intervals and the tags in plain words, in 80 columns", async () => {
    const { project, run } = recorded({
      before: (n, trial) => ((n + trial) % 2 === 0 ? "yes" : "no"),
      after: (n) => (n % 5 === 0 ? "not this time, sorry" : "yes"),
      tags: (n) => [n % 5 === 0 ? "billing" : "shipping"],
    });
    const { stdout, exit } = await project.evals(["diff", await run("before"), await run("after")]);
    expect(exit).toBe(0);
    expect(stdout).toContain("IMPROVED  s");
    expect(stdout).toContain("wins on `shipping` (+50.0), loses on `billing` (−50.0)");
    expect(stdout).toMatch(
      /pass rate, 90 % interval of the difference\n {4}on these 40 cases {4}\+\d.*points\n {4}on cases like these {2}\+\d.*points\n/,
    );
    expect(stdout).toContain("answers before and after: [-gone-] {+new+}");
    for (const line of stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  it("a tag of a single case is not judged, and ten thousand tags are handled", async () => {
    const { run, diff, project } = recorded({
      cases: 100,
      trials: 1,
      before: always,
      after: (n) => (n === 7 ? "no" : "yes"),
      tags: (n) => [
        n === 7 ? "alone" : "rest",
        ...Array.from({ length: 100 }, (_, i) => `t${(n % 50) * 100 + i}`),
      ],
    });
    const [a, b] = [await run("before"), await run("after")];
    const { comparison } = await diff(a, b);
    expect(comparison.tags).toHaveLength(5001);
    const named = comparison.tags.filter((one: { significant: boolean }) => one.significant);
    expect(named).toEqual([]);
    expect(comparison.tags.map((one: { tag: string }) => one.tag)).not.toContain("alone");
    const { stdout } = await project.evals(["diff", a, b]);
    expect(stdout.split("\n").length).toBeLessThan(40);
  });
});

describe("an agent's recorded trajectories, 50 tasks with four trials each", () => {
  /** Number of solved trials for each task. As is typical of agents, most tasks are solved always or never. */
  const SOLVED = [
    4, 0, 0, 2, 4, 1, 0, 4, 3, 0, 0, 4, 1, 2, 0, 4, 0, 3, 0, 1, 4, 0, 2, 0, 4, 0, 1, 3, 0, 4, 0, 0, 2, 1, 4,
    0, 0, 3, 0, 4, 1, 0, 2, 0, 4, 0, 0, 1, 3, 0,
  ];
  /** Whether a trial of a task is solved. The solved trials are spread over both halves of the trials. */
  const solved = (n: number, trial: number): boolean =>
    [0, 2, 1, 3].indexOf((trial + n) % 4) < (SOLVED[n] ?? 0);
  const half =
    (from: number): Answers =>
    (n, trial) =>
      solved(n, from + trial) ? "yes" : "no";

  it("show no regression when one half of the trials is compared with the other", async () => {
    const { run, diff } = recorded({ cases: 50, trials: 2, before: half(0), after: half(2) });
    const { verdict, exit } = await diff(await run("before"), await run("after"));
    expect(["no_regression", "inconclusive"]).toContain(verdict);
    expect(exit).toBe(0);
  });

  it("show a regression when eight solved tasks are broken, with those tasks first in the list", async () => {
    const sure = SOLVED.flatMap((count, n) => (count === 4 ? [n] : [])).slice(0, 8);
    const { run, diff } = recorded({
      cases: 50,
      trials: 2,
      before: half(0),
      after: (n, trial) => (sure.includes(n) ? "no" : half(2)(n, trial)),
    });
    const { verdict, exit, comparison } = await diff(await run("before"), await run("after"));
    expect({ verdict, exit }).toEqual({ verdict: "regressed", exit: 1 });
    expect(comparison.cases.broken.slice(0, 8).toSorted()).toEqual(sure.map((n) => `c${n}`).toSorted());
  });
});
