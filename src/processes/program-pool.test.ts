import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { type PoolOptions, ProgramPool } from "./program-pool.ts";

const folder = mkdtempSync(join(tmpdir(), "evals-pool-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pools: ProgramPool[] = [];
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

function poolOf(source: string, options: Partial<PoolOptions> & { changed?: () => string | undefined } = {}) {
  const file = join(folder, `program-${pools.length}-${Math.abs(source.length)}.mjs`);
  writeFileSync(file, source);
  const { changed = () => undefined, ...rest } = options;
  const pool = new ProgramPool(
    { command: [process.execPath, file], cwd: folder, env: process.env, longest: 1000, changed },
    { processes: 2, stays: false, ...rest },
  );
  pools.push(pool);
  return pool;
}

const lines = (body: string): string =>
  `import { createInterface } from "node:readline"; for await (const line of createInterface({ input: process.stdin })) { ${body} }`;

/** Both ways to run a program, each with a function that makes a program which runs `body` for each request. */
const ways: [string, boolean, (body: string) => string][] = [
  ["one process per request", false, (body) => body],
  ["persistent processes", true, (body) => lines(body)],
];

describe.each(ways)("%s", (_, stays, program) => {
  it("kills a process that writes too much for one answer", async () => {
    const pool = poolOf(program("process.stdout.write('x'.repeat(2000)); setInterval(() => {}, 1e6);"), {
      stays,
    });
    expect(await pool.ask("a")).toEqual({ kind: "too-long" });
  });

  it("rejects bytes that are not UTF-8 instead of replacing them", async () => {
    const pool = poolOf(program("process.stdout.write(Buffer.from([0x61, 0xff, 0x0a]));"), { stays });
    expect(await pool.ask("a")).toEqual({ kind: "not-text" });
  });

  it("gives up a process that is too slow, even if it ignores SIGTERM", async () => {
    const slow = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1e6);";
    const pool = poolOf(program(slow), { stays, timeout_ms: 300 });
    expect(await pool.ask("a")).toEqual({ kind: "given-up" });
    await pool.close();
  });

  it("ends a request when its signal aborts", async () => {
    const pool = poolOf(program("setInterval(() => {}, 1e6);"), { stays });
    const stop = new AbortController();
    const asked = pool.ask("a", stop.signal);
    stop.abort();
    expect(await asked).toEqual({ kind: "given-up" });
    expect(await pool.ask("a", stop.signal)).toEqual({ kind: "given-up" });
  });

  it("reports how a process ended without an answer, with its last line on stderr and its output", async () => {
    const pool = poolOf(
      program(
        "process.stdout.write('half'); console.error('bad\\nworse'); process.exitCode = 3; process.exit();",
      ),
      { stays },
    );
    expect(await pool.ask("a")).toEqual({
      ...{ kind: "ended", code: 3, signal: null },
      ...{ last_line: "worse", output: "half" },
    });
  });

  it("starts no process after the program's files have changed", async () => {
    const pool = poolOf(program("console.log('a')"), { stays, changed: () => "x.mjs was changed" });
    expect(await pool.ask("a")).toEqual({ kind: "changed", what: "x.mjs was changed" });
  });

  it("ends the running request and rejects the waiting ones when it is closed", async () => {
    const pool = poolOf(program("setInterval(() => {}, 1e6);"), { stays, processes: 1 });
    const [asked, waits] = [pool.ask("a"), pool.ask("b")];
    // By then, the first request has been sent.
    await new Promise((resolve) => setImmediate(resolve));
    await pool.close();
    expect((await asked).kind).toBe("ended");
    expect(await waits).toEqual({ kind: "closed" });
  });
});

describe("persistent processes", () => {
  it("do not exceed their maximum number, and each answers many requests", async () => {
    const pool = poolOf(lines("setTimeout(() => console.log(`${line} ${process.pid}`), 5);"), {
      stays: true,
    });
    const replies = await Promise.all(["a", "b", "c", "d", "e", "f"].map((one) => pool.ask(one)));
    const texts = replies.map((one) => (one.kind === "answer" ? one.text.split(" ") : []));
    expect(texts.map(([word]) => word)).toEqual(["a", "b", "c", "d", "e", "f"]);
    expect(new Set(texts.map(([, pid]) => pid)).size).toBe(2);
  });

  it("are not used again after they wrote an unexpected line", async () => {
    const pool = poolOf(lines("console.log(`${line} ${process.pid}\\nmore`);"), {
      stays: true,
      processes: 1,
    });
    const [first, second] = [await pool.ask("a"), await pool.ask("b")];
    expect(first).toMatchObject({ kind: "answer", surplus: true });
    expect(second).toMatchObject({ kind: "answer", text: expect.stringMatching(/^b /) });
    const pids = [first, second].map((one) => one.kind === "answer" && one.text.split(" ")[1]);
    expect(pids[0]).not.toBe(pids[1]);
  });
});
