import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";

const PACKAGE = fileURLToPath(new URL("../..", import.meta.url));
const PROGRAM = join(PACKAGE, "bin/evals.js");
/** How many pairs of runs are started, for both limits together; ten pairs run at a time. */
const TIMES = Number(process.env.TIMES ?? 20);
const AT_ONCE = 10;
/**
 * Duration of each pair in seconds. It is longer than a minute, so that the limits apply to more than one
 * minute.
 */
const SECONDS = 80;

interface Call {
  /** Time at which the call arrived, in milliseconds. */
  readonly at: number;
  readonly tokens: number;
}

/** A model's server that accepts every call and records it. */
async function startServer(): Promise<{ readonly server: Server; readonly calls: Call[] }> {
  const calls: Call[] = [];
  const server = createServer((request, response) => {
    const at = performance.now();
    let text = "";
    request.on("data", (data) => (text += data));
    request.on("end", () => {
      const { max_tokens: output } = JSON.parse(text) as { readonly max_tokens: number };
      calls.push({ at, tokens: 20 + output });
      const reply = {
        choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "yes" } }],
        usage: { prompt_tokens: 20, completion_tokens: output, total_tokens: 20 + output },
      };
      setTimeout(() => {
        response.writeHead(200, { "content-type": "application/json" });
        response.end(JSON.stringify(reply));
      }, 100);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, calls };
}

/** The highest sum of `of` over the calls in any window of 60 seconds. */
function densestMinute(calls: readonly Call[], of: (call: Call) => number): number {
  const sorted = [...calls].sort((a, b) => a.at - b.at);
  let most = 0;
  let held = 0;
  let first = 0;
  for (const call of sorted) {
    held += of(call);
    for (let oldest = sorted[first]; oldest !== undefined && oldest.at <= call.at - 60_000; ) {
      held -= of(oldest);
      oldest = sorted[++first];
    }
    most = Math.max(most, held);
  }
  return most;
}

const COUNTED = {
  requests_per_minute: { limit: 60, of: () => 1 },
  tokens_per_minute: { limit: 12_000, of: ({ tokens }: Call) => tokens },
} as const;

/**
 * Starts two runs of one project and ends them after a while.
 *
 * @returns the server's highest count in any minute, and its total
 */
async function pair(kind: keyof typeof COUNTED): Promise<{ readonly most: number; readonly all: number }> {
  const { limit, of } = COUNTED[kind];
  const { server, calls } = await startServer();
  const root = mkdtempSync(join(tmpdir(), "evals-two-"));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const files = {
    "evalconfig.yaml": `models:\n  m: { provider: openai, model: m-2024-01-01, base_url: "${url}", params: { max_tokens: 180 }, limits: { ${kind}: ${limit} } }\n`,
    "evals/s.yaml": "dataset: d\nprompt: q\nmodel: m\nscorers: [{ type: equals, value: yes }]\n",
    "prompts/q/1.0.0.md": "user:\n{{ input }}\n",
    "datasets/d.jsonl": Array.from({ length: 300 }, (_, i) => `{"id":"c${i}","input":"${i}"}\n`).join(""),
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const env = { PATH: process.env.PATH, OPENAI_API_KEY: "k" };
  const runs = [1, 2].map(() =>
    spawn(process.execPath, [PROGRAM, "run", "--no-cache", "--quiet"], { cwd: root, env, stdio: "ignore" }),
  );
  const over = runs.map((run) => new Promise((resolve) => run.once("close", resolve)));
  await new Promise((resolve) => setTimeout(resolve, SECONDS * 1000));
  for (const run of runs) run.kill("SIGINT");
  await Promise.all(over);
  server.closeAllConnections();
  server.close();
  rmSync(root, { recursive: true, force: true });
  return { most: densestMinute(calls, of), all: calls.reduce((sum, call) => sum + of(call), 0) };
}

const found: string[] = [];
beforeAll(() => {
  execFileSync(process.execPath, [join(PACKAGE, "scripts/build.mjs")], { cwd: PACKAGE });
}, 300_000);
afterAll(() => {
  process.stdout.write(`${found.join("\n")}\n`);
});

it.each(Object.keys(COUNTED) as (keyof typeof COUNTED)[])(
  "two concurrent runs with one history together stay within %s in every minute",
  async (kind) => {
    const { limit } = COUNTED[kind];
    for (let done = 0; done < TIMES / 2; done += AT_ONCE) {
      const pairs = await Promise.all(
        Array.from({ length: Math.min(AT_ONCE, TIMES / 2 - done) }, () => pair(kind)),
      );
      for (const { most, all } of pairs)
        found.push(`${kind}: ${most} of ${limit} in the fullest minute, ${all} in ${SECONDS} s`);
      for (const { most, all } of pairs) {
        expect(most).toBeLessThanOrEqual(limit);
        // The runs also make progress.
        expect(all).toBeGreaterThan(limit / 2);
      }
    }
  },
  TIMES * SECONDS * 1000,
);
