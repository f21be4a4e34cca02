import { afterEach, describe, expect, it } from "vitest";
import { metricUnit } from "../../domain/metric-unit.ts";
import { type ModelServer, modelServer } from "../../providers/testing/model-server.ts";
import { differenceText } from "../../reports/metric-rows.ts";
import { type GitProject, gitProject, isolateGit } from "../testing/git-project.ts";

const CASES = 40;
const TRIALS = 4;
const KEY = { OPENAI_API_KEY: "unset" };

const open: { servers: ModelServer[]; projects: GitProject[] } = { servers: [], projects: [] };
isolateGit();
afterEach(async () => {
  for (const one of open.projects.splice(0)) one.remove();
  for (const one of open.servers.splice(0)) await one.close();
});

/**
 * A suite with a stored baseline of the old prompt. With the new prompt, the cases for which `fails` is true
 * fail.
 */
async function withBaseline(fails: (n: number) => boolean, gate = "") {
  const server = await modelServer((text) => {
    const [, prompt = "", n = "0"] = /^(\w+) item (\d+)$/.exec(text) ?? [];
    return prompt === "new" && fails(Number(n)) ? "no" : "yes";
  });
  open.servers.push(server);
  const lines = Array.from({ length: CASES }, (_, n) =>
    JSON.stringify({ id: `c${n}`, input: { n }, expected: "yes" }),
  );
  const project = gitProject({
    ".gitignore": ".evals/\n",
    "evalconfig.yaml": `models:\n  m:\n    provider: openai\n    model: m-2024-01-01\n    base_url: http://127.0.0.1:${server.port}/v1\n    api_key_env: OPENAI_API_KEY\n`,
    "evals/s.yaml": `dataset: d\nprompt: q\nmodel: m\ntrials: ${TRIALS}\nscorers:\n  - { type: equals, name: exact }\n${gate}`,
    "datasets/d.jsonl": `${lines.join("\n")}\n`,
    "prompts/q/1.0.0.md": "user:\nold item {{ input.n }}\n",
    "prompts/q/1.1.0.md": "user:\nnew item {{ input.n }}\n",
  });
  open.projects.push(project);
  const { document } = await project.json(["run", "s", "--prompt", "q@1.0.0"], KEY);
  const side = `run:${document.runs[0].id}`;
  server.asked.length = 0;
  return { server, project, side };
}

/** Fails the first trial of each of these items. */
function firstTimes(items: readonly number[]): (n: number) => boolean {
  const left = new Set(items);
  return (n) => left.delete(n);
}

