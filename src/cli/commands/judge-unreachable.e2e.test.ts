import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { saveLabel } from "../../labels/label-file.ts";
import { label } from "../../labels/testing/labels.ts";
import { type JudgeServer, judgeServer, verdict } from "../../providers/testing/judge-server.ts";
import {
  findsKind,
  JUDGE,
  judgedSuite,
  type Models,
  POLITE,
  repliesPolitely,
  SUITE,
  TARGET,
} from "../testing/judged-suite.ts";
import type { Scenario } from "../testing/scenario.ts";

const SECOND = "second-2024-07-18";
const CASES = 60;

const open: Scenario[] = [];
const servers: JudgeServer[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) one.remove();
  for (const one of servers.splice(0)) await one.close();
});

async function judged(models: Models, files: Readonly<Record<string, string>> = {}) {
  const server = await judgeServer(models);
  servers.push(server);
  const ids = Array.from({ length: CASES }, (_, at) => `c${at}`);
  const repo = judgedSuite(server, {
    "datasets/reply.jsonl": ids.map((id) => `${JSON.stringify({ id, input: id })}\n`).join(""),
    "evals/reply.yaml": `${SUITE}concurrency: 2\n`,
    ...files,
  });
  open.push(repo);
  const run = async (args: string) => {
    const ended = await repo.evals(args);
    return { ...ended, run: JSON.parse(ended.stdout).runs[0] };
  };
  return { server, repo, run };
}

