import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sha256 } from "../../domain/json.ts";
import type { Judged, OpenJudge } from "../../domain/judge.ts";
import { ScorerFailure } from "../../domain/scorer.ts";
import { readCalibration } from "../../labels/calibration-file.ts";
import { writeLabels } from "../../labels/label-file.ts";
import { labelsPath } from "../../labels/labels-path.ts";
import { calibrateAlone } from "../../labels/one-calibration.ts";
import { answerOf, label, table } from "../../labels/testing/labels.ts";
import { appendVerdict, readVerdicts, verdictsPath, writeVerdicts } from "../../labels/verdict-file.ts";
import { fakeIo } from "../testing/fake-io.ts";
import { type Scenario, scenario } from "../testing/scenario.ts";
import { calibrateCommand } from "./calibrate.ts";

const CONFIG = "models: { small: { provider: outputs, file: outputs.jsonl } }\n";
const HASH = "a".repeat(64);

let s: Scenario;
beforeEach(() => {
  s = scenario(null);
  s.write("evalconfig.yaml", CONFIG);
});
afterEach(() => s.remove());

/** Writes files with labels and verdicts that give a table of counts. */
function files(counts: Parameters<typeof table>[0]): void {
  const { labels, verdicts } = table(counts);
  writeLabels(s.root, "triage", labels);
  writeVerdicts(s.root, "helpful", "1.0.0", verdicts);
}