describe("a run that stops early", () => {
  it("asks fewer, reports it and that its estimate is exaggerated, and goes on with --all-trials --resume", async () => {
    const { server, project, side } = await withBaseline(() => true);
    const stopped = await project.evals(["run", "s", "--baseline", side, "--concurrency", "4"], KEY);
    expect(stopped.exit).toBe(1);
    const asked = server.asked.length;
    expect(asked).toBeLessThanOrEqual(CASES / 4 + 4);
    expect(stopped.stdout).toContain(
      `stopped after ${asked} of ${CASES * TRIALS} trials: the rest could not change the verdict`,
    );
    expect(stopped.stdout).toContain("an estimate after an early stop tends to be exaggerated");
    expect(stopped.stdout).toMatch(/It was decided on 10 answers, when pass rate was at −100\.0 points/);
    for (const line of stopped.stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);

    const whole = await project.json(["run", "s", "--baseline", side, "--all-trials", "--resume"], KEY);
    const [run] = whole.document.runs;
    expect(server.asked).toHaveLength(CASES * TRIALS);
    expect(run.counts).toMatchObject({ answered: CASES * TRIALS, not_needed: 0, calls: CASES * TRIALS });
    expect(run.gate.verdict).toBe("regressed");
    const again = await project.evals(["run", "s", "--baseline", side, "--all-trials", "--resume"], KEY);
    expect(server.asked).toHaveLength(CASES * TRIALS);
    expect(again.stdout).not.toContain("stopped after");
    expect(again.stdout).not.toContain("exaggerated");
  });

  it("computes every figure from all received answers, and says in a sentence what decided the stop", async () => {
    // The answers before the first look are worse than those that arrive after it.
    const { project, side } = await withBaseline((n) => n % 3 !== 0);
    const { document } = await project.json(["run", "s", "--baseline", side, "--concurrency", "30"], KEY);
    const [run] = document.runs;
    expect(run.counts.not_needed).toBeGreaterThan(0);
    const { metrics, comparison, gate } = run;
    const row = comparison.metrics.find((one: { metric: string }) => one.metric === "pass_rate");
    expect(row.candidate).toBeCloseTo(metrics.pass_rate.value, 12);
    expect(comparison.candidate.pass_rate).toBe(metrics.pass_rate.value);
    expect(gate.rules[0].value).toBe(row.delta);
    expect(comparison.decided.trials).toBeLessThan(run.counts.answered);
    expect(comparison.decided.delta).not.toBe(row.delta);
    const again = await project.json(["diff", side, run.id], KEY);
    expect(again.document.comparisons[0].metrics[0].delta).toBe(row.delta);
  });

  it("has one interval in every report, asked, at hand or compared, and says what the verdict rests on", async () => {
    const { project, side } = await withBaseline(firstTimes([3, 5]));
    const asked = await project.json(["run", "s", "--baseline", side], KEY);
    const [run] = asked.document.runs;
    expect(run.comparison.metrics[0]).toMatchObject({ metric: "pass_rate" });
    expect(run.gate.verdict).toBe("inconclusive");
    const atHand = await project.json(["run", "s", "--baseline", side], KEY);
    expect(atHand.document.runs[0].counts).toMatchObject({ calls: 0 });
    const compared = await project.json(["diff", side, run.id], KEY);
    const comparisons = [atHand.document.runs[0].comparison, compared.document.comparisons[0]];
    for (const { metrics, said } of comparisons) {
      expect(metrics).toEqual(run.comparison.metrics);
      expect(said).toBe(run.comparison.said);
    }
    const { delta, low, high, metric } = run.comparison.metrics[0];
    const interval = `${differenceText(low, metricUnit(metric))} to ${differenceText(high, metricUnit(metric))}`;
    const { decided } = run.comparison;
    expect(decided.delta).toBe(delta);
    expect(decided.low).toBeLessThan(low);
    expect(decided.said).toMatch(
      /^It was decided on 160 answers, .* wider because the run could stop early\)\.$/,
    );
    const plain = (text: string): string =>
      text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code)).replace(/\s+/g, " ");
    const texts = [
      (await project.evals(["show", run.id], KEY)).stdout,
      (await project.evals(["report", run.id, "--format", "markdown"], KEY)).stdout,
      (await project.evals(["report", run.id, "--format", "junit"], KEY)).stdout,
    ].map(plain);
    for (const text of texts) {
      expect(text).toContain(interval);
      expect(text.split(decided.said)).toHaveLength(2);
    }
    expect(plain((await project.evals(["diff", side, run.id], KEY)).stdout)).not.toContain("decided");
  });

  it("never applies to cached answers", async () => {
    const { server, project, side } = await withBaseline(() => true);
    await project.json(["run", "s", "--baseline", side, "--all-trials"], KEY);
    server.asked.length = 0;
    const { document } = await project.json(["run", "s", "--baseline", side], KEY);
    expect(document.runs[0]).toMatchObject({
      counts: { answered: CASES * TRIALS, cached: CASES * TRIALS, not_needed: 0, calls: 0 },
      status: "complete",
      gate: { outcome: "failed", verdict: "regressed" },
    });
    expect(server.asked).toEqual([]);
  });

  it("stops after a whole round when nothing changed, and is called stopped early", async () => {
    const { server, project, side } = await withBaseline(
      () => false,
      "gate:\n  regression: { max_drop: 0.1 }\n",
    );
    const { document, exit } = await project.json(
      ["run", "s", "--baseline", side, "--concurrency", "1"],
      KEY,
    );
    const [run] = document.runs;
    expect(exit).toBe(0);
    expect(run).toMatchObject({ status: "stopped_early", gate: { verdict: "no_regression" } });
    expect(run.counts.answered % CASES).toBe(0);
    expect(run.counts).toMatchObject({
      answered: server.asked.length,
      not_needed: CASES * TRIALS - server.asked.length,
      skipped: 0,
    });
    expect(run.counts.not_needed).toBeGreaterThan(0);
    const refused = await project.evals(["promote", run.id], KEY);
    expect(refused.exit).toBe(2);
    expect(refused.stderr).toContain("--all-trials");
  });

  it("ends as incomplete when nobody answers, compares nothing and prints how to go on", async () => {
    const { server, project, side } = await withBaseline(() => false);
    await server.close();
    open.servers.splice(0);
    const few = ["--case", "c1", "--case", "c2", "--baseline", side];
    for (const args of [few, ["--baseline", side]]) {
      const { exit, stdout, stderr } = await project.evals(["run", "s", ...args], KEY);
      expect([exit, stderr]).toEqual([3, ""]);
      expect(stdout).toMatch(/^INCOMPLETE {2}s /);
      expect(stdout).toMatch(/None of the first \d+ calls was answered: stopped early/);
      expect(stdout.replaceAll(/\s+/g, " ")).toMatch(
        new RegExp(`When the model can be reached again: evals run s --resume [^$]*--baseline ${side}`),
      );
      expect(stdout).not.toContain("against");
      expect(stdout).toMatch(/\n {2}0 answers, /);
    }
  });

  it("asks everything with --all-trials, in point mode, and for answers that are recorded", async () => {
    const { server, project, side } = await withBaseline(() => true);
    await project.json(["run", "s", "--baseline", side, "--all-trials", "--record"], KEY);
    expect(server.asked).toHaveLength(CASES * TRIALS);
    const replayed = await project.json(["run", "s", "--baseline", side, "--replay"], KEY);
    expect(replayed.document.runs[0].counts).toMatchObject({ answered: CASES * TRIALS, not_needed: 0 });
    project.write("evals/s.yaml", `${project.read("evals/s.yaml")}gate:\n  regression: { mode: point }\n`);
    const point = await project.json(["run", "s", "--baseline", side, "--no-cache"], KEY);
    expect(point.document.runs[0].counts).toMatchObject({ answered: CASES * TRIALS, not_needed: 0 });
  });
});

describe("an answer is never compared with itself", () => {
  it("so a run asks the trials of its baseline again, and only once", async () => {
    const { server, project, side } = await withBaseline(() => false);
    const same = ["run", "s", "--prompt", "q@1.0.0", "--baseline", side, "--all-trials"];
    const [again] = (await project.json(same, KEY)).document.runs;
    expect(again.counts).toMatchObject({ cached: 0, calls: CASES * TRIALS });
    const [third] = (await project.json(same, KEY)).document.runs;
    expect(third.counts).toMatchObject({ cached: CASES * TRIALS, calls: 0 });
    expect(server.asked).toHaveLength(CASES * TRIALS);
    const [alone] = (await project.json(["run", "s", "--prompt", "q@1.0.0", "--baseline", "none"], KEY))
      .document.runs;
    expect(alone.counts).toMatchObject({ cached: CASES * TRIALS, calls: 0 });
  });
});
