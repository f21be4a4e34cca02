import { describe, expect, it } from "vitest";
import { matchesGolden } from "../testing/golden.ts";
import { hostileRun, largeRun, report, reportedRun, row } from "../testing/reported-run.ts";
import { elementsOf, parseXml, type XmlElement } from "../testing/xml.ts";
import { junitReport } from "./junit.ts";

const passedGate = { ...report.gate, outcome: "passed", rules: [] } as const;

/** Attributes and children that the schema of Jenkins' xUnit plugin (junit-10.xsd) allows in each element. */
const ALLOWED: Readonly<Record<string, { attributes: string; required: string; children: string }>> = {
  testsuites: { attributes: "name time tests failures errors", required: "", children: "testsuite" },
  testsuite: {
    attributes: "name tests failures errors group time skipped timestamp hostname id package file log url",
    required: "name tests failures errors",
    children: "testsuite properties testcase system-out system-err",
  },
  testcase: {
    attributes: "name time classname group",
    required: "name",
    children: "skipped error failure system-out system-err",
  },
  failure: { attributes: "type message", required: "", children: "" },
  error: { attributes: "type message", required: "", children: "" },
  skipped: { attributes: "type message", required: "", children: "" },
  "system-out": { attributes: "", required: "", children: "" },
};
const TIME = /^(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?$/;

/** Violations of that schema, and results that come after the output, which some readers reject. */
function refusals(element: XmlElement): string[] {
  const rule = ALLOWED[element.name] ?? { attributes: "", required: "", children: "" };
  const names = element.children.map((child) => child.name);
  const attributes = Object.keys(element.attributes);
  const { time } = element.attributes;
  return [
    ...(element.name in ALLOWED ? [] : [`element ${element.name}`]),
    ...attributes.filter((one) => !rule.attributes.split(" ").includes(one)),
    ...rule.required.split(" ").filter((one) => one !== "" && !attributes.includes(one)),
    ...names.filter((one) => !rule.children.split(" ").includes(one)),
    ...(time === undefined || TIME.test(time) ? [] : [`time ${time}`]),
    ...(names.includes("system-out") && names.at(-1) !== "system-out" ? ["system-out first"] : []),
    ...element.children.flatMap(refusals),
  ];
}

describe("junitReport", () => {
  it.each([
    ["a regression", [reportedRun()]],
    ["hostile texts", [hostileRun()]],
    ["a passed gate", [reportedRun({ gate: passedGate })]],
    ["several runs", [reportedRun(), reportedRun({ status: "incomplete" }), largeRun(20, 50)]],
    [
      "a case that was not asked",
      [reportedRun({}, { cases: [row({ answered: 0, passed: 0, trials: "-----" })] })],
    ],
    ["more cases than there is room for", [largeRun(40, 1_000_000)]],
    ["no run", []],
  ])("holds only what CI plugins' schemas know: %s", async (_what, runs) => {
    expect(refusals(parseXml(await junitReport(runs)))).toEqual([]);
  });

  it("writes a testcase for each case and each rule", async () => {
    const text = await junitReport([reportedRun()]);
    parseXml(text);
    matchesGolden("junit/expected/regressed.xml", text);
  });

  it("has no time for a run whose time is unknown, and therefore no total", async () => {
    const document = parseXml(await junitReport([reportedRun(), reportedRun({ duration_ms: null })]));
    const [known, , unknown] = elementsOf(document, "testsuite");
    expect(known?.attributes.time).toMatch(/^\d/);
    expect([document.attributes.time, unknown?.attributes.time]).toEqual([undefined, undefined]);
  });

  it("stays well-formed and keeps names distinct, whatever a model says", async () => {
    const text = await junitReport([hostileRun()]);
    const names = elementsOf(parseXml(text), "testcase").map(({ attributes }) => JSON.stringify(attributes));
    expect(new Set(names).size).toBe(names.length);
    expect(text).not.toMatch(/^\s*::|##\[|##vso\[/m);
    matchesGolden("junit/expected/hostile.xml", text);
  });

  it("has no failure when the gate passed, and still reports failing cases", async () => {
    const document = parseXml(await junitReport([reportedRun({ gate: passedGate })]));
    expect(document.attributes).toMatchObject({ failures: "0", errors: "0" });
    expect(elementsOf(document, "system-out").length).toBeGreaterThan(0);
  });

  it.each([
    ["failed", true, "failure"],
    ["undecided", true, "failure"],
    ["undecided", false, "system-out"],
    ["passed", true, "system-out"],
  ] as const)(
    "where the gate %s, a case that broke (surely: %s) has a %s",
    async (outcome, significant, expected) => {
      const broken = row({ passed: 0, trials: "fffff", change: "broken", significant });
      const gate = { outcome, verdict: "regressed", rules: [] } as const;
      const document = parseXml(await junitReport([reportedRun({ gate }, { cases: [broken] })]));
      expect(elementsOf(document, "testcase")[0]?.children.map((one) => one.name)).toEqual([expected]);
    },
  );

  it("does not blame a flaky case", async () => {
    const flaky = row({ passed: 4, trials: "ppppf" });
    const document = parseXml(await junitReport([reportedRun({}, { cases: [flaky] })]));
    const [only] = elementsOf(document, "testcase");
    expect(only?.children.map((one) => one.name)).toEqual(["system-out"]);
  });

  it("has an error when trials are missing and no rule reports it", async () => {
    const gate = { outcome: "undecided", verdict: "none", rules: [] } as const;
    const document = parseXml(await junitReport([reportedRun({ gate, comparison: null }, { cases: [] })]));
    expect(document.attributes).toMatchObject({ tests: "1", errors: "1" });
  });

  it("gives each of two models of a suite its own class name", async () => {
    const runs = ["small", "large"].map((alias) =>
      reportedRun({ header: { ...report.header, alias, one_of_several: true } }),
    );
    const classes = elementsOf(parseXml(await junitReport(runs)), "testcase").map(
      ({ attributes: { classname, name } }) => `${classname} ${name}`,
    );
    expect(new Set(classes).size).toBe(classes.length);
    expect(classes).toContain("triage.large hours-01");
  });

  it("stays below 30 MB, with every case in it, however long the answers are", async () => {
    const text = await junitReport([largeRun(10_000, 20_000)]);
    expect(Buffer.byteLength(text)).toBeLessThan(30_000_000);
    expect(text.match(/<testcase /g)?.length).toBe(10_000 + report.gate.rules.length);
  });

  it("reports how many cases it leaves out when even their names are too many", async () => {
    const cases = Array.from({ length: 16_000 }, (_, at) => row({ id: `${"&".repeat(400)}${at}` }));
    const text = await junitReport([reportedRun({}, { cases })]);
    expect(Buffer.byteLength(text)).toBeLessThan(30_000_000);
    const written = text.match(/<testcase classname="triage" name="&amp;/g)?.length ?? 0;
    expect(written).toBeGreaterThan(10_000);
    expect(text).toContain(`${cases.length - written} more cases`);
  });

  it("numbers names that are equal once written, also when a number makes two equal", async () => {
    const ids = [
      "a\u0001",
      "a\u0002",
      "a\uFFFD (2)",
      "b (2)",
      "b",
      "b",
      ...Array.from({ length: 20_000 }, () => "same"),
    ];
    const text = await junitReport([reportedRun({}, { cases: ids.map((id) => row({ id })) })]);
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

  it("reports a trial without an answer as an error, unless the gate passed", async () => {
    const broken = row(
      { answered: 4, passed: 4, errored: 1, trials: "ppppe" },
      { error: { kind: "timeout", message: "no reply" } },
    );
    const failed = parseXml(await junitReport([reportedRun({}, { cases: [broken] })]));
    expect(elementsOf(failed, "error")[0]?.attributes).toEqual({
      type: "timeout",
      message: "1 of 5 trials without an answer: timeout: no reply",
    });
    const passed = parseXml(await junitReport([reportedRun({ gate: passedGate }, { cases: [broken] })]));
    expect(elementsOf(passed, "error")).toEqual([]);
  });

  it("does not call a case passed that was never asked", async () => {
    const skipped = row({ answered: 0, passed: 0, trials: "-----" });
    const document = parseXml(await junitReport([reportedRun({}, { cases: [skipped] })]));
    expect(elementsOf(document, "skipped")).toHaveLength(1);
    expect(elementsOf(document, "testsuite")[0]?.attributes).toMatchObject({ skipped: "1" });
  });
});
