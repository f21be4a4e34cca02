import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { isAlive, markProcess } from "./process-mark.ts";

describe("the mark of a process", () => {
  it("identifies a running process until it is killed", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1e6)"], { stdio: "ignore" });
    const mark = markProcess(child.pid ?? 0);
    expect(isAlive(mark)).toBe(true);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(isAlive(mark)).toBe(false);
  });

  it.runIf(process.platform === "linux")("does not match a later process with the same process id", () => {
    const own = markProcess(process.pid);
    expect([isAlive(own), isAlive({ ...own, started: "1" })]).toEqual([true, false]);
  });

  it("compares only the process id when the start time is unknown", () => {
    expect(isAlive({ pid: process.pid, started: null })).toBe(true);
  });
});
