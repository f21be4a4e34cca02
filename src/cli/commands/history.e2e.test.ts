import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Scenario, scenario } from "../testing/scenario.ts";

let repo: Scenario;
beforeEach(() => {
  repo = scenario("requirement-missed");
});
afterEach(() => repo.remove());

describe("evals history", () => {
  it("lists runs newest first, also before there is any", async () => {
    await repo.evals("history");
    await repo.evals("run --quiet");
    await repo.evals("run --quiet --tag billing");
    await repo.evals("history");
    await repo.evals("history triage --limit 1");
    repo.matches("history");
  });

  it("as JSON has the content of the run's own report", async () => {
    const run = JSON.parse((await repo.evals("run --json")).stdout).runs[0];
    const listed = JSON.parse((await repo.evals("history --json")).stdout).runs[0];
    expect(listed).toMatchObject({ id: run.id, metrics: run.metrics, gate: run.gate, counts: run.counts });
  });
});

describe("evals show", () => {
  it("shows a run, its failing cases, one case and one trial whole", async () => {
    await repo.evals("run --quiet");
    for (const what of [
      "latest",
      "0000 --failing",
      "latest/invoice-copy",
      "latest --case password-reset",
      "latest/password-reset/2",
      "run:00000001 --case password-reset --trial 1",
      "latest/password-reset/9",
      "latest/pasword-reset",
    ]) {
      await repo.evals(`show ${what}`);
    }
    repo.matches("show");
  });

  it("as JSON has the same content for run, case and trial", async () => {
    await repo.evals("run --quiet");
    const document = async (what: string) => JSON.parse((await repo.evals(`show ${what} --json`)).stdout);
    expect((await document("latest")).cases).toMatchObject([
      { id: "charged-twice", answered: 2, passed: 2 },
      { id: "invoice-copy", answered: 2, passed: 0 },
      { id: "parcel-late", answered: 2, passed: 2 },
      { id: "password-reset", answered: 2, passed: 1 },
    ]);
    expect((await document("latest --failing")).cases).toHaveLength(2);
    expect(await document("latest/password-reset")).toMatchObject({
      case: "password-reset",
      input: { message: "I cannot log in." },
      expected: { queue: "account" },
      trials: [{ pass: true }, { pass: false }],
    });
    expect((await document("latest/password-reset/2")).trial).toMatchObject({
      pass: false,
      answer: { output: '{"queue": "billing"}', latency_ms: 214, at: "2025-03-01T12:00:00.000Z" },
    });
  });

  it("asks for a longer id when a prefix fits several runs", async () => {
    await repo.evals("run --quiet");
    await repo.evals("run --quiet");
    const { exit, stderr } = await repo.evals("show 0000");
    expect(exit).toBe(2);
    expect(stderr).toContain("EVALS_RUN_AMBIGUOUS");
  });
});

describe("evals rescore", () => {
  it("scores the stored answers with today's scorers, as a run of its own", async () => {
    await repo.evals("run --quiet");
    repo.edit("evals/triage.yaml", "against: expected.queue", "value: billing");
    await repo.evals("rescore latest");
    await repo.evals("show latest --failing");
    await repo.evals("history");
    repo.matches("rescore");
  });

  it("leaves the original run unchanged", async () => {
    await repo.evals("run --quiet");
    const before = JSON.parse((await repo.evals("show 00000001 --json")).stdout);
    repo.edit("evals/triage.yaml", "against: expected.queue", "value: billing");
    const { run } = JSON.parse((await repo.evals("rescore 00000001 --json")).stdout);
    expect(run).toMatchObject({ rescored_from: "00000001", counts: { answered: 8, calls: 0 } });
    expect(run.metrics.pass_rate.value).toBe(0.375);
    expect(JSON.parse((await repo.evals("show latest --json")).stdout).run).toMatchObject({
      id: run.id,
      rescored_from: "00000001",
    });
    expect(JSON.parse((await repo.evals("show 00000001 --json")).stdout)).toEqual(before);
  });

  it("gives the same result when nothing has changed", async () => {
    const first = JSON.parse((await repo.evals("run --json")).stdout).runs[0];
    const { run } = JSON.parse((await repo.evals("rescore latest --json")).stdout);
    expect(run.metrics).toEqual(first.metrics);
    expect(run.fingerprint).toBe(first.fingerprint);
  });
});
