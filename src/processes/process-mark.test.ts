import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { isAlive, markProcess } from "./process-mark.ts";

describe("the mark of a process", () => {
  it("is of one that lives, until it is killed", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1e6)"], { stdio: "ignore" });
    const mark = markProcess(child.pid ?? 0);
    expect(isAlive(mark)).toBe(true);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(isAlive(mark)).toBe(false);
  });

  it.runIf(process.platform === "linux")("is not that of a later process with the same number", () => {
    const own = markProcess(process.pid);
    expect([isAlive(own), isAlive({ ...own, started: "1" })]).toEqual([true, false]);
  });

  it("goes by the number alone where nobody can tell when it started", () => {
    expect(isAlive({ pid: process.pid, started: null })).toBe(true);
  });
});
