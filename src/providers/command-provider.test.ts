import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { OpenTarget } from "../domain/provider.ts";
import { usageOf } from "../domain/transcript.ts";
import { commandProvider } from "./command-provider.ts";
import { ask, deadline, fakeHost, questionOf } from "./testing/fake-host.ts";

const node = process.execPath;
let root: string;
let target: OpenTarget | undefined;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "evals-command-"));
});
afterEach(async () => {
  await target?.client.close();
  target = undefined;
});

async function open(script: string, settings: object = {}): Promise<OpenTarget> {
  writeFileSync(join(root, "bot.mjs"), script);
  const parsed = commandProvider.settings.parse({
    provider: "command",
    command: [node, "bot.mjs"],
    ...settings,
  });
  target = await commandProvider.open(
    parsed,
    fakeHost({ root, env: { ...process.env, TOKEN: "token-1234567890" } }),
  );
  return target;
}

const READ = 'import { readFileSync } from "node:fs"; const asked = JSON.parse(readFileSync(0, "utf8"));';

describe("commandProvider", () => {
  it("gives the question on stdin and takes text from stdout", async () => {
    const opened = await open(
      `${READ} console.log(JSON.stringify([asked.case, asked.trial, asked.input, asked.messages]));`,
    );
    expect(await ask(opened, questionOf(), 2)).toEqual({ kind: "answered", output: '["c1",2,{"q":1},null]' });
  });

  it("takes an object with output as it is", async () => {
    const answer = {
      output: { a: 1 },
      usage: usageOf({ input_tokens: 2, output_tokens: 3 }),
      cost_usd: 0.5,
      latency_ms: 7,
    };
    const opened = await open(`console.log(${JSON.stringify(JSON.stringify(answer))})`);
    expect(await ask(opened, questionOf())).toEqual({ kind: "answered", ...answer, output: '{"a":1}' });
  });

  it("calls an object with a wrong member malformed", async () => {
    const opened = await open(`console.log('{"output":"x","usage":{"input_tokens":-1}}')`);
    expect(await ask(opened, questionOf())).toMatchObject({ error: "malformed-reply", transient: false });
  });

  it("reports the last line of stderr when it fails", async () => {
    const opened = await open('console.error("first"); console.error("it broke"); process.exit(3)');
    expect(await ask(opened, questionOf())).toMatchObject({
      error: "provider",
      message: expect.stringMatching(/exit code 3: it broke$/),
      transient: false,
    });
  });

  it("fails instead of answering with a changed program", async () => {
    const opened = await open(`${READ} console.log("first " + asked.trial);`);
    expect(await ask(opened, questionOf(), 1)).toMatchObject({ output: "first 1" });
    writeFileSync(join(root, "bot.mjs"), 'console.log("second")');
    expect(await ask(opened, questionOf(), 2)).toMatchObject({
      kind: "failed",
      error: "provider",
      unsent: true,
      message: expect.stringContaining("bot.mjs was changed while the run was under way"),
    });
  });

  it("keeps using running processes after the program has changed, but starts no new one", async () => {
    const serve = (word: string) =>
      `import { createInterface } from "node:readline"; for await (const line of createInterface({ input: process.stdin })) { if (JSON.parse(line).trial === 2) process.exit(1); console.log(JSON.stringify({ output: "${word}" })); }`;
    const opened = await open(serve("first"), { serve: "jsonl" });
    expect(await ask(opened, questionOf(), 1)).toMatchObject({ output: "first" });
    writeFileSync(join(root, "bot.mjs"), serve("second"));
    expect(await ask(opened, questionOf(), 3)).toMatchObject({ output: "first" });
    expect(await ask(opened, questionOf(), 2)).toMatchObject({ kind: "failed" });
    expect(await ask(opened, questionOf(), 4)).toMatchObject({
      message: expect.stringContaining("bot.mjs was changed while the run was under way"),
    });
  });

  it("fails when the program writes nothing, and accepts an answer that is explicitly empty", async () => {
    const opened = await open(
      'import { readFileSync } from "node:fs"; const { trial } = JSON.parse(readFileSync(0, "utf8")); process.stdout.write(["", "\\n", JSON.stringify({ output: "" })][trial - 1]);',
    );
    expect(await ask(opened, questionOf(), 1)).toMatchObject({
      error: "malformed-reply",
      message: expect.stringContaining("wrote nothing"),
    });
    expect(await ask(opened, questionOf(), 2)).toEqual({ kind: "answered", output: "" });
    expect(await ask(opened, questionOf(), 3)).toMatchObject({ kind: "answered", output: "" });
  });

  it("fails every trial in the same way when the command does not exist", async () => {
    const opened = await open("", { command: ["no-such-program-here"] });
    expect(await ask(opened, questionOf())).toMatchObject({
      message: "no-such-program-here: command not found",
      fatal: true,
    });
  });

  it("fills the program's environment and hides the values that came from ours", async () => {
    const env = { BOT_TOKEN: "$" + "{env:TOKEN}" };
    const opened = await open("console.error(process.env.BOT_TOKEN); process.exit(1)", { env });
    expect(await ask(opened, questionOf())).toMatchObject({
      message: expect.stringMatching(/exit code 1: \[redacted\]$/),
    });
  });

  it("lists the program's files and has their hashes in its identity", async () => {
    const before = await open("1");
    expect(before.files).toEqual(["bot.mjs"]);
    expect((await open("2")).identity).not.toEqual(before.identity);
  });

  it.each([{}, { serve: "jsonl" }])("kills the whole process tree at the deadline (%j)", async (mode) => {
    const pidFile = join(root, "pid");
    const opened = await open(
      `import { spawn } from "node:child_process"; import { writeFileSync } from "node:fs";
       const child = spawn(process.execPath, ["-e", "process.on('SIGTERM',()=>{});setInterval(()=>{},1000)"], { stdio: "inherit" });
       writeFileSync(${JSON.stringify(pidFile)}, String(child.pid)); setInterval(() => {}, 1000);`,
      mode,
    );
    const controller = new AbortController();
    const reply = ask(opened, questionOf(), 1, controller.signal);
    await vi.waitUntil(() => existsSync(pidFile) && readFileSync(pidFile, "utf8") !== "", {
      timeout: 10_000,
      interval: 10,
    });
    controller.abort(Object.assign(new Error("no reply"), { name: "TimeoutError" }));
    expect(await reply).toMatchObject({ error: "timeout" });
    await opened.client.close();
    const pid = Number(readFileSync(pidFile, "utf8"));
    await vi.waitUntil(() => !isRunning(pid), { timeout: 10_000, interval: 10 });
  });

  it("refuses a directory outside the repository", async () => {
    await expect(open("", { cwd: "../.." })).rejects.toMatchObject({ at: ["cwd"] });
  });
});

