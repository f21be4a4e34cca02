import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { markProcess } from "../processes/process-mark.ts";
import { underLock } from "./file-lock.ts";

const LOCKED = { noun: "labels", shown: "the.lock" };

describe("a lock file", () => {
  let folder = "";
  let place = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "evals-lock-"));
    place = join(folder, "triage.lock");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const owner = (pid: number, host = hostname()): void =>
    writeFileSync(place, JSON.stringify({ host, pid }), { flag: "wx" });
  const impatient = { attempts: 3, pause: () => {} };

  test("exists while the work runs and is removed afterwards, even after an error", () => {
    expect(underLock(place, LOCKED, () => existsSync(place))).toBe(true);
    const bad = (): never => {
      throw new Error("no");
    };
    expect(() => underLock(place, LOCKED, bad)).toThrow("no");
    expect(readdirSync(folder)).toEqual([]);
  });

  test("is waited for while another process has it", () => {
    owner(process.pid);
    const seen: string[] = [];
    const pause = (): void => {
      seen.push("waited");
      if (seen.length === 2) rmSync(place);
    };
    underLock(place, LOCKED, () => seen.push("worked"), { attempts: 9, pause });
    expect(seen).toEqual(["waited", "waited", "worked"]);
  });

  test("of a process that has died is taken over", () => {
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    owner(pid);
    expect(underLock(place, LOCKED, () => "worked", impatient)).toBe("worked");
    expect(readdirSync(folder)).toEqual([]);
  });

  test("of a dead process whose id now belongs to another process is taken over", () => {
    const text = { host: hostname(), ...markProcess(process.pid), started: "1" };
    writeFileSync(place, JSON.stringify(text));
    const takenOver = markProcess(process.pid).started !== null;
    if (takenOver) expect(underLock(place, LOCKED, () => "worked", impatient)).toBe("worked");
    else expect(() => underLock(place, LOCKED, () => "worked", impatient)).toThrow("EVALS_LABELS_BUSY");
  });

  test.each([
    ["a process that lives", () => owner(process.pid), `process ${process.pid} on ${hostname()}`],
    ["a process of another machine", () => owner(1, "elsewhere"), "process 1 on elsewhere"],
    ["an unknown process", () => writeFileSync(place, ""), "another process"],
  ])("of %s is never taken", (_, hold, who) => {
    hold();
    let worked = false;
    const work = (): void => {
      worked = true;
    };
    expect(() => underLock(place, LOCKED, work, impatient)).toThrow(
      `The labels are being written by ${who}, which has not released the file. [EVALS_LABELS_BUSY]`,
    );
    expect([worked, existsSync(place)]).toEqual([false, true]);
  });
});
