import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sha256 } from "../domain/json.ts";
import { calibrateAlone } from "./one-calibration.ts";
import {
  appendVerdict,
  type JudgeVerdict,
  readVerdicts,
  sortVerdicts,
  verdictsPath,
  writeVerdicts,
} from "./verdict-file.ts";

const OLD = "a".repeat(64);
const OURS = "b".repeat(64);
const verdict = (id: string, changes: Partial<JudgeVerdict> = {}): JudgeVerdict => ({
  case: id,
  answer_hash: sha256(`answer ${id}`),
  repeat: 1,
  verdict: "pass",
  judge: OURS,
  ...changes,
});

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "evals-verdicts-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));
const append = (one: JudgeVerdict): void => appendVerdict(root, "helpful", "1.0.0", one);
const read = (): readonly JudgeVerdict[] => readVerdicts(root, "helpful", "1.0.0");
const sort = (counts: (one: JudgeVerdict) => boolean = () => true): readonly JudgeVerdict[] =>
  sortVerdicts(root, "helpful", "1.0.0", counts);

/** A process that takes the file's lock and writes `work`, an expression that may use the file's present `text`. */
async function startWriter(work: string): Promise<{ readonly ended: Promise<unknown> }> {
  const lock = join(root, ".evals/calibrating/helpful/1.0.0.lock");
  const other = spawn(process.execPath, [
    "-e",
    `const { mkdirSync, readFileSync, rmSync, writeFileSync } = require("node:fs");
     const [lock, path] = process.argv.slice(1);
     mkdirSync(require("node:path").dirname(lock), { recursive: true });
     writeFileSync(lock, JSON.stringify({ host: require("node:os").hostname(), pid: process.pid }));
     const text = readFileSync(path, "utf8");
     setTimeout(() => { writeFileSync(path, ${work}); rmSync(lock); }, 300);`,
    ...[lock, join(root, verdictsPath("helpful", "1.0.0"))],
  ]);
  const ended = once(other, "exit");
  while (!existsSync(lock) || readFileSync(lock, "utf8") === "") await new Promise(setImmediate);
  return { ended };
}

describe("a file of verdicts that several processes write", () => {
  test("keeps another writer's line while one more is added", async () => {
    append(verdict("a"));
    const line = `${JSON.stringify(verdict("theirs"))}\n`;
    const { ended } = await startWriter(`text + ${JSON.stringify(line)}`);
    append(verdict("mine"));
    await ended;
    expect(read().map((one) => one.case)).toEqual(["a", "theirs", "mine"]);
  });

  test("keeps another writer's line while it is sorted", async () => {
    append(verdict("b"));
    append(verdict("a"));
    const line = `${JSON.stringify(verdict("0"))}\n`;
    const { ended } = await startWriter(`text + ${JSON.stringify(line)}`);
    expect(sort()).toHaveLength(3);
    await ended;
    expect(read().map((one) => one.case)).toEqual(["0", "a", "b"]);
  });

  test("has one verdict per answer and repeat: the first of this judge, instead of an earlier judge's", () => {
    append(verdict("a"));
    append(verdict("a", { verdict: "fail" }));
    expect(read()).toEqual([verdict("a")]);
    writeVerdicts(root, "helpful", "1.0.0", [verdict("a", { judge: OLD }), verdict("b", { judge: OLD })]);
    append(verdict("a", { verdict: "fail" }));
    expect(read()).toEqual([verdict("a", { verdict: "fail" }), verdict("b", { judge: OLD })]);
    append(verdict("a", { repeat: 2 }));
    expect(read()).toHaveLength(3);
  });

  test("loses the verdicts that do not count when it is sorted, and is not written when nothing changes", () => {
    expect(sort()).toEqual([]);
    expect(existsSync(join(root, verdictsPath("helpful", "1.0.0")))).toBe(false);
    append(verdict("b", { judge: OLD }));
    append(verdict("a"));
    expect(sort((one) => one.judge === OURS)).toEqual([verdict("a")]);
    expect(read()).toEqual([verdict("a")]);
  });
});

describe("asking a judge about a suite's answers", () => {
  const mine = { judge: "helpful", version: "1.0.0", suite: "triage" };

  test("is for one process at a time; another suite may go on", () => {
    const done = calibrateAlone(root, mine);
    expect(() => calibrateAlone(root, mine)).toThrow(
      `Judge helpful 1.0.0 is being asked about the answers of triage by process ${process.pid}`,
    );
    calibrateAlone(root, { ...mine, suite: "reply" })();
    done();
    calibrateAlone(root, mine)();
  });

  test("is not blocked by a process that was killed", async () => {
    const place = join(root, ".evals/calibrating/helpful/1.0.0.triage.asking.lock");
    const other = spawn(process.execPath, [
      "-e",
      `require("node:fs").mkdirSync(require("node:path").dirname(process.argv[1]), { recursive: true });
       require("node:fs").writeFileSync(process.argv[1], JSON.stringify({ host: require("node:os").hostname(), pid: process.pid }));
       setInterval(() => {}, 1e6);`,
      place,
    ]);
    while (!existsSync(place) || readFileSync(place, "utf8") === "") await new Promise(setImmediate);
    expect(() => calibrateAlone(root, mine)).toThrow(`by process ${other.pid}`);
    other.kill("SIGKILL");
    await once(other, "exit");
    calibrateAlone(root, mine)();
  });
});