/** A port of this machine on which no server listens. */
async function deadPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe("a judge whose model does not answer", () => {
  it("ends the run after its first refusal; the answers are kept, and a resumed run asks only the judge", async () => {
    const state: { status: number | null } = { status: 401 };
    const { server, repo, run } = await judged({
      [TARGET]: repliesPolitely,
      [JUDGE]: (request, before) =>
        state.status === null ? findsKind(request, before) : { status: state.status },
    });
    const first = await run("run --json --baseline none");
    expect(first.exit).toBe(3);
    expect(first.run.end).toMatchObject({ kind: "judge-unreachable" });
    expect(first.run.end.message).toContain("401");
    const asked = server.of(TARGET).length;
    expect(asked).toBeLessThan(CASES / 2);
    expect(first.run.counts).toMatchObject({ answered: 0, errored: 0, skipped: CASES });
    state.status = null;
    const second = await run("run --json --baseline none --resume");
    expect(second.run.counts).toMatchObject({ answered: CASES, errored: 0, calls: CASES });
    expect(server.of(TARGET)).toHaveLength(CASES);
    const words = await repo.evals("run --baseline none --no-cache");
    expect(words.stdout).not.toContain("did not answer");
  });

  it("is given up when no server accepts its calls, and the report says so", async () => {
    const { server, repo } = await judged({ [TARGET]: repliesPolitely });
    const port = await deadPort();
    repo.edit(
      "evalconfig.yaml",
      `judge: { provider: openai, model: judge-2024-07-18, base_url: "http://127.0.0.1:${server.port}/v1"`,
      `judge: { provider: openai, model: judge-2024-07-18, base_url: "http://127.0.0.1:${port}/v1"`,
    );
    const { stdout, exit } = await repo.evals("run --baseline none");
    expect(exit).toBe(3);
    expect(stdout).toContain("The judge did not answer: stopped early. The answers are kept.");
    expect(stdout).toContain(`judge-2024-07-18: nobody answers at 127.0.0.1:${port}`);
    expect(stdout).toMatch(
      /To have the answers judged and continue the run:\s+evals run reply --resume --run [0-9a-f]{8} --baseline none\n/,
    );
    expect(stdout).toContain("41 not asked or not judged, 19 errors");
    expect(server.of(TARGET).length).toBeLessThan(CASES);
  });

  it("is given up even if its score is optional, and no void score is stored", async () => {
    const { run } = await judged(
      { [TARGET]: repliesPolitely, [JUDGE]: () => ({ status: 401 }) },
      { "evals/reply.yaml": SUITE.replace("polite }", "polite, required: false }") },
    );
    const { run: ran } = await run("run --json --baseline none");
    expect([ran.end.kind, ran.counts.answered]).toEqual(["judge-unreachable", 0]);
  });

  it("is left out of an ensemble whose other members answer", async () => {
    const { run } = await judged(
      {
        [TARGET]: repliesPolitely,
        [JUDGE]: findsKind,
        [SECOND]: () => ({ status: 401 }),
        "third-2024-07-18": findsKind,
      },
      { "judges/polite/1.0.0.md": POLITE.replace("model: judge", "models: [judge, second, third]") },
    );
    const { run: ran } = await run("run --json --baseline none");
    expect([ran.end.kind, ran.counts.answered]).toEqual(["all-asked", CASES]);
    expect(ran.metrics["judge.judge.agreement"].value).toBeCloseTo(2 / 3, 12);
  });

  it("that answered before is given up after many refusals in a row; a resumed run judges the rest", async () => {
    const state = { there: false };
    const { run, server, repo } = await judged(
      {
        [TARGET]: repliesPolitely,
        [JUDGE]: (_, before) => (before < 1 || state.there ? verdict("pass") : { status: 401 }),
      },
      { "evals/reply.yaml": `${SUITE}concurrency: 1\n` },
    );
    const { run: ran } = await run("run --json --baseline none");
    expect(ran.end).toMatchObject({ kind: "judge-unreachable", because: "no-more" });
    expect(server.of(JUDGE).length).toBeLessThan(CASES / 2);
    const words = await repo.evals("report latest --format markdown");
    expect(words.stdout).toContain("The model of the judge no longer answers: stopped early");
    state.there = true;
    const { run: again } = await run("run --json --baseline none --resume");
    expect(again.counts).toMatchObject({ answered: CASES, errored: 0 });
  });

  it.each([
    [402, { message: "Insufficient credits", code: 402 }],
    [429, { message: "You exceeded your current quota", code: "insufficient_quota" }],
    [400, { message: "Your credit balance is too low to access the API." }],
  ])("is given up at its first refusal for money (%i)", async (status, error) => {
    const { run, server, repo } = await judged(
      {
        [TARGET]: repliesPolitely,
        [JUDGE]: (_, before) => (before < 5 ? verdict("pass") : { status, body: { error } }),
      },
      { "evals/reply.yaml": `${SUITE}concurrency: 1\n` },
    );
    const { run: ran, exit } = await run("run --json --baseline none");
    expect([exit, ran.end.kind, ran.end.because]).toEqual([3, "judge-unreachable", "no-money"]);
    expect(server.of(JUDGE).length).toBeLessThanOrEqual(5 + 4);
    expect((await repo.evals("report latest --format markdown")).stdout).toContain("no money left");
  });

  it("is named by rescoring and by calibrating", async () => {
    const state = { there: true };
    const { repo, run, server } = await judged({
      [TARGET]: repliesPolitely,
      [JUDGE]: (request, before) => (state.there ? findsKind(request, before) : { status: 401 }),
    });
    const { run: ran } = await run("run --json --baseline none");
    repo.edit("judges/polite/1.0.0.md", "polite", "truly polite");
    state.there = false;
    const rescored = await repo.evals(`rescore ${ran.id} --yes`);
    expect(rescored.stdout).toMatch(/60 answers not judged: the judge did not answer \(.*401/);
    const before = server.of(JUDGE).length;
    for (const id of ["c0", "c1", "c2"]) saveLabel(repo.root, "reply", label(id, "pass"));
    const calibrated = await repo.evals("calibrate polite");
    expect(calibrated.exit).toBe(2);
    expect(calibrated.stderr).toMatch(/polite gave no usable verdict.*: judge-2024-07-18: 401/);
    expect(server.of(JUDGE).length - before).toBeLessThanOrEqual(3);
  });
});
