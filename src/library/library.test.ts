import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { scenario } from "../cli/testing/scenario.ts";
import {
  check,
  compare,
  history,
  promote,
  type RunEvent,
  report,
  rescore,
  rollback,
  runSuites,
} from "../index.ts";
import { type NumbersProject, numbersProject } from "./testing/numbers-project.ts";

let project: NumbersProject;
let directory: string;
const printed: string[] = [];
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "exit", "uncaughtException", "beforeExit"] as const;
const handlers = (): number[] => SIGNALS.map((name) => process.listenerCount(name));
let before: number[];

beforeEach(() => {
  project = numbersProject();
  directory = project.root;
  before = handlers();
  printed.length = 0;
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, "write").mockImplementation((text) => {
      printed.push(String(text));
      return true;
    });
});

afterEach(() => {
  vi.restoreAllMocks();
  expect(printed, "a library prints nothing").toEqual([]);
  expect(handlers(), "and leaves no handler behind").toEqual(before);
  project.remove();
});

/** A value after a round trip through JSON. */
const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const at = (prompt: string, more = {}) => runSuites({ directory, prompt, baseline: "none", ...more });

describe("the library", () => {
  it("runs no code of a project where EVALS_NO_EXEC forbids it", async () => {
    const env = { ...process.env, EVALS_NO_EXEC: "1" };
    for (const refused of [await runSuites({ directory, env }), await check({ directory, env })])
      expect(refused).toMatchObject({
        exit: 2,
        problems: expect.arrayContaining([expect.objectContaining({ code: "EVALS_NO_EXEC" })]),
      });
  });

  it("runs suites at the same time in one process, and compares their runs", async () => {
    const [good, worse, again] = await Promise.all([at("p@1.0.0"), at("p@1.1.0"), at("p@1.0.0")]);
    expect([good, worse, again].map(({ exit }) => exit)).toEqual([0, 0, 0]);
    expect(good.runs[0]?.metrics.pass_rate?.value).toBe(1);
    expect(worse.runs[0]?.metrics.pass_rate?.value).toBeCloseTo(2 / 3, 9);
    expect(again.runs[0]?.counts).toMatchObject({ trials: 90, answered: 90 });
    const found = await compare({
      directory,
      baseline: good.runs[0]?.id ?? "",
      candidate: worse.runs[0]?.id,
    });
    expect(found).toMatchObject({ schema: "evals.diff/1", exit: 1, verdict: "regressed" });
    expect(found.comparisons[0]?.cases.broken).toHaveLength(10);
    expect((await history({ directory })).runs).toHaveLength(3);
  });

  it("gives the documents that the commands print", async () => {
    const ran = await at("p@1.0.0");
    await at("p@1.1.0");
    const repo = scenario(null);
    const typed = async (args: string): Promise<unknown> =>
      JSON.parse((await repo.evals(`${args} -C ${directory}`)).stdout);
    const id = ran.runs[0]?.id ?? "";
    try {
      expect(json(ran)).toEqual(await typed(`report ${id} --format json`));
      expect(json(await report({ directory, run: id }))).toEqual(json(ran));
      expect(json(await check({ directory }))).toEqual(await typed("check --json"));
      expect(json(await history({ directory, suite: "numbers" }))).toEqual(
        await typed("history numbers --json"),
      );
      const sides = { baseline: "prompt:p@1.0.0", candidate: "prompt:p@1.1.0" };
      expect(json(await compare({ directory, ...sides }))).toEqual(
        await typed("diff prompt:p@1.0.0 prompt:p@1.1.0 --json"),
      );
    } finally {
      repo.remove();
    }
  });

  it("runs a side without a result on request, and otherwise says how to request it", async () => {
    await at("p@1.0.0");
    const sides = { directory, baseline: "prompt:p@1.0.0", candidate: "prompt:p@1.1.0" };
    const none = await compare(sides);
    expect(none).toMatchObject({ exit: 2, verdict: null, comparisons: [] });
    expect(none.problems?.map(({ code }) => code)).toEqual(["EVALS_DIFF_NOT_RUN"]);
    const events: string[] = [];
    const found = await compare({ ...sides, runMissing: true, onEvent: ({ kind }) => events.push(kind) });
    expect(found.verdict).toBe("regressed");
    expect(events.filter((kind) => kind !== "trial")).toEqual(["planned", "started", "ended"]);
  });

  it("promotes, gates against the promoted baseline, rescores and rolls back", async () => {
    const ran = await runSuites({ directory });
    const promoted = await promote({ directory, as: "first", message: "a start" });
    expect(promoted).toMatchObject({ schema: "evals.promote/1", exit: 0, tag: "evals/first" });
    expect(promoted.promoted[0]).toMatchObject({ suite: "numbers", run: ran.runs[0]?.id });
    const gated = await runSuites({ directory, prompt: "p@1.1.0" });
    expect(gated).toMatchObject({ exit: 1, runs: [{ gate: { outcome: "failed", verdict: "regressed" } }] });
    const rescored = await rescore({ directory, run: ran.runs[0]?.id ?? "" });
    expect(rescored).toMatchObject({ exit: 0, run: { rescored_from: ran.runs[0]?.id } });
    project.write("prompts/p/1.0.0.md", "system:\nSay nothing.\nuser:\n{{ input.n }}\n");
    project.git("commit", "-qam", "a change for the worse");
    expect(await rollback({ directory, tag: "first" })).toMatchObject({
      exit: 0,
      restored: ["prompts/p/1.0.0.md"],
      proofs: [{ suite: "numbers", equal: true }],
    });
  });
});

