import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type JudgeServer, judgeServer, type ModelRequest } from "../../providers/testing/judge-server.ts";
import { seededRandom } from "../../statistics/seeded-random.ts";
import { findsKind, JUDGE, judgedSuite, SUITE, TARGET } from "../testing/judged-suite.ts";
import type { Scenario } from "../testing/scenario.ts";

const PACKAGE = fileURLToPath(new URL("../../..", import.meta.url));
const PROGRAM = join(PACKAGE, "bin/evals.js");
const CASES = 400;
const CONCURRENCY = 8;
const KILLS = 15;
/** Milliseconds after sending in which the program may not have stored a reply yet. */
const ON_THE_WAY = 250;

/** One request to the fake server. `answered` is the time of the reply in milliseconds; null before it. */
interface Call {
  readonly question: string;
  answered: number | null;
}

const calls: Record<string, Call[]> = { [TARGET]: [], [JUDGE]: [] };
let server: JudgeServer;
let repo: Scenario;

beforeAll(async () => {
  execFileSync(process.execPath, [join(PACKAGE, "scripts/build.mjs")], { cwd: PACKAGE });
  server = await judgeServer({
    [TARGET]: counted((request) => `Kindly: ${request.messages.at(-1)?.content}`),
    [JUDGE]: counted((request) => findsKind(request, 0) as string),
  });
  const ids = Array.from({ length: CASES }, (_, at) => `c${at}`);
  repo = judgedSuite(server, {
    "datasets/reply.jsonl": ids.map((id) => `${JSON.stringify({ id, input: id })}\n`).join(""),
    "evals/reply.yaml": `${SUITE}concurrency: ${CONCURRENCY}\n`,
  });
}, 120_000);
afterAll(async () => {
  repo.remove();
  await server.close();
});

function counted(answer: (request: ModelRequest) => string) {
  return async (request: ModelRequest): Promise<string> => {
    const call: Call = { question: JSON.stringify(request.messages), answered: null };
    calls[request.model]?.push(call);
    await wait(4);
    call.answered = performance.now();
    return answer(request);
  };
}

function start(...more: string[]): ChildProcess {
  return spawn(process.execPath, [PROGRAM, "run", "--baseline", "none", "--json", ...more], {
    cwd: repo.root,
    stdio: ["ignore", "pipe", "ignore"],
  });
}

/**
 * Questions to a model that were not answered, or were answered only just before, when the program was killed.
 */
function inFlight(model: string, at: number): string[] {
  return (calls[model] ?? [])
    .filter(({ answered }) => answered === null || answered > at - ON_THE_WAY)
    .map((one) => one.question);
}

function askedTwice(model: string): string[] {
  const seen = new Map<string, number>();
  for (const { question } of calls[model] ?? []) seen.set(question, (seen.get(question) ?? 0) + 1);
  return [...seen].flatMap(([question, times]) => Array<string>(times - 1).fill(question));
}

describe("kill -9 during a judged run", () => {
  it("loses only replies that were in flight", { timeout: 300_000 }, async () => {
    const seed = Date.now() % 100_000;
    const random = seededRandom(`judging ${seed}`);
    const flying: Record<string, Set<string>> = { [TARGET]: new Set(), [JUDGE]: new Set() };
    let kills = 0;
    for (let attempt = 0; attempt < KILLS; attempt++) {
      const child = start(...(attempt === 0 ? [] : ["--resume"]));
      child.stdout?.resume();
      const until = (calls[JUDGE]?.length ?? 0) + 2 + Math.floor(random() * 30);
      while (child.exitCode === null && (calls[JUDGE]?.length ?? 0) < until) await wait(1);
      await wait(random() * 10);
      if (child.exitCode !== null) break;
      child.kill("SIGKILL");
      const at = performance.now();
      kills++;
      await once(child, "exit");
      for (const model of [TARGET, JUDGE])
        for (const question of inFlight(model, at)) flying[model]?.add(question);
      await wait(20);
    }
    const last = start("--resume");
    const chunks: Buffer[] = [];
    last.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
    await once(last, "close");
    const [run] = JSON.parse(Buffer.concat(chunks).toString()).runs;
    const how = `seed ${seed}, ${kills} kills`;
    expect(run.counts, how).toMatchObject({ answered: CASES, errored: 0, skipped: 0 });
    for (const model of [TARGET, JUDGE]) {
      const again = askedTwice(model);
      console.log(`${model}: ${calls[model]?.length} calls for ${CASES} questions, ${how}`);
      expect(new Set(calls[model]?.map((one) => one.question)).size, how).toBe(CASES);
      expect(
        again.filter((question) => !flying[model]?.has(question)),
        how,
      ).toEqual([]);
      expect(again.length, how).toBeLessThanOrEqual(kills * CONCURRENCY);
    }
    expect(kills).toBeGreaterThan(5);
  });
});