/** Whether a process is running. A zombie has ended. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !existsSync(`/proc/${pid}/stat`) || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

const SERVE = (body: string) =>
  `import { createInterface } from "node:readline"; let n = 0;
   for await (const line of createInterface({ input: process.stdin })) { const asked = JSON.parse(line); n++; ${body} }`;

describe("commandProvider with serve: jsonl", () => {
  it("asks one process several times, with one line in each direction", async () => {
    const opened = await open(
      SERVE("console.log(JSON.stringify({ output: `${n} ${asked.case} ${asked.trial}` }));"),
      {
        serve: "jsonl",
      },
    );
    expect(await ask(opened, questionOf(), 1)).toMatchObject({ output: "1 c1 1" });
    expect(await ask(opened, questionOf(), 2)).toMatchObject({ output: "2 c1 2" });
  });

  it("starts no more processes than trials may be in flight", async () => {
    const opened = await open(SERVE("console.log(JSON.stringify(String(process.pid)));"), { serve: "jsonl" });
    const replies = await Promise.all(Array.from({ length: 12 }, (_, i) => ask(opened, questionOf(), i + 1)));
    expect(
      new Set(replies.map((reply) => reply.kind === "answered" && reply.output)).size,
    ).toBeLessThanOrEqual(4);
  });

  it("starts another process after a crash", async () => {
    const opened = await open(
      SERVE('if (asked.trial === 1) { console.error("bad"); process.exit(1); } console.log(\'"fine"\');'),
      {
        serve: "jsonl",
      },
    );
    expect(await ask(opened, questionOf(), 1)).toMatchObject({
      error: "provider",
      message: expect.stringContaining("bad"),
    });
    expect(await ask(opened, questionOf(), 2)).toMatchObject({ output: "fine" });
  });

  it("calls a line that is not JSON malformed", async () => {
    const opened = await open(SERVE('console.log("loading model…");'), { serve: "jsonl" });
    expect(await ask(opened, questionOf(), 1, deadline(20_000))).toMatchObject({ error: "malformed-reply" });
  });

  it.each([{}, { serve: "jsonl" }])("accepts no bytes that are not UTF-8: %j", async (settings) => {
    const opened = await open(
      `process.stdin.once("data", () => process.stdout.write(Buffer.from('{"output":"caf\\xe9"}\\n', "latin1")));`,
      settings,
    );
    expect(await ask(opened, questionOf())).toMatchObject({
      error: "malformed-reply",
      message: expect.stringContaining("not UTF-8"),
    });
  });

  it("reports the stdout of a program that failed and wrote nothing to stderr", async () => {
    const opened = await open(`console.log('{"error":{"message":"no credit"}}'); process.exitCode = 3;`);
    expect(await ask(opened, questionOf())).toMatchObject({
      kind: "failed",
      message: expect.stringContaining("exit code 3: no credit"),
    });
  });
});