describe("a mistake", () => {
  it("in a file is in the document with its location, and nothing is run", async () => {
    project.write("evals/numbers.yaml", "dataset: numbrs\nprompt: p@1.0.0\nmodle: bot\nscorers: []\n");
    const ran = await runSuites({ directory });
    expect(ran).toMatchObject({ schema: "evals.run/1", exit: 2, runs: [] });
    expect(ran.problems?.find(({ what }) => what.includes("modle"))).toMatchObject({
      path: "evals/numbers.yaml",
      line: 3,
      column: 1,
    });
    expect((await check({ directory })).exit).toBe(2);
    expect((await history({ directory })).runs).toEqual([]);
  });

  it.each([
    [
      "an option that is not known",
      () => runSuites({ suite: "numbers" } as never),
      'no option "suite". Did you mean "suites"?',
    ],
    ["an option that cannot be read", () => runSuites({ trials: 0 }), 'cannot read its option "trials"'],
    [
      "no options where some are needed",
      () => compare(undefined as never),
      "compare cannot read its options",
    ],
    ["a directory that is not there", () => check({ directory: "/there/is/no/such" }), "does not exist"],
    ["a tag that is not there", () => rollback({ directory, tag: "none" }), "none"],
    [
      "options that exclude each other",
      () => at("p@1.0.0", { record: true, replay: true }),
      "exclude each other",
    ],
  ])("is a problem with exit 2, never thrown: %s", async (_, call, what) => {
    const { exit, problems } = await call();
    expect(exit).toBe(2);
    expect(problems?.map((one) => one.what).join("\n")).toContain(what);
  });
});