describe("from the files alone", () => {
  test("labels and verdicts are enough: the table comes out exactly, and no model is opened", async () => {
    files({ tp: 96, fp: 7, fn: 11, tn: 36 });
    const { exit, stdout } = await s.evals("calibrate helpful --suite triage --json");
    expect(exit).toBe(0);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({
      schema: "evals.calibrate/1",
      judge: "helpful",
      suite: "triage",
      labels: { n: 150, pass: 107, fail: 43, unsure: 0 },
      confusion: { tp: 96, fp: 7, fn: 11, tn: 36 },
      file: null,
    });
    expect(document.agreement.value).toBeCloseTo(132 / 150, 12);
    expect(document.sensitivity.value).toBeCloseTo(96 / 107, 12);
    expect(document.specificity.value).toBeCloseTo(36 / 43, 12);
    const chance = (107 * 103 + 43 * 47) / 150 ** 2;
    expect(document.kappa.value).toBeCloseTo((132 / 150 - chance) / (1 - chance), 12);
    for (const name of ["agreement", "kappa", "ac1", "sensitivity", "specificity"]) {
      expect(document[name].low).toBeLessThan(document[name].value);
      expect(document[name].high).toBeGreaterThan(document[name].value);
    }
    expect(existsSync(join(s.root, ".evals"))).toBe(false);
  });

  test("a plain folder is enough: no evalconfig.yaml, with CRLF, a byte order mark and times of another zone", async () => {
    files({ tp: 8, fp: 1, fn: 2, tn: 4 });
    rmSync(join(s.root, "evalconfig.yaml"));
    for (const path of [labelsPath("triage"), verdictsPath("helpful", "1.0.0")]) {
      const text = readFileSync(join(s.root, path), "utf8").replaceAll("12:00:00.000Z", "14:00:00+02:00");
      s.write(path, `\ufeff${text.replaceAll("\n", "\r\n").trimEnd()}`);
    }
    const { exit, stdout } = await s.evals("calibrate helpful --suite triage --json");
    expect([exit, JSON.parse(stdout).confusion]).toEqual([0, { tp: 8, fp: 1, fn: 2, tn: 4 }]);
    rmSync(join(s.root, "labels"), { recursive: true });
    const { stdout: nothing } = await s.evals("calibrate helpful --json");
    expect(JSON.parse(nothing).problems[0].code).toBe("EVALS_NO_PROJECT");
  });

  test("a person reads what it is worth and what to do next, in 80 columns", async () => {
    files({ tp: 30, fp: 12, fn: 6, tn: 12 });
    await s.evals("calibrate helpful");
    s.matches("calibrate");
  });

  test.each([
    ["agrees with people on all", { tp: 40, fp: 0, fn: 0, tn: 40 }, /Length: a bias could not show/],
    [
      "has few labels",
      { tp: 20, fp: 1, fn: 0, tn: 2 },
      /Length: 23 answers are too few to find a bias; it takes 50/,
    ],
    ["says the opposite", { tp: 10, fp: 40, fn: 40, tn: 10 }, /\(AC1\) +−0\.60 +−0\.76 – −0\.44/],
    ["is no better than chance", { tp: 12, fp: 3, fn: 4, tn: 1 }, /\(kappa\) +0\.00 +−0\.43 – 0\.43/],
  ])("tells of a judge that %s what the numbers say", async (_, counts, said) => {
    files(counts);
    const { stdout } = await s.evals("calibrate helpful --suite triage");
    expect(stdout.replace(/\n +/g, " ")).toMatch(said);
    // The command that adds labels is the last line, unless labels do not help.
    expect(/^ {2}evals label triage\n$/m.test(stdout)).toBe(!stdout.includes("More labels will not help"));
  });

  test("10,000 labels, three raters", async () => {
    const { labels, verdicts } = table({ tp: 1700, fp: 400, fn: 300, tn: 934 });
    const raters = ["ana", "bo", "cy"];
    writeLabels(
      s.root,
      "triage",
      raters.flatMap((rater) => labels.map((one) => ({ ...one, rater }))),
    );
    writeVerdicts(s.root, "helpful", "1.0.0", verdicts);
    const { stdout } = await s.evals("calibrate helpful --json");
    expect(JSON.parse(stdout).raters).toMatchObject({ answers: 3334, alpha: { value: 1 } });
  });

  test.each([
    ["calibrate helpful", "EVALS_CALIBRATE_SUITE", ""],
    ["calibrate helpful --suite triage", "EVALS_JUDGE_UNKNOWN", ""],
    ["calibrate helpful --suite triage --repeats 0", "EVALS_OPTION_INVALID", ""],
  ])("%s without anything there: %s", async (args, code) => {
    const { exit, stderr } = await s.evals(args);
    expect(exit).toBe(2);
    expect(stderr).toContain(code);
  });

  test("two suites with labels, no label of this suite, only unsure labels, a half-written file", async () => {
    files({ tp: 3, fp: 1, fn: 1, tn: 3 });
    writeLabels(s.root, "billing", [label("a", "unsure")]);
    expect((await s.evals("calibrate helpful")).stderr).toContain("billing, triage");
    expect((await s.evals("calibrate helpful --suite triag")).stderr).toContain('Did you mean "triage"?');
    expect((await s.evals("calibrate helpful --suite billing")).stderr).toContain("--adjudicate");
    s.write(labelsPath("billing"), '{"case":"a","ans');
    const half = await s.evals("calibrate helpful --suite billing");
    expect(half.exit).toBe(2);
    expect(half.stderr).toContain("labels/billing.jsonl:1:17");
  });
});

test("evals check reads labels, verdicts and calibrations, and reports every mistake of them", async () => {
  files({ tp: 3, fp: 1, fn: 1, tn: 3 });
  expect((await s.evals("check")).stderr).not.toContain("labels/");
  s.write(labelsPath("triage"), '{"case":1}\n');
  s.write("judges/helpful/1.0.0.verdicts.jsonl", "half");
  s.write("judges/helpful/1.0.0.calibration.json", '{"schema":"evals.calibration/9"}');
  const { exit, stderr } = await s.evals("check");
  expect(exit).toBe(2);
  for (const expected of ["labels/triage.jsonl:1:", "EVALS_VERDICTS_SYNTAX", "EVALS_CALIBRATION_VERSION"])
    expect(stderr).toContain(expected);
});

