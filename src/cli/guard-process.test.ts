import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { type GuardedProcess, guardProcess } from "./guard-process.ts";

function guarded() {
  const told: string[] = [];
  const printed: string[] = [];
  const emitter = new EventEmitter();
  const process: GuardedProcess & { ended: number[] } = {
    ended: [],
    exitCode: 0,
    on: (event: string, listener: (error: Error) => void) => emitter.on(event, listener),
    exit: (code) => {
      process.ended.push(code);
    },
    stderr: { write: (text) => printed.push(text) },
  };
  const over = guardProcess(process, (what) => {
    told.push(what);
  });
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return { process, told, printed, over, settled, emit: emitter.emit.bind(emitter) };
}

describe("a process that is ended from inside", () => {
  it("is undecided when a module ends it, whatever code that gave", () => {
    const { process, printed, emit } = guarded();
    emit("exit");
    expect(process.exitCode).toBe(3);
    expect(printed.join("")).toContain("process.exit");
  });

  it("is undecided when an error is thrown outside of any call, and says so once", async () => {
    const { process, told, printed, settled, emit } = guarded();
    emit("uncaughtException", new Error("late"));
    emit("uncaughtException", new Error("later"));
    await settled();
    expect(told).toEqual(["An error was thrown outside of any call: Error: late"]);
    expect(process.ended).toEqual([3]);
    expect(printed.join("")).toContain("later");
  });

  it("keeps the exit code once there is one", async () => {
    const { process, told, over, settled, emit } = guarded();
    over();
    emit("uncaughtException", new Error("late"));
    emit("exit");
    await settled();
    expect([process.exitCode, told, process.ended]).toEqual([0, [], []]);
  });
});
