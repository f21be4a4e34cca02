import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { EvalsError } from "../domain/problem.ts";
import {
  answerHash,
  formatLabels,
  parseLabels,
  readLabels,
  removeLabel,
  saveLabel,
  unknownCases,
  writeLabels,
} from "./label-file.ts";
import { labelsPath } from "./labels-path.ts";
import { label, verdict } from "./testing/labels.ts";
import { appendVerdict, parseVerdicts, readVerdicts } from "./verdict-file.ts";

const PATH = "labels/triage.jsonl";

function problemsOf(text: string | Buffer) {
  try {
    parseLabels(Buffer.from(text), PATH);
  } catch (error) {
    if (error instanceof EvalsError) return error.problems;
    throw error;
  }
  return [];
}

const line = (value: object): string => `${JSON.stringify(value)}\n`;

describe("a label made by hand", () => {
  test("may leave out the weight of an answer picked at random, and the time of day", () => {
    const { weight: _, ...bare } = label("a", "pass");
    for (const at of ["2025-03-01", "2025-03-01T12:00:00", "2025-03-01T12:00:00+02:00"])
      expect(parseLabels(Buffer.from(line({ ...bare, at })), PATH)).toEqual([{ ...bare, at, weight: 1 }]);
  });

  test("must give the weight of an answer picked by stratum, and a valid time", () => {
    const { weight: _, ...bare } = label("a", "pass", { picked: "stratified" });
    expect(problemsOf(line(bare)).map(({ code }) => code)).toEqual(["EVALS_LABELS_MISSING_KEY"]);
    expect(problemsOf(line({ ...label("a", "pass"), at: "March" }))).toMatchObject([
      { code: "EVALS_LABELS_INVALID", column: expect.any(Number) },
    ]);
  });
});

describe("mistakes of a label file", () => {
  test("every one is reported with its place, all at once", () => {
    const good = label("a", "pass");
    const { rater: _, ...noRater } = label("b", "pass");
    const text = [
      line(good),
      line({ ...label("c", "pass"), verdict: "good" }),
      line(noRater),
      line({ ...label("d", "fail"), answer: "another text" }),
      line({ ...label("e", "fail"), score: 4 }),
      line({ ...good, verdict: "fail" }),
      "{not json}\n",
    ].join("");
    const problems = problemsOf(text);
    expect(problems.map(({ code, line: at }) => `${at} ${code}`)).toEqual([
      "2 EVALS_LABELS_INVALID",
      "3 EVALS_LABELS_MISSING_KEY",
      "4 EVALS_LABELS_HASH",
      "5 EVALS_LABELS_UNKNOWN_KEY",
      "6 EVALS_LABELS_TWICE",
      "7 EVALS_LABELS_SYNTAX",
    ]);
    expect(problems[0]?.column).toBe((text.split("\n")[1]?.indexOf('"good"') as number) + 1);
    expect(problems[3]?.fix).toContain("newer git-evals");
    expect(problems[4]?.what).toContain('rater "ana"');
    expect(problems.every(({ path }) => path === PATH)).toBe(true);
  });

  test.each(["null", "[]", '"a"', "7"])("a line %s is reported as a line, at its place", (other) => {
    expect(problemsOf(`${line(label("a", "pass"))}${other}\n`)).toMatchObject([
      { code: "EVALS_LABELS_INVALID", line: 2, column: 1, what: expect.stringMatching(/^This line must be/) },
    ]);
  });

  test("a half-written last line is reported as such, and the same in the middle is not", () => {
    const half = line(label("b", "pass")).slice(0, 40);
    const [last] = problemsOf(line(label("a", "pass")) + half);
    expect(last).toMatchObject({ code: "EVALS_LABELS_CUT_OFF", line: 2, column: 41 });
    expect(problemsOf(`${half}\n${line(label("a", "pass"))}`)[0]).toMatchObject({
      code: "EVALS_LABELS_SYNTAX",
      line: 1,
    });
  });

  test("a newer format, conflict markers and bytes that are not UTF-8 are reported", () => {
    expect(problemsOf(line({ schema: "evals.labels/2" }))[0]?.code).toBe("EVALS_LABELS_VERSION");
    const conflict = `<<<<<<< ours\n${line(label("a", "pass"))}`;
    expect(problemsOf(conflict)[0]).toMatchObject({ code: "EVALS_LABELS_CONFLICT", line: 1 });
    expect(problemsOf(Buffer.from([0x7b, 0xff]))[0]?.code).toBe("EVALS_FILE_ENCODING");
  });

  test("labels of cases that the dataset does not have give a warning", () => {
    const [warning, ...more] = unknownCases([label("vip-1", "pass"), label("old", "fail")], PATH, [
      "vip-2",
      "vip-1",
    ]);
    expect(more).toEqual([]);
    expect(warning).toMatchObject({ code: "EVALS_LABELS_UNKNOWN_CASE", path: PATH });
    expect(warning?.what).toContain('"old"');
  });
});