describe("with a judge to ask", () => {
  const io = () => fakeIo(s.root);
  const output: string[] = [];

  /** A judge that gives the verdicts of `verdictOf`, and counts the questions. */
  function judge(verdictOf: (id: string, repeat: number) => "pass" | "fail" | "error"): OpenJudge {
    return {
      ...{ name: "helpful", version: "1.0.0", hash: HASH, identity: {}, path: "judges/helpful/1.0.0.md" },
      models: ["gpt-5.4-mini-2026-03-17"],
      judge: async ({ golden, transcript }, repeat): Promise<Judged> => {
        output.push(`${golden.id} ${repeat} ${transcript.output}`);
        const verdict = verdictOf(golden.id, repeat);
        if (verdict === "error") throw new ScorerFailure("judge", "no verdict in \u009b2J\u202e the reply.");
        return { verdict, score: verdict === "pass" ? 1 : 0, reason: "" };
      },
      close: async () => {},
    };
  }

  async function run(options: Record<string, unknown>, one: OpenJudge | null) {
    output.length = 0;
    const out = io();
    const showHelp = (): void => {};
    const call = {
      io: out,
      args: ["helpful"] as [string],
      showHelp,
      wholeProgram: async () => new Command(),
    };
    const asked = { directory: undefined, repeats: "1", suite: "triage", ...options };
    const exit = await calibrateCommand({ ...call, options: asked }, async () => ({
      judge: one,
      troubles: [{ code: "EVALS_MODEL_UNKNOWN", what: "No model.", why: "-", fix: "-" }],
      close: async () => {},
    }));
    return { exit, ...out.printed };
  }

  beforeEach(() => {
    const cases = Array.from({ length: 20 }, (_, i) => ({
      id: `c${i}`,
      input: `question ${i}`,
      tags: ["all"],
    }));
    for (const folder of ["datasets", "evals", "judges", "judges/helpful"]) mkdirSync(join(s.root, folder));
    s.write("datasets/triage.jsonl", cases.map((one) => `${JSON.stringify(one)}\n`).join(""));
    s.write(
      "outputs.jsonl",
      cases.map((one) => `${JSON.stringify({ case: one.id, output: "x" })}\n`).join(""),
    );
    s.write("evals/triage.yaml", "dataset: triage\nmodel: small\nscorers: [{ type: contains, value: x }]\n");
    s.write("judges/helpful/1.0.0.md", "---\nkind: binary\nmodel: small\n---\nIs it helpful?\n");
    writeLabels(s.root, "triage", [
      ...cases.map((one, at) => label(one.id, at < 12 ? "pass" : "fail")),
      label("gone", "pass"),
    ]);
  });

  test("what is missing is asked once, kept one by one, and never asked again", async () => {
    const one = judge((id) => (id === "c3" ? "fail" : Number(id.slice(1)) < 12 ? "pass" : "fail"));
    const first = await run({ json: true }, one);
    expect(first.exit).toBe(0);
    expect(output).toHaveLength(20);
    expect(output).toContain(`c3 1 ${answerOf("c3")}`);
    expect(first.stderr).toContain('no case "gone"');
    const document = JSON.parse(first.stdout);
    expect(document).toMatchObject({ confusion: { tp: 11, fp: 0, fn: 1, tn: 8 }, unjudged: 1 });
    expect(document.file).toBe("judges/helpful/1.0.0.calibration.json");
    expect(readCalibration(s.root, "helpful", "1.0.0")?.suites.triage).toMatchObject({ judge: HASH });
    expect(readVerdicts(s.root, "helpful", "1.0.0")).toHaveLength(20);
    const again = await run({ json: true }, one);
    expect(output).toEqual([]);
    expect(again.stdout).toBe(first.stdout);
    expect((await run({ json: true, repeats: "2" }, one)).exit).toBe(0);
    expect(output).toHaveLength(20);
  });

  test("verdicts made elsewhere may be numbered from 0; only those that are missing are asked", async () => {
    const one = judge(() => "pass");
    await run({ json: true }, one);
    const path = `${s.root}/judges/helpful/1.0.0.verdicts.jsonl`;
    writeFileSync(path, readFileSync(path, "utf8").replaceAll('"repeat":1', '"repeat":0'));
    output.length = 0;
    expect((await run({ json: true }, one)).exit).toBe(0);
    expect(output).toEqual([]);
    expect((await run({ json: true, repeats: "2" }, one)).exit).toBe(0);
    expect(output).toHaveLength(20);
    expect(new Set(readVerdicts(s.root, "helpful", "1.0.0").map((verdict) => verdict.repeat))).toEqual(
      new Set([0, 1]),
    );
  });

  test("verdicts that another process writes meanwhile are kept and counted", async () => {
    const elsewhere = { case: "c9", answer_hash: sha256("other"), repeat: 1, verdict: "pass" } as const;
    const one = judge((id) => {
      if (id === "c4") appendVerdict(s.root, "helpful", "1.0.0", elsewhere);
      return "pass";
    });
    expect((await run({ json: true }, one)).exit).toBe(0);
    const kept = readVerdicts(s.root, "helpful", "1.0.0");
    expect(kept).toHaveLength(21);
    expect(kept).toContainEqual(elsewhere);
  });

  test("is refused while another process asks the same, and nothing is asked", async () => {
    const done = calibrateAlone(s.root, { judge: "helpful", version: "1.0.0", suite: "triage" });
    const one = judge(() => "pass");
    await expect(run({ json: true }, one)).rejects.toThrow("EVALS_CALIBRATE_BUSY");
    expect(output).toEqual([]);
    done();
    expect((await run({ json: true }, one)).exit).toBe(0);
    expect(output).toHaveLength(20);
  });

  test("a judge that stops answering loses nothing; an answer without a verdict is left out and reported", async () => {
    const before = await run(
      { json: true },
      judge((id) => (id === "c5" ? "error" : "pass")),
    );
    expect(before.exit).toBe(3);
    expect(before.stderr).toContain("no usable verdict on 1 answer. The error: ");
    expect(before.stderr).not.toMatch(/[\u009b\u202e]/);
    expect(JSON.parse(before.stdout)).toMatchObject({ unjudged: 2, confusion: { tp: 11, fp: 8 } });
    const after = await run(
      { json: true },
      judge(() => "pass"),
    );
    expect(output).toEqual([`c5 1 ${answerOf("c5")}`]);
    expect(after.exit).toBe(0);
    await expect(
      run(
        {},
        judge(() => "error"),
      ),
    ).resolves.toMatchObject({ exit: 0 });
    expect(output).toEqual([]);
  });

  test("verdicts of an earlier judge under the same version are asked again; those made elsewhere stay", async () => {
    const first = await run(
      { json: true },
      judge(() => "pass"),
    );
    expect(first.exit).toBe(0);
    await run({ json: true }, { ...judge(() => "fail"), hash: "b".repeat(64) });
    expect(output).toHaveLength(20);
    expect(new Set(readVerdicts(s.root, "helpful", "1.0.0").map((one) => one.judge))).toEqual(
      new Set(["b".repeat(64)]),
    );
    const elsewhere = readVerdicts(s.root, "helpful", "1.0.0").map(({ judge: _, ...one }) => one);
    writeVerdicts(s.root, "helpful", "1.0.0", elsewhere);
    await run(
      { json: true },
      judge(() => "pass"),
    );
    expect(output).toEqual([]);
  });

  /**
   * Writes a second suite whose cases have the same ids and answers as the first one's, but other questions.
   */
  function secondSuite(count: number): void {
    const cases = Array.from({ length: count }, (_, i) => ({ id: `c${i}`, input: `another question ${i}` }));
    s.write("datasets/second.jsonl", cases.map((one) => `${JSON.stringify(one)}\n`).join(""));
    s.write(
      "evals/second.yaml",
      "dataset: second\nmodel: small\nscorers: [{ type: contains, value: x }]\ngate: { judge: { min_labels: 2 } }\n",
    );
    writeLabels(
      s.root,
      "second",
      cases.map((one) => label(one.id, "fail")),
    );
  }

  test("a judge's verdicts on another suite's answers are neither used for this suite nor lost", async () => {
    await run(
      { json: true },
      judge(() => "pass"),
    );
    secondSuite(5);
    const second = await run(
      { json: true, suite: "second" },
      judge(() => "fail"),
    );
    expect(output).toHaveLength(5);
    expect(JSON.parse(second.stdout).confusion).toEqual({ tp: 0, fp: 0, fn: 0, tn: 5 });
    expect(second.stderr).not.toContain("EVALS_LABELS_CASE_CHANGED");
    // This suite uses the judge with another hash; the verdicts that were paid for the first suite are kept.
    const third = { ...judge(() => "fail"), hash: "c".repeat(64) };
    await run({ json: true, suite: "second" }, third);
    expect(output).toHaveLength(5);
    const first = await run(
      { json: true },
      judge(() => "error"),
    );
    expect(output).toEqual([]);
    expect(JSON.parse(first.stdout).confusion).toEqual({ tp: 12, fp: 8, fn: 0, tn: 0 });
    // Without the datasets it is unknown which of the two verdicts on c0 is meant.
    rmSync(join(s.root, "datasets"), { recursive: true });
    const blind = await run({ json: true }, null);
    expect(JSON.parse(blind.stdout)).toMatchObject({ unjudged: 6, confusion: { tp: 7, fp: 8 } });
  });

  test("about a changed case the judge is asked again, and a person must check its labels", async () => {
    await run(
      { json: true },
      judge(() => "pass"),
    );
    s.edit("datasets/triage.jsonl", "question 3", "question three");
    const { stderr } = await run(
      { json: true },
      judge(() => "fail"),
    );
    expect(output).toEqual([`c3 1 ${answerOf("c3")}`]);
    expect(stderr).toContain("EVALS_LABELS_CASE_CHANGED");
    expect(stderr).toContain("gave its verdicts: c3.");
    const kept = readVerdicts(s.root, "helpful", "1.0.0");
    expect(kept).toHaveLength(20);
    expect(kept.find((one) => one.case === "c3")?.verdict).toBe("fail");
    await run(
      { json: true },
      judge(() => "error"),
    );
    expect(output).toEqual([]);
  });

  test("a calibration with mistakes is reported before anything is asked", async () => {
    s.write("judges/helpful/1.0.0.calibration.json", "{");
    const one = judge(() => "pass");
    await expect(run({}, one)).rejects.toThrow("EVALS_CALIBRATION_SYNTAX");
    expect(output).toEqual([]);
  });

  test("a judge that cannot be opened is only a mistake when it has to be asked", async () => {
    await expect(run({}, null)).rejects.toThrow("EVALS_MODEL_UNKNOWN");
    await run(
      {},
      judge(() => "pass"),
    );
    const { exit, stdout } = await run({}, null);
    expect(exit).toBe(0);
    expect(stdout).toContain("The calibration was not stored");
    await expect(run({ check: true }, null)).rejects.toThrow("EVALS_MODEL_UNKNOWN");
    await expect(run({ repeats: "x" }, null)).rejects.toThrow("EVALS_OPTION_INVALID");
  });

  test("--check asks about the same answers again: a judge that became milder has drifted, exit 1", async () => {
    const strict = judge((id) => (Number(id.slice(1)) < 12 ? "pass" : "fail"));
    await run({}, strict);
    const file = readFileSync(join(s.root, verdictsPath("helpful", "1.0.0")), "utf8");
    const same = await run({ check: true, json: true }, strict);
    expect(output).toHaveLength(20);
    expect(output.every((one) => Number(one.split(" ")[1]) > 1_000_000_000)).toBe(true);
    expect(same.exit).toBe(0);
    expect(JSON.parse(same.stdout).check).toMatchObject({
      answers: 20,
      to_pass: 0,
      to_fail: 0,
      drifted: false,
    });
    const milder = await run(
      { check: true },
      judge(() => "pass"),
    );
    expect(milder.exit).toBe(1);
    expect(milder.stdout).toContain("JUDGE DRIFT");
    expect(milder.stdout).toContain("milder");
    expect(readFileSync(join(s.root, verdictsPath("helpful", "1.0.0")), "utf8")).toBe(file);
  });
});
