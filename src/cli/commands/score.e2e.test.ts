import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeLabels } from "../../labels/label-file.ts";
import { label } from "../../labels/testing/labels.ts";
import {
  type JudgeServer,
  judgedAnswer,
  judgeServer,
  verdict,
} from "../../providers/testing/judge-server.ts";
import { type Scenario, scenario } from "../testing/scenario.ts";

const TRACES = fileURLToPath(new URL("../../../fixtures/traces/shop-bot.jsonl", import.meta.url));
const ANSWERS = readFileSync(TRACES, "utf8");

let home: Scenario;
let server: JudgeServer;
beforeEach(async () => {
  server = await judgeServer({
    "judge-2024-07-18": (request) =>
      judgedAnswer(request).includes("cannot help")
        ? verdict("fail", "leaves them alone")
        : verdict("pass", "helps"),
  });
  home = scenario(null);
  const files = {
    "evalconfig.yaml": `models:
  recorded: { provider: outputs, file: fixtures/shop.jsonl }
  judge: { provider: openai, model: judge-2024-07-18, base_url: "http://127.0.0.1:${server.port}/v1", price: { input: 1, output: 1 } }
`,
    "evals/shop.yaml": `dataset: shop
model: recorded
scorers:
  - { type: equals }
  - { type: not-contains, name: helps, value: cannot help }
  - { type: length, name: brief, max: 45, required: false }
  - { type: regex, name: topic, against: input.topic, required: false }
  - { type: judge, name: kind, judge: kind, required: false }
gate:
  judge: { min_ac1: 0.5, min_labels: 20 }
`,
    "judges/kind/1.0.0.md": "---\nkind: binary\nmodel: judge\n---\nPasses when it helps.\n",
    "datasets/shop.jsonl": Array.from(
      { length: 24 },
      (_, at) => `${JSON.stringify({ id: `c${at}`, input: { topic: "x" }, expected: "x" })}\n`,
    ).join(""),
    "fixtures/shop.jsonl": Array.from(
      { length: 24 },
      (_, at) => `${JSON.stringify({ case: `c${at}`, output: answerTo(at) })}\n`,
    ).join(""),
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home.root, path)), { recursive: true });
    home.write(path, text);
  }
  cpSync(TRACES, join(home.root, "t.jsonl"));
  await home.evals("import traces t.jsonl");
});
afterEach(async () => {
  home.remove();
  await server.close();
});

function answerTo(at: number): string {
  return at % 2 ? `I cannot help with ${at}.` : `Use the label ${at}.`;
}

const score = async (args = "") => {
  const ended = await home.evals(`score shop --traffic ${args} --json`);
  return { exit: ended.exit, document: JSON.parse(ended.stdout) };
};