describe("a run under way", () => {
  it("reports itself by events", async () => {
    const events: RunEvent[] = [];
    const ran = await at("p@1.1.0", { trials: 1, onEvent: (event: RunEvent) => events.push(event) });
    const [run] = ran.runs;
    const name = { id: run?.id, suite: "numbers", alias: "bot" };
    expect(events[0]).toEqual({
      kind: "planned",
      runs: [{ suite: "numbers", alias: "bot", cases: 30, trials: 30 }],
    });
    expect(events[1]).toEqual({ kind: "started", run: name, trials: 30, done: 0 });
    expect(events.at(-1)).toEqual({ kind: "ended", run });
    const trials = events.filter((one) => one.kind === "trial");
    expect(new Set(trials.map((one) => one.case)).size).toBe(30);
    expect(trials.find((one) => one.case === "c03")).toEqual({
      ...{ kind: "trial", run: name, case: "c03", trial: 1, outcome: "answered" },
      ...{ pass: false, cached: false, cost_usd: null },
    });
  });

  it("stops when its signal is aborted, keeps what was answered, and goes on later", async () => {
    const stop = new AbortController();
    let answered = 0;
    const stopped = await at("p@1.0.0", {
      signal: stop.signal,
      concurrency: 2,
      onEvent: ({ kind }: RunEvent) => {
        if (kind === "trial" && ++answered === 10) stop.abort();
      },
    });
    const [run] = stopped.runs;
    expect(stopped.exit).toBe(3);
    expect(run?.end).toEqual({
      kind: "skipped",
      because: "cancelled",
      go_on: `evals run ${run?.suite} --resume --run ${run?.id} --concurrency 2 --baseline none`,
    });
    expect(run?.counts.answered).toBeGreaterThanOrEqual(10);
    expect(run?.counts.answered).toBeLessThan(90);
    const whole = await at("p@1.0.0", { resume: true });
    expect(whole.runs[0]).toMatchObject({ id: run?.id, status: "complete" });
    expect(whole.runs[0]?.counts).toMatchObject({ answered: 90, calls: 90 });
  });

  it("is not begun when its signal was aborted before", async () => {
    const ran = await at("p@1.0.0", { signal: AbortSignal.abort() });
    expect(ran).toMatchObject({ exit: 3, runs: [] });
    expect((await history({ directory })).runs).toEqual([]);
  });

  it("is resumed by only one call at a time", async () => {
    const stop = new AbortController();
    const onEvent = ({ kind }: RunEvent): void => {
      if (kind === "trial") stop.abort();
    };
    await at("p@1.0.0", { signal: stop.signal, concurrency: 1, onEvent });
    const both = await Promise.all([at("p@1.0.0", { resume: true }), at("p@1.0.0", { resume: true })]);
    const codes = both.flatMap(({ problems = [] }) => problems.map(({ code }) => code));
    expect(codes).toEqual(["EVALS_RUN_BUSY"]);
    expect(both.flatMap(({ runs }) => runs)[0]?.counts).toMatchObject({ answered: 90, calls: 90 });
  });

  it("rejects with the error of a listener, and loses no answer", async () => {
    const failure = new Error("a listener's own mistake");
    const onEvent = ({ kind }: RunEvent): void => {
      if (kind === "trial") throw failure;
    };
    await expect(at("p@1.0.0", { onEvent, concurrency: 1 })).rejects.toBe(failure);
    expect((await history({ directory })).runs[0]).toMatchObject({ status: "incomplete" });
  });

  it("reports by events what a module prints", async () => {
    project.write(
      "bot.mjs",
      'export default (input) => { console.log("asked", input.n); return String(input.n); };\n',
    );
    const lines: string[] = [];
    const onEvent = (event: RunEvent): void => {
      if (event.kind === "printed") lines.push(event.text);
    };
    await at("p@1.0.0", { trials: 1, cases: ["c07"], onEvent });
    expect(lines).toEqual(["[bot.mjs] asked 7"]);
  });

  it("is undecided after a module threw outside of any call, and the process continues", async () => {
    project.write(
      "bot.mjs",
      `export default async (input) => {
  if (input.n === 3) setTimeout(() => { throw new Error("too late"); }, 5);
  await new Promise((over) => setTimeout(over, 40));
  return String(input.n);
};\n`,
    );
    const ran = await at("p@1.0.0", { trials: 1, concurrency: 4 });
    expect(ran.exit).toBe(3);
    const messages = [
      ...(ran.problems ?? []).map(({ what }) => what),
      ...(ran.runs[0]?.error_examples ?? []).map(({ message }) => message),
    ];
    expect(messages.join("\n")).toContain("too late");
  });
});