describe("writing", () => {
  let root = "";
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "evals-labels-"));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));
  const text = (): string => readFileSync(join(root, labelsPath("triage")), "utf8");

  test("what was written is read back, sorted, whatever the order of keys and labels", () => {
    const one = label("b", "pass", { comment: "gut\u00e9 ⏎", criteria: { tone: "unsure" } });
    const two = label("a", "fail", { rater: "bo", weight: 2.5, picked: "stratified" });
    const three = label("a", "pass");
    writeLabels(root, "triage", [one, two, three]);
    expect(readLabels(root, "triage")).toEqual([three, two, one]);
    expect(formatLabels([two, Object.fromEntries(Object.entries(one).reverse()) as typeof one, three])).toBe(
      text(),
    );
    expect(readLabels(root, "none")).toEqual([]);
    expect(existsSync(join(root, `${labelsPath("triage")}.new`))).toBe(false);
  });

  test("a new label is appended; a second one by the same rater replaces the first; other labels stay", () => {
    saveLabel(root, "triage", label("b", "pass"));
    saveLabel(root, "triage", label("a", "pass"));
    expect(
      text()
        .split("\n")
        .map((one) => one.slice(0, 11)),
    ).toEqual(['{"case":"b"', '{"case":"a"', ""]);
    saveLabel(root, "triage", label("b", "fail"));
    saveLabel(root, "triage", label("b", "fail", { rater: "bo" }));
    expect(readLabels(root, "triage").map((one) => [one.case, one.rater, one.verdict])).toEqual([
      ["a", "ana", "pass"],
      ["b", "ana", "fail"],
      ["b", "bo", "fail"],
    ]);
    removeLabel(root, "triage", label("b", "fail"));
    removeLabel(root, "triage", label("gone", "fail"));
    // A label that replaced it since, in another window or by an import, is kept.
    removeLabel(root, "triage", label("a", "fail"));
    removeLabel(root, "triage", label("a", "pass", { at: "2030-01-01T00:00:00.000Z" }));
    expect(readLabels(root, "triage").map((one) => one.rater)).toEqual(["ana", "bo"]);
  });

  test("a last line without a line feed is ended before the next one; half a line is refused", () => {
    writeLabels(root, "triage", [label("a", "pass")]);
    writeFileSync(join(root, labelsPath("triage")), text().trimEnd());
    saveLabel(root, "triage", label("b", "pass"));
    expect(readLabels(root, "triage")).toHaveLength(2);
    appendFileSync(join(root, labelsPath("triage")), '{"case":"c","answer');
    const before = text();
    expect(() => saveLabel(root, "triage", label("d", "pass"))).toThrow("EVALS_LABELS_CUT_OFF");
    expect(text()).toBe(before);
  });

  test.each([
    ["a new label", label("a", "pass")],
    ["another label instead", label("b", "fail")],
  ])("%s waits for a rater who writes just then, and loses nothing of theirs", async (_, mine) => {
    writeLabels(root, "triage", [label("b", "pass")]);
    const lock = join(root, ".evals/labelling/triage.lock");
    const theirs = label("c", "fail", { rater: "bo" });
    const other = spawn(process.execPath, [
      "-e",
      `const { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } = require("node:fs");
       const [lock, labels, line] = process.argv.slice(1);
       mkdirSync(require("node:path").dirname(lock), { recursive: true });
       writeFileSync(lock, JSON.stringify({ host: require("node:os").hostname(), pid: process.pid }));
       const before = readFileSync(labels);
       setTimeout(() => { writeFileSync(labels, before + line); rmSync(lock); }, 300);`,
      ...[lock, join(root, labelsPath("triage")), line(theirs)],
    ]);
    const ended = once(other, "exit");
    while (!existsSync(lock) || readFileSync(lock, "utf8") === "") await setImmediate();
    saveLabel(root, "triage", mine);
    await ended;
    expect(readLabels(root, "triage")).toContainEqual(theirs);
    expect(readLabels(root, "triage")).toContainEqual(mine);
    expect(existsSync(lock)).toBe(false);
  });

  test("verdicts are appended one by one, and two with the same repeat number are a mistake", () => {
    const one = verdict("a", "pass", { judge: "0".repeat(64), orders: ["answer", "tie"] });
    appendVerdict(root, "helpful", "1.0.0", one);
    appendVerdict(root, "helpful", "1.0.0", verdict("a", "fail", { repeat: 2 }));
    expect(readVerdicts(root, "helpful", "1.0.0")).toEqual([one, verdict("a", "fail", { repeat: 2 })]);
    const twice = line(one) + line({ ...one, verdict: "fail" });
    expect(() => parseVerdicts(Buffer.from(twice), "v")).toThrow("EVALS_VERDICTS_TWICE");
    const graded = line({ ...one, verdict: 4 });
    expect(() => parseVerdicts(Buffer.from(graded), "v")).toThrow("EVALS_VERDICTS_INVALID");
  });

  test("the hash is that of the UTF-8 text", () => {
    expect(answerHash("é")).toBe("4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c");
  });
});
