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
    const long = Array.from({ length: 2 }, () => row({ id: `${"&".repeat(400)}` }));
    const cases = Array.from({ length: 10_000 }, (_, at) => long[at % 2] as (typeof long)[number]);
    const text = junitReport([reportedRun({}, { cases })]);
    expect(Buffer.byteLength(text)).toBeLessThan(30_000_000);
  });
});
