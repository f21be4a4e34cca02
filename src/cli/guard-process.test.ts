import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { type GuardedProcess, guardProcess, type Loss } from "./guard-process.ts";

function guarded(answer = 3) {
  const losses: Loss[] = [];
  const printed: string[] = [];
  const emitter = new EventEmitter();
  const process: GuardedProcess & { ended: number[] } = {
    ended: [],
    exitCode: 0,
    on: (event: string, listener: (error: Error) => void) => emitter.on(event, listener),
    exit: (code) => {
      process.ended.push(code);
      emitter.emit("exit");
    },
    stderr: { write: (text) => printed.push(text) },
  };
  const over = guardProcess(process, (how) => {
    losses.push(how);
    return answer;
  });
  return { process, losses, printed, over, emit: emitter.emit.bind(emitter) };
}

describe("a process that is ended from inside", () => {
  it("is undecided when a module ends it with any exit code, and reports this before it is gone", () => {
    const { process, losses, emit } = guarded();
    emit("exit");
    expect([process.exitCode, losses]).toEqual([3, [{ kind: "exited" }]]);
  });

  it("keeps an exit code that was decided before", () => {
    const { process, emit } = guarded(1);
    emit("exit");
    expect(process.exitCode).toBe(1);
  });

  it("is undecided when nothing is left to wait for, and reports it once", () => {
    const { process, losses, emit } = guarded();
    emit("beforeExit");
    emit("exit");
    expect([process.exitCode, losses]).toEqual([3, [{ kind: "stalled" }]]);
  });

  it("is undecided when an error is thrown outside of any call, and reports it once", () => {
    const { process, losses, printed, emit } = guarded();
    const error = new Error("late");
    emit("uncaughtException", error);
    emit("uncaughtException", new Error("later"));
    expect(losses).toEqual([{ kind: "threw", error }]);
    expect([process.ended, process.exitCode]).toEqual([[3], 3]);
    expect(printed.join("")).toContain("later");
  });

  it("keeps the command's exit code, whatever code a module ends it with", () => {
    const { process, losses, over, emit } = guarded();
    over(1);
    emit("uncaughtException", new Error("late"));
    process.exitCode = 0;
    emit("exit");
    expect([process.exitCode, losses, process.ended]).toEqual([1, [], []]);
  });
});
