import { describe, expect, it } from "vitest";
import { matchesGolden } from "../testing/golden.ts";
import { hostileRun, largeRun, report, reportedRun, row } from "../testing/reported-run.ts";
import { elementsOf, parseXml } from "../testing/xml.ts";
import { junitReport } from "./junit.ts";

const passedGate = { ...report.gate, outcome: "passed", rules: [] } as const;

describe("junitReport", () => {
  it("writes a testcase for each case and each rule", () => {
    const text = junitReport([reportedRun()]);
    parseXml(text);
    matchesGolden("junit/expected/regressed.xml", text);
  });

  it("stays well-formed and keeps names apart, whatever a model says", () => {
    const text = junitReport([hostileRun()]);
    const names = elementsOf(parseXml(text), "testcase").map(({ attributes }) => JSON.stringify(attributes));
    expect(new Set(names).size).toBe(names.length);
    expect(text).not.toMatch(/^\s*::|##\[|##vso\[/m);
    matchesGolden("junit/expected/hostile.xml", text);
  });

  it("is green when the gate passed, and tells of failing cases beside", () => {
    const document = parseXml(junitReport([reportedRun({ gate: passedGate })]));
    expect(document.attributes).toMatchObject({ failures: "0", errors: "0" });
    expect(elementsOf(document, "system-out").length).toBeGreaterThan(0);
  });

  it("does not blame a flaky case", () => {
    const flaky = row({ passed: 4, trials: "ppppf" });
    const document = parseXml(junitReport([reportedRun({}, { cases: [flaky] })]));
    const [only] = elementsOf(document, "testcase");
    expect(only?.children.map((one) => one.name)).toEqual(["system-out"]);
  });

  it("is red when trials are missing and no rule can say so", () => {
    const gate = { outcome: "undecided", verdict: "none", rules: [] } as const;
    const document = parseXml(junitReport([reportedRun({ gate, comparison: null }, { cases: [] })]));
    expect(document.attributes).toMatchObject({ tests: "1", errors: "1" });
  });

  it("gives two models of one suite classes of their own", () => {
    const runs = ["small", "large"].map((alias) =>
      reportedRun({ header: { ...report.header, alias, one_of_several: true } }),
    );
    const classes = elementsOf(parseXml(junitReport(runs)), "testcase").map(
      ({ attributes: { classname, name } }) => `${classname} ${name}`,
    );
    expect(new Set(classes).size).toBe(classes.length);
    expect(classes).toContain("triage.large hours-01");
  });

  it("stays below 30 MB, with every case in it, however long the answers are", () => {
    const text = junitReport([largeRun(10_000, 20_000)]);
    expect(Buffer.byteLength(text)).toBeLessThan(30_000_000);
    expect(text.match(/<testcase /g)?.length).toBe(10_000 + report.gate.rules.length);
  });

  it("says how many cases it leaves out when even their names are too many", () => {
    const cases = Array.from({ length: 16_000 }, (_, at) => row({ id: `${"&".repeat(400)}${at}` }));
    const text = junitReport([reportedRun({}, { cases })]);
    expect(Buffer.byteLength(text)).toBeLessThan(30_000_000);
    const written = text.match(/<testcase classname="triage" name="&amp;/g)?.length ?? 0;
    expect(written).toBeGreaterThan(10_000);
    expect(text).toContain(`${cases.length - written} more cases`);
  });

  it("numbers names that are equal once written, also when a number makes two equal", () => {
    const ids = [
      "a\u0001",
      "a\u0002",
      "a\uFFFD (2)",
      "b (2)",
      "b",
      "b",
      ...Array.from({ length: 20_000 }, () => "same"),
    ];
    const text = junitReport([reportedRun({}, { cases: ids.map((id) => row({ id })) })]);
    const names = Array.from(
      text.matchAll(/<testcase classname="triage" name="([^"]*)"/g),
      ([, name]) => name,
    );
    expect(names).toHaveLength(ids.length);
    expect(new Set(names).size).toBe(ids.length);
    expect(names.slice(0, 8)).toEqual([
      ...["a\uFFFD", "a\uFFFD (2)", "a\uFFFD (2) (2)", "b (2)", "b", "b (3)", "same", "same (2)"],
    ]);
  });

  it("tells a trial without an answer as an error, and leaves a passed gate green over it", () => {
    const broken = row(
      { answered: 4, passed: 4, errored: 1, trials: "ppppe" },
      { error: { kind: "timeout", message: "no reply" } },
    );
    const failed = parseXml(junitReport([reportedRun({}, { cases: [broken] })]));
    expect(elementsOf(failed, "error")[0]?.attributes).toEqual({
      type: "timeout",
      message: "1 of 5 trials without an answer: timeout: no reply",
    });
    const passed = parseXml(junitReport([reportedRun({ gate: passedGate }, { cases: [broken] })]));
    expect(elementsOf(passed, "error")).toEqual([]);
  });

  it("does not call a case passed that was never asked", () => {
    const skipped = row({ answered: 0, passed: 0, trials: "-----" });
    const document = parseXml(junitReport([reportedRun({}, { cases: [skipped] })]));
    expect(elementsOf(document, "skipped")).toHaveLength(1);
    expect(document.attributes).toMatchObject({ skipped: "1" });
  });
});
