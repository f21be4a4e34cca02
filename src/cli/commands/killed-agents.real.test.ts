import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "../../statistics/seeded-random.ts";
import {
  type Asked,
  agentModel,
  type ModelAnswer,
  projectOf,
  removeAgentProjects,
  results,
  write,
} from "../testing/agent-project.ts";
import type { Scenario } from "../testing/scenario.ts";

const PACKAGE = fileURLToPath(new URL("../../..", import.meta.url));
const PROGRAM = join(PACKAGE, "bin/evals.js");
const CASES = 16;
/** Calls of a trial: each adds its number, in the module and in the server by turns. */
const CALLS = 12;
const CONCURRENCY = 5;
const KILLS = 6;
/** Milliseconds after its last answer in which the program may not have stored a trial yet. */
const ON_THE_WAY = 250;

/** A server over stdio whose state is its process: the sum of all that it was given. */
const SERVER = `
require("node:fs").appendFileSync("servers.txt", process.pid + "\\n");
let sum = 0;
const answer = {
  initialize: ({ protocolVersion }) => ({ protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "sum", version: "1" } }),
  "tools/list": () => ({ tools: [{ name: "add_there", inputSchema: { type: "object" } }] }),
  "tools/call": ({ arguments: { n } }) => ({ content: [{ type: "text", text: JSON.stringify({ sum: (sum += n) }) }] }),
};
require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id !== undefined) console.log(JSON.stringify({ jsonrpc: "2.0", id, result: answer[method]?.(params) ?? {} }));
});
`;
const MODULE = `export default {
  add_here: { parameters: { type: "object" }, run: ({ n }, { state }) => ({ sum: (state.sum += n) }) },
};
`;

const toolOf = (n: number): string => (n % 2 === 1 ? "add_here" : "add_there");
/** What the nth call returns where the state began at 0 and had each earlier call once. */
const sumAt = (n: number): number =>
  Array.from({ length: n }, (_, at) => at + 1)
    .filter((one) => toolOf(one) === toolOf(n))
    .reduce((sum, one) => sum + one, 0);

/** For each case, when each of its conversations began and got its last answer; null before it. */
const held = new Map<string, { began: number; ended: number | null }[]>();
/** Results of tools that a fresh state would not have given. */
const spoilt: string[] = [];
let calls = 0;
const sentAt: number[] = [];
/** 100 + 10 tokens at 10 dollars a million. */
const USD_A_CALL = 0.0011;
let repo: Scenario;

async function answer(asked: Asked): Promise<ModelAnswer> {
  calls++;
  sentAt.push(performance.now());
  const id = asked.messages.find(({ role }) => role === "user")?.content ?? "";
  const found = results(asked);
  for (const [at, text] of found.entries())
    if (JSON.parse(text).sum !== sumAt(at + 1)) spoilt.push(`${id}, call ${at + 1}: ${text}`);
  if (found.length === 0) held.set(id, [...(held.get(id) ?? []), { began: performance.now(), ended: null }]);
  await wait(80);
  if (found.length < CALLS) return [[toolOf(found.length + 1), { n: found.length + 1 }]];
  const last = held.get(id)?.at(-1);
  if (last !== undefined) last.ended = performance.now();
  return `sum ${id}`;
}

beforeAll(async () => {
  execFileSync(process.execPath, [join(PACKAGE, "scripts/build.mjs")], { cwd: PACKAGE });
  const { url } = await agentModel(answer);
  repo = projectOf("agents.md", url);
  write(repo, "server.cjs", SERVER);
  write(repo, "tools/sum.mjs", MODULE);
  write(repo, "servers.txt", "");
  write(repo, "prompts/clerk/1.0.0.md", "user:\n{{ input.id }}\n");
  write(
    repo,
    "evals/refunds.yaml",
    `dataset: refunds\nprompt: clerk\nmodel: small\nconcurrency: ${CONCURRENCY}\nagent:\n  tools: [tools/sum.mjs, { mcp: { command: [node, server.cjs] } }]\nscorers:\n  - { type: contains, against: expected }\n`,
  );
  const ids = Array.from({ length: CASES }, (_, at) => `c${at}`);
  const lines = ids.map((id) =>
    JSON.stringify({ id, input: { id, state: { sum: 0 } }, expected: `sum ${id}` }),
  );
  write(repo, "datasets/refunds.jsonl", `${lines.join("\n")}\n`);
}, 120_000);
afterAll(removeAgentProjects);

