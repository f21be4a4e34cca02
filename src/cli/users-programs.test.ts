import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { commandProvider } from "../providers/command-provider.ts";
import { ask, fakeHost, questionOf } from "../providers/testing/fake-host.ts";
import { fakeInput, openScorer } from "../scorers/testing/scorer-fakes.ts";

/**
 * A user's program, run in any of the possible ways. `ask` returns an answer, or a text that says why there is
 * none.
 */
interface RunProgram {
  ask(): Promise<string>;
  close(): Promise<void>;
}

let root: string;
let opened: RunProgram | undefined;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "programs-"));
});
afterEach(async () => {
  await opened?.close();
  opened = undefined;
  rmSync(root, { recursive: true, force: true });
});

const command = [process.execPath, "program.mjs"];

async function asModel(more: object): Promise<RunProgram> {
  const settings = commandProvider.settings.parse({ provider: "command", command, ...more });
  const target = await commandProvider.open(settings, fakeHost({ root, env: process.env }));
  return {
    ask: async () => {
      const reply = await ask(target, questionOf());
      return reply.kind === "failed" ? reply.message : reply.output;
    },
    close: () => target.client.close(),
  };
}

async function asScorer(more: object): Promise<RunProgram> {
  const scorer = await openScorer({ type: "command", command, ...more }, { root });
  return {
    ask: async () => {
      try {
        return (await scorer.score(fakeInput("a"))).reason;
      } catch (error) {
        return (error as Error).message;
      }
    },
    close: async () => scorer.close?.(),
  };
}

const WAYS: Readonly<Record<string, () => Promise<RunProgram>>> = {
  "a model": () => asModel({}),
  "a model that serves lines": () => asModel({ serve: "jsonl" }),
  "a scorer": () => asScorer({}),
  "a scorer that serves lines": () => asScorer({ serve: "jsonl" }),
};

/** Whether a process is running. A zombie, which has ended but was not reaped yet, is not. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !existsSync(`/proc/${pid}/stat`) || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

async function start(way: string, program: string): Promise<RunProgram> {
  writeFileSync(join(root, "program.mjs"), program);
  opened = await (WAYS[way] as () => Promise<RunProgram>)();
  return opened;
}

describe.each(Object.keys(WAYS))("a program that is %s", (way) => {
  it("is ended when it does not stop printing", async () => {
    const running = await start(
      way,
      `const piece = "x".repeat(1 << 20);
       const more = () => { while (process.stdout.write(piece)); process.stdout.once("drain", more); };
       process.stdin.once("data", more);`,
    );
    expect(await running.ask()).toMatch(/more than 16 MiB/);
  });

  it("may print any amount to stderr", async () => {
    const running = await start(
      way,
      `process.stdin.once("data", () => {
         const noise = "n".repeat(1 << 20) + "\\n";
         let left = 30;
         const more = () => (left-- > 0 ? process.stderr.write(noise, more) : process.stdout.write("true\\n", () => process.exit(0)));
         more();
       });`,
    );
    expect(await running.ask()).not.toMatch(/MiB/);
  });

  it("ends together with the processes that it started, without a delay", async () => {
    const pidFile = join(root, "pid");
    const running = await start(
      way,
      `import { spawn } from "node:child_process"; import { writeFileSync } from "node:fs";
       const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "inherit" });
       writeFileSync(${JSON.stringify(pidFile)}, String(child.pid));
       process.stdin.once("data", () => process.stdout.write("true\\n", () => process.exit(0)));`,
    );
    await running.ask();
    await running.close();
    const pid = Number(readFileSync(pidFile, "utf8"));
    await vi.waitUntil(() => !isRunning(pid), { timeout: 10_000, interval: 10 });
  });

  it("does not delay the end by a process that has left its group", async () => {
    const pidFile = join(root, "pid");
    const running = await start(
      way,
      `import { spawn } from "node:child_process"; import { writeFileSync } from "node:fs";
       const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"], { stdio: "inherit", detached: true });
       child.unref();
       writeFileSync(${JSON.stringify(pidFile)}, String(child.pid));
       process.stdin.once("data", () => process.stdout.write("true\\n", () => process.exit(0)));`,
    );
    try {
      await running.ask();
      await running.close();
      expect(isRunning(Number(readFileSync(pidFile, "utf8")))).toBe(true);
    } finally {
      process.kill(Number(readFileSync(pidFile, "utf8")), "SIGKILL");
    }
  });
});
