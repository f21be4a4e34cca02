import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type JudgeServer, judgeServer, pairShown } from "../../providers/testing/judge-server.ts";
import { seededRandom } from "../../statistics/seeded-random.ts";
import { type Scenario, scenario } from "../testing/scenario.ts";

const TRACES = fileURLToPath(new URL("../../../fixtures/traces/shop-bot.jsonl", import.meta.url));

let repo: Scenario;
const servers: JudgeServer[] = [];
beforeEach(() => {
  repo = scenario(null);
  repo.write("evalconfig.yaml", "models:\n  m: { provider: outputs, file: out.jsonl }\n");
});
afterEach(async () => {
  repo.remove();
  for (const one of servers.splice(0)) await one.close();
});

const jsonl = (lines: readonly object[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join("");
const random = seededRandom("ab");
const arm = (name: string, size: number, rate: number, tags: readonly string[] = []): object[] =>
  Array.from({ length: size }, (_, i) => ({
    session: `${name}${i}`,
    at: new Date(Date.UTC(2026, 4, 1 + Math.floor(i / 40), 9, i % 60)).toISOString(),
    output: "x".repeat(20 + (i % 7)),
    pass: random() < rate,
    latency_ms: 300 + (i % 50),
    cost_usd: 0.001,
    tags,
  }));
const json = async (args: string) => JSON.parse((await repo.evals(`${args} --json`)).stdout);

describe("evals ab", () => {
  it("calls the better arm, with every number and every stratum, and ends 0", async () => {
    repo.write("a.jsonl", jsonl([...arm("a", 600, 0.6, ["easy"]), ...arm("c", 30, 0.6, ["hard"])]));
    repo.write("b.jsonl", jsonl([...arm("b", 600, 0.85, ["easy"]), ...arm("d", 30, 0.6, ["hard"])]));
    const { exit, stdout } = await repo.evals("ab file:a.jsonl file:b.jsonl");
    expect(exit).toBe(0);
    expect(stdout).toMatch(/^B IS BETTER {3}pass rate \+2\d/);
    expect(stdout).toMatch(/^ {0,2}tag:easy .* b is better$/m);
    for (const line of stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
    const document = await json("ab file:a.jsonl file:b.jsonl");
    expect(document).toMatchObject({
      schema: "evals.ab/1",
      exit: 0,
      verdict: "b_better",
      decided_by: "pass_rate",
      design: "rollout",
      arms: { a: { source: "file:a.jsonl", sessions: 630, answers: 630 } },
    });
    expect(document.metrics.map((one: { metric: string }) => one.metric)).toEqual([
      ...["pass_rate", "error_rate", "refusal_rate", "latency_p50", "latency_p95", "latency_p99"],
      ...["cost_per_trial", "output_length", "feedback"],
    ]);
    expect(document.strata.map((one: { stratum: string }) => one.stratum)).toEqual(["tag:easy", "tag:hard"]);
  });

  it("is undecided without a difference, and reports what the data does not contain", async () => {
    repo.write("a.jsonl", jsonl([{ output: "x" }, { output: "y", error: "timeout" }]));
    repo.write("b.jsonl", jsonl([{ output: "x" }]));
    const { exit, stdout } = await repo.evals("ab file:a.jsonl file:b.jsonl");
    expect([exit, stdout]).toEqual([
      0,
      expect.stringMatching(/^UNDECIDED {3}it is not known which answers are good/),
    ]);
    const words = stdout.replace(/\s+/g, " ");
    expect(words).toContain('add "pass" to each line, or use --suite or --judge');
    expect(words).toContain("names its session");
  });

  it.each([
    ['{"output":"x","pass":"yes"}', 1, "EVALS_ARM_INVALID"],
    ['{"output":"x"}\n{"session":"s"}', 2, "EVALS_ARM_OUTPUT"],
    ['{"error":"","refusal":""}', 1, "EVALS_ARM_OUTPUT"],
    ['{"output":"x","at":"yesterday"}', 1, "EVALS_ARM_INVALID"],
    ['{"output":"x"', 1, "EVALS_ARM_CUT_OFF"],
    ['{"output":"x"}\nnull', 2, "EVALS_ARM_INVALID"],
  ])("refuses %j with its line", async (text, line, code) => {
    repo.write("a.jsonl", text);
    repo.write("b.jsonl", '{"output":"x"}\n');
    expect(await json("ab file:a.jsonl file:b.jsonl")).toMatchObject({
      exit: 2,
      verdict: null,
      problems: [{ path: "a.jsonl", line, code }],
    });
  });

  it("tells 85 % from 60 % also where every session asks the same", async () => {
    const asked = (name: string, rate: number) =>
      jsonl(arm(name, 800, rate).map((line) => ({ ...line, input: "Where is my parcel?", feedback: -1 })));
    repo.write("a.jsonl", asked("a", 0.6));
    repo.write("b.jsonl", asked("b", 0.85));
    expect(await json("ab file:a.jsonl file:b.jsonl")).toMatchObject({ verdict: "b_better", pairs: 800 });
    expect((await repo.evals("ab file:a.jsonl file:b.jsonl")).stdout).toMatch(/^feedback +−1\.00 +−1\.00/m);
  });

  it.each([null, false, ""])("takes %j for no error, and any other word for one", async (none) => {
    const lines = (error: unknown) => jsonl(arm("s", 20, 0.5).map((line) => ({ ...line, error })));
    repo.write("a.jsonl", lines(none));
    repo.write("b.jsonl", lines("timeout"));
    const { metrics } = await json("ab file:a.jsonl file:b.jsonl");
    expect(metrics[1]).toMatchObject({ metric: "error_rate", a: 0, b: 1 });
  });

  it("refuses a word that is not an arm, and an empty arm", async () => {
    repo.write("a.jsonl", "");
    expect((await repo.evals("ab file:a.jsonl file:a.jsonl")).stderr).toContain("EVALS_ARM_EMPTY");
    expect((await repo.evals("ab file:c.jsonl file:a.jsonl")).stderr).toContain("EVALS_ARM_FILE");
    repo.write("b.jsonl", '{"output":"x"}\n');
    expect((await repo.evals("ab file:b.jsonl file:./b.jsonl")).stderr).toContain("EVALS_ARM_SHARED");
    expect((await repo.evals("ab a.jsonl file:a.jsonl")).stderr).toContain("is not a condition");
  });

  it("lets a suite's scorers decide what passes, by case and trial", async () => {
    for (const folder of ["evals", "datasets"]) mkdirSync(join(repo.root, folder));
    repo.write("evals/s.yaml", "dataset: s\nmodel: m\nscorers: [{ type: contains }]\n");
    const ids = Array.from({ length: 40 }, (_, i) => `c${i}`);
    repo.write("datasets/s.jsonl", jsonl(ids.map((id) => ({ id, input: id, expected: "yes" }))));
    const lines = (right: (i: number) => boolean) =>
      jsonl(ids.map((id, i) => ({ case: id, output: right(i) ? "oh yes" : "no", pass: !right(i) })));
    repo.write(
      "a.jsonl",
      lines((i) => i % 4 === 0),
    );
    repo.write(
      "b.jsonl",
      lines(() => true),
    );
    expect(await json("ab file:a.jsonl file:b.jsonl --suite s")).toMatchObject({
      verdict: "b_better",
      design: "shadow",
      pairs: 40,
      metrics: { 0: { metric: "pass_rate", a: 0.25, b: 1, delta: 0.75 } },
    });
    repo.write("a.jsonl", '{"case":"c1","output":"yes"}\n{"output":"yes"}\n');
    expect(await json("ab file:a.jsonl file:b.jsonl --suite s")).toMatchObject({
      problems: [{ code: "EVALS_ARM_CASE", path: "a.jsonl", line: 2, column: 1 }],
    });
  });

  describe("with a judge", () => {
    const judged = async (kind: string) => {
      const server = await judgeServer({
        "judge-2024-07-18": (request) => {
          const [first, second] = pairShown(request);
          const good = (text: string): boolean => text.includes("good");
          // When neither answer is good it chooses the first one, so that its verdict depends on the order.
          const winner = good(first) === good(second) ? "first" : good(first) ? "first" : "second";
          return JSON.stringify({ reason: "as asked", verdict: winner });
        },
      });
      servers.push(server);
      mkdirSync(join(repo.root, "judges/better"), { recursive: true });
      repo.write("judges/better/1.0.0.md", `---\nkind: ${kind}\nmodel: judge\n---\nWhich helps more?\n`);
      repo.write(
        "evalconfig.yaml",
        `models:\n  judge: { provider: openai, model: judge-2024-07-18, base_url: "http://127.0.0.1:${server.port}/v1", price: { input: 1, output: 1 } }\n`,
      );
      return server;
    };
    const lines = (output: (i: number) => string) =>
      jsonl(Array.from({ length: 40 }, (_, i) => ({ input: `q${i}`, output: output(i) })));

    it("asks the judge about pairs of the same input in both orders; a verdict that depends on the order is a tie", async () => {
      const server = await judged("pairwise");
      repo.write(
        "a.jsonl",
        lines((i) => `plain ${i}`),
      );
      repo.write(
        "b.jsonl",
        lines((i) => (i < 30 ? `good ${i}` : `plain too ${i}`)),
      );
      // Without --yes or --budget the price is shown, and nothing is asked.
      expect(await json("ab file:a.jsonl file:b.jsonl --judge better")).toMatchObject({
        exit: 2,
        problems: [
          { code: "EVALS_RESCORE_COSTS", fix: expect.stringContaining("--judge better --yes, or --budget") },
        ],
      });
      expect(server.asked).toHaveLength(0);
      const paid = await json("ab file:a.jsonl file:b.jsonl --judge better --budget 5");
      expect(paid.notes).toContainEqual(expect.stringMatching(/^The judge was asked 80 times: \$/));
      expect(paid).toMatchObject({
        verdict: "b_better",
        decided_by: "preference",
        metrics: { 0: { metric: "pass_rate", a: null }, 1: { metric: "preference", a: 0, b: 0.75 } },
      });
      expect(server.asked).toHaveLength(80);
      // A question that the judge has answered is not asked again.
      await json("ab file:a.jsonl file:b.jsonl --judge better");
      expect(server.asked).toHaveLength(80);
    });

    it("asks the judge also where the same few inputs come back in sessions of a rollout", async () => {
      const server = await judged("pairwise");
      const arm = (name: string, each: number, output: string) =>
        jsonl(
          Array.from({ length: 90 }, (_, i) => ({
            ...{ session: `${name}${Math.floor(i / each)}`, input: `q${i % 4}`, output: `${output} ${i}` },
          })),
        );
      repo.write("a.jsonl", arm("a", 2, "plain"));
      repo.write("b.jsonl", arm("b", 3, "good"));
      const document = await json("ab file:a.jsonl file:b.jsonl --judge better --yes");
      expect(document).toMatchObject({
        ...{ design: "rollout", pairs: 30, verdict: "b_better", decided_by: "preference" },
        metrics: { 1: { metric: "preference", a: 0, b: 1 } },
      });
      expect(server.asked).toHaveLength(180);
    });

    it("refuses arms with different inputs, and a judge that judges single answers", async () => {
      await judged("binary");
      repo.write(
        "a.jsonl",
        lines((i) => `plain ${i}`),
      );
      repo.write("b.jsonl", jsonl([{ input: "other", output: "good" }]));
      expect((await repo.evals("ab file:a.jsonl file:b.jsonl --judge better")).stderr).toContain(
        "EVALS_ARM_INPUTS",
      );
      repo.write("c.jsonl", repo.read("a.jsonl"));
      expect((await repo.evals("ab file:a.jsonl file:c.jsonl --judge better")).stderr).toContain(
        "EVALS_ARM_JUDGE",
      );
    });
  });
});

describe("evals ab over stored traffic", () => {
  beforeEach(async () => {
    cpSync(TRACES, join(repo.root, "t.jsonl"));
    expect((await repo.evals("import traces t.jsonl")).exit).toBe(0);
  });

  it("selects arms by conditions, and counts sessions", async () => {
    const document = await json("ab prompt=1.1.0 prompt=1.2.0");
    expect(document).toMatchObject({ verdict: "undecided", decided_by: null, design: "rollout" });
    expect(document.arms.a.answers + document.arms.b.answers).toBe(48);
    expect(document.arms.a.sessions).toBeLessThan(document.arms.a.answers);
    const latency = document.metrics.find((one: { metric: string }) => one.metric === "latency_p50");
    expect(latency.a).toBeGreaterThan(0);
  });

  it("lets a suite decide what passes, without its scorers that need an expected answer", async () => {
    for (const folder of ["evals", "datasets"]) mkdirSync(join(repo.root, folder));
    repo.write(
      "evals/s.yaml",
      'dataset: s\nmodel: m\nscorers:\n  - { type: not-contains, value: "cannot help", name: helps }\n  - { type: equals, name: exact }\n',
    );
    repo.write("datasets/s.jsonl", '{"id":"a","input":"a","expected":"b"}\n');
    repo.write("out.jsonl", '{"case":"a","output":"b"}\n');
    const document = await json("ab prompt=1.1.0 prompt=1.2.0 --suite s");
    expect(document).toMatchObject({ decided_by: "pass_rate", metrics: { 0: { metric: "pass_rate" } } });
    const [rate] = document.metrics;
    expect(rate.a).toBeGreaterThan(rate.b);
    expect(rate.b).toBeGreaterThan(0);
  });

  it("refuses conditions that no trace meets", async () => {
    const { stderr } = await repo.evals("ab prompt=9.9.9 prompt=1.2.0");
    expect(stderr).toContain("EVALS_ARM_EMPTY");
    expect(stderr).toContain("`evals traffic` counts what is stored");
  });

  it("refuses arms that have traces in common, also when a judge would be asked", async () => {
    const { stderr } = await repo.evals("ab prompt=1.2.0 prompt=1.2.0");
    expect(stderr).toContain("24 traces are in both arms.  [EVALS_ARM_SHARED]");
    for (const more of ["tag=returns", "prompt!=1.1.0 --judge better"])
      expect((await repo.evals(`ab prompt=1.2.0 ${more}`)).stderr).toContain("EVALS_ARM_SHARED");
  });
});

describe("evals power --ab", () => {
  it("reports how many sessions an arm takes, without a suite and without a history", async () => {
    const document = await json("power --ab --rate 0.8 --effect 5%");
    expect(document).toMatchObject({
      schema: "evals.power/1",
      exit: 0,
      assumptions: { effect: 0.05, rate: 0.8 },
    });
    expect(document.sessions_per_arm).toBeGreaterThan(document.single_look);
    expect(document.sessions_per_arm).toBeLessThan(4 * document.single_look);
    expect((await repo.evals("power --ab --effect 0.05")).stdout).toContain("--rate sets it");
  });

  it.each([
    ["power --ab", "EVALS_OPTION_INVALID"],
    ["power --ab --effect 500%", "EVALS_OPTION_INVALID"],
    ["power --ab --effect 60% --rate 0.5", "EVALS_OPTION_INVALID"],
    ["power triage --ab --effect 5%", "EVALS_OPTION_CONFLICT"],
    ["power --ab --effect 5% --cases 10", "EVALS_OPTION_CONFLICT"],
    ["power triage --effect 5%", "EVALS_OPTION_CONFLICT"],
    ["power", "EVALS_OPTION_CONFLICT"],
  ])("refuses %s", async (args, code) => {
    expect(await json(args)).toMatchObject({ exit: 2, problems: [{ code }] });
  });
});