function start(...more: string[]): ChildProcess {
  return spawn(process.execPath, [PROGRAM, "run", "--baseline", "none", "--json", ...more], {
    cwd: repo.root,
    env: { ...process.env, OPENAI_API_KEY: "k" },
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** Servers of tools that still run. */
function serversLeft(): string[] {
  const pids = readFileSync(join(repo.root, "servers.txt"), "utf8").trim().split("\n");
  return pids.filter((pid) => {
    try {
      return pid !== "" && process.kill(Number(pid), 0);
    } catch {
      return false;
    }
  });
}

describe("kill -9 in the middle of agents' trials", () => {
  it("has each of them begin again from its initial state", { timeout: 300_000 }, async () => {
    const seed = Date.now() % 100_000;
    const random = seededRandom(`agents ${seed}`);
    const how = `seed ${seed}`;
    /** Calls so shortly before a kill that they may not have been stored. */
    let lastMoments = 0;
    /** For each case, the kills at which its trial may not have been stored. */
    const flying = new Map<string, number>();
    let kills = 0;
    for (; kills < KILLS; kills++) {
      const child = start(...(kills === 0 ? [] : ["--resume"]));
      child.stdout?.resume();
      const until = calls + 20 + Math.floor(random() * 40);
      while (child.exitCode === null && calls < until) await wait(1);
      await wait(random() * 10);
      if (child.exitCode !== null) break;
      child.kill("SIGKILL");
      const at = performance.now();
      lastMoments += sentAt.filter((one) => one > at - ON_THE_WAY).length;
      await once(child, "exit");
      for (const [id, talks] of held) {
        const last = talks.at(-1);
        if (last?.ended === null || (last?.ended ?? 0) > at - ON_THE_WAY)
          flying.set(id, (flying.get(id) ?? 0) + 1);
      }
      await expect.poll(serversLeft, { message: how }).toEqual([]);
    }
    const last = start("--resume");
    const chunks: Buffer[] = [];
    last.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
    await once(last, "close");
    const [run] = JSON.parse(Buffer.concat(chunks).toString()).runs;
    const begun = [...held.values()].flat().length;
    const counted = run.counts.calls;
    const paid = Math.round(run.metrics.cost_usd.value / USD_A_CALL);
    console.log(
      `${how}: ${kills} kills, ${begun} conversations, ${calls} calls, ${counted} counted, ${paid} paid`,
    );
    // Of the calls before a kill only those of the last moments may be missing.
    for (const known of [counted, paid]) {
      expect(known, how).toBeLessThanOrEqual(calls);
      expect(known, how).toBeGreaterThanOrEqual(calls - lastMoments);
    }

    expect(kills, how).toBeGreaterThan(3);
    expect(spoilt, how).toEqual([]);
    expect(serversLeft(), how).toEqual([]);
    expect(run.counts, how).toMatchObject({ answered: CASES, errored: 0, skipped: 0 });
    const again = [...held].map(([id, talks]) => [id, talks.length - 1] as const);
    expect(
      again.filter(([id, times]) => times > (flying.get(id) ?? 0)),
      how,
    ).toEqual([]);
    expect(run.metrics.pass_rate.value, how).toBe(1);
    for (const id of held.keys()) {
      const { trials } = JSON.parse((await repo.evals(`show latest/${id} --json`)).stdout);
      const made = trials[0].transcript.tool_calls.map(
        (one: { name: string; result: { sum: number }; error: string | null }) => [
          one.name,
          one.result?.sum,
          one.error,
        ],
      );
      const wanted = Array.from({ length: CALLS }, (_, at) => [toolOf(at + 1), sumAt(at + 1), null]);
      expect([trials.length, made], `${id}, ${how}`).toEqual([1, wanted]);
    }
  });
});