describe("evals score --traffic", () => {
  it("gives daily rates for the scorers that need nothing that traces lack", async () => {
    const { exit, document } = await score();
    expect(exit).toBe(0);
    expect(document.schema).toBe("evals.score/1");
    const left = Object.fromEntries(
      document.scorers.map((one: { name: string; left: string }) => [one.name, one.left]),
    );
    expect(left).toMatchObject({ helps: null, brief: null });
    expect(left.equals).toContain("expected");
    expect(left.topic).toContain("input.topic");
    expect(left.kind).toContain("never calibrated");
    expect(document.days.map(({ day }: { day: string }) => day)).toEqual(
      ["04", "05", "06", "07", "08", "09"].map((day) => `2026-05-${day}`),
    );
    const { total } = document;
    const answered = ANSWERS.split("\n").filter((line) => line !== "" && !line.includes("upstream closed"));
    const bad = answered.filter((line) => line.includes("cannot help")).length;
    expect(total).toMatchObject({
      traces: 48,
      sessions: 24,
      scored: answered.length,
      errors: { provider: 2 },
    });
    expect(total.metrics.pass_rate.value).toBeCloseTo(1 - bad / answered.length, 12);
    expect(total.metrics.pass_rate.low).toBeLessThan(total.metrics.pass_rate.value);
    expect(total.metrics["score.helps"]).toEqual(total.metrics.pass_rate);
    expect(total.metrics.error_rate.value).toBeCloseTo(2 / 48, 12);
    expect(total.metrics.latency_p95.value).toBeGreaterThan(total.metrics.latency_p50.value);
    // Failed calls have no token counts. The cost of the others is known from the published price of the model.
    expect(document.days[1].metrics.cost_usd.value).toBeGreaterThan(0);
    expect(document.judged).toBeNull();
    expect(server.of("judge-2024-07-18")).toHaveLength(0);
  });

  it("counts a trace that failed as an error, also when its model had said something before", async () => {
    const [line = ""] = ANSWERS.split("\n").filter((one) => one.includes("Use the label"));
    const id = /"traceId":"([0-9a-f]+)"/.exec(line)?.[1] ?? "";
    const failed = line
      .replaceAll(id, "f".repeat(32))
      .replace('"status":{"code":1}', '"status":{"code":2,"message":"429"}');
    home.write("u.jsonl", failed);
    const errorRate = async (): Promise<number> => {
      const { stdout } = await home.evals("ab prompt=1.1.0 prompt=1.2.0 --json");
      const { metrics } = JSON.parse(stdout);
      const rate = metrics.find(({ metric }: { metric: string }) => metric === "error_rate");
      return rate.a + rate.b;
    };
    const { scored, metrics } = (await score()).document.total;
    const before = await errorRate();
    await home.evals("import traces u.jsonl");
    const { total } = (await score()).document;
    expect(total).toMatchObject({ traces: 49, scored, errors: { provider: 2, "rate-limit": 1 } });
    expect(total.metrics.error_rate.value).toBeCloseTo(3 / 49, 12);
    expect(total.metrics.pass_rate.value).toBe(metrics.pass_rate.value);
    expect(await errorRate()).toBeGreaterThan(before);
  });

  it("stores the scores with each trace", async () => {
    await score();
    const [line = ""] = ANSWERS.split("\n").filter((one) => one.includes("cannot help"));
    const id = /"traceId":"([0-9a-f]+)"/.exec(line)?.[1];
    const { stdout } = await home.evals(`show trace:${id} --json`);
    expect(JSON.parse(stdout).scores).toMatchObject([
      { suite: "shop", scorer: "brief", pass: true },
      { suite: "shop", scorer: "helps", score: 0, pass: false },
    ]);
  });

  it("draws the same traces again with the same seed", async () => {
    const [one, again, other] = [
      await score("--sample 50%"),
      await score("--sample 0.5"),
      await score("--sample 50% --seed 2"),
    ];
    expect(one.document.total.scored).toBeGreaterThan(10);
    expect(one.document.total.scored).toBeLessThan(38);
    expect(again.document.days).toEqual(one.document.days);
    expect(other.document.days).not.toEqual(one.document.days);
    // Metrics that cost nothing are computed over all traces, not only the drawn ones.
    expect(one.document.total.metrics.error_rate.value).toBeCloseTo(2 / 48, 12);
  });

  it("scores only traces that meet the conditions", async () => {
    const { document } = await score("--where prompt=1.2.0,tag=returns --since 2026-05-08");
    expect(document.total.traces).toBeGreaterThan(0);
    expect(document.days.every(({ day }: { day: string }) => day >= "2026-05-08")).toBe(true);
    expect((await home.evals("score shop --traffic --where tag=none")).stdout).toContain("No trace matches.");
  });

  it("asks a calibrated judge only with consent to its price, and reuses its stored verdicts", async () => {
    await home.evals("run --yes");
    const labels = Array.from({ length: 24 }, (_, at) =>
      label(`c${at}`, at % 2 ? "fail" : "pass", { answer: answerTo(at) }),
    );
    writeLabels(home.root, "shop", labels);
    expect((await home.evals("calibrate kind --suite shop --repeats 1")).exit).toBe(0);
    const before = server.of("judge-2024-07-18").length;
    const refused = await score();
    expect([refused.exit, refused.document.problems?.[0].code]).toEqual([2, "EVALS_RESCORE_COSTS"]);
    expect(refused.document.problems[0].fix).toContain("evals score shop --traffic --yes");
    expect(server.of("judge-2024-07-18")).toHaveLength(before);
    const { exit, document } = await score("--yes");
    expect(exit).toBe(0);
    expect(document.total.metrics["score.kind"].value).toBeCloseTo(
      document.total.metrics.pass_rate.value,
      12,
    );
    expect(document.judged.calls).toBeGreaterThan(0);
    const asked = server.of("judge-2024-07-18").length;
    const again = await score();
    expect([again.exit, again.document.judged.calls]).toEqual([0, 0]);
    expect(server.of("judge-2024-07-18")).toHaveLength(asked);
  });

  it("prints a table for a person", async () => {
    const { stdout } = await home.evals("score shop --traffic");
    expect(stdout).toMatch(/^shop on traffic: 48 traces in 24 sessions\n/);
    expect(stdout).toMatch(/^2026-05-04 +8 +8\d % \(/m);
    expect(stdout).toContain("equals cannot score traffic: it reads expected");
  });

  it.each([
    ["score shop", "EVALS_USAGE"],
    ["score shop --traffic --sample 0", "EVALS_OPTION_INVALID"],
    ["score shop --traffic --sample 120%", "EVALS_OPTION_INVALID"],
    ["score none --traffic", "EVALS_SUITE_UNKNOWN"],
    ["score shop --traffic --where x=y", "EVALS_OPTION_INVALID"],
  ])("refuses %s", async (args, code) => {
    const { exit, stdout } = await home.evals(`${args} --json`);
    expect([exit, JSON.parse(stdout).problems[0].code]).toEqual([2, code]);
  });
});
