import { describe, expect, it } from "vitest";
import { metricUnit } from "../domain/metric-unit.ts";
import { gateRule } from "../domain/testing/gate-rules.ts";
import type { RuleResult } from "../domain/verdict.ts";
import { dollars, duration, percent, points } from "./format-numbers.ts";
import { metricText } from "./metric-rows.ts";
import { jsonOf, READ_BY_PEOPLE } from "./testing/every-report.ts";
import { comparison, header, report, reportedRun, row } from "./testing/reported-run.ts";

const REPORTERS = Object.keys(READ_BY_PEOPLE);
const read = async (name: string, run: ReturnType<typeof reportedRun>): Promise<string> =>
  (await READ_BY_PEOPLE[name]?.(run)) ?? "";

/** A rule of each kind and unit, with the text in which every report must write its value. */
const RULES: readonly (readonly [RuleResult, string])[] = [
  [gateRule({ rule: "require pass_rate", outcome: "failed", value: 0.4321, required: ">= 0.9" }), "43.2 %"],
  [gateRule({ rule: "require pass^5", outcome: "failed", value: 0.1234, required: ">= 0.9" }), "12.3 %"],
  [gateRule({ rule: "require flaky_rate", outcome: "failed", value: 0.2345, required: "<= 0.1" }), "23.4 %"],
  [gateRule({ rule: "require latency_p95", outcome: "failed", value: 4321, required: "<= 4s" }), "4.3 s"],
  [gateRule({ rule: "require cost_usd", outcome: "failed", value: 1.2345, required: "<= 1" }), "$1.23"],
  [
    gateRule({ rule: "require cost_per_trial", outcome: "failed", value: 0.0345, required: "<= 0.01" }),
    "$0.035",
  ],
  [gateRule({ rule: "require input_tokens", outcome: "failed", value: 812.4, required: "<= 800" }), "812.4"],
  [gateRule({ rule: "require tool_calls", outcome: "failed", value: 7.25, required: "<= 5" }), "7.3"],
  [
    gateRule({ rule: "critical tag:vip", outcome: "failed", value: 0.6543, required: "every trial passes" }),
    "65.4 %",
  ],
  [gateRule({ rule: "removed cases", outcome: "failed", value: 15, required: "0" }), "15"],
];

/** The texts of a value in other units, which no report may show. */
const otherwise = (value: number, right: string): string[] =>
  [percent(value), points(value), duration(value), dollars(value), value.toFixed(1), String(value)].filter(
    (text) => !right.includes(text) && !text.startsWith("0 ") && text.length > 3,
  );

describe.each(REPORTERS)("the %s report", (name) => {
  it.each(RULES)("reports a rule's value in its own unit: %s", async (rule, text) => {
    const gate = { outcome: "failed", verdict: "none", rules: [rule] } as const;
    const metric = rule.rule.replace("require ", "");
    const run = reportedRun({
      gate,
      comparison: null,
      tags: {},
      metrics: { pass_rate: { value: 0.5 }, [metric]: { value: rule.value } },
    });
    const whole = await read(name, run);
    expect(whole).toContain(text);
    for (const wrong of otherwise(rule.value ?? 0, text)) expect(whole).not.toContain(wrong);
    expect(jsonOf(run).gate.rules[0].value).toBe(rule.value);
  });

  it("reports that the value of an unknown rule is unknown", async () => {
    const rule = gateRule({
      rule: "critical tag:vip",
      outcome: "undecided",
      value: null,
      required: "every trial passes",
    });
    const run = reportedRun({
      comparison: null,
      gate: { outcome: "undecided", verdict: "none", rules: [rule] },
    });
    expect(await read(name, run)).toMatch(/critical tag:vip\W+unknown|unknown, required every trial passes/);
  });

  it.each(["decided", "all-asked"] as const)(
    "reports the size of a drop once, and the figure of the look in one sentence: %s",
    async (kind) => {
      const sentence =
        "It was decided on 10 answers, when pass rate was at −64.0 points (−99.0 to −23.5, a repeated interval).";
      const decided = {
        trials: 10,
        metric: "pass_rate",
        delta: -0.64,
        low: -0.99,
        high: -0.235,
        p: 0.0001,
        said: sentence,
      };
      const run = reportedRun({
        comparison: { ...comparison, decided },
        end: { kind },
        counts: { ...report.counts, errored: 0, not_needed: 1 },
      });
      const whole = await read(name, run);
      expect(whole.split(sentence).length).toBeGreaterThan(1);
      expect(whole.replaceAll(sentence, "")).not.toMatch(/[−-]64\.0 /);
      expect(whole).toContain("36.4");
    },
  );

  it("calls a case broke only when it surely is, and says under a regression that the sum is sure", async () => {
    const reported = (significant: boolean) => {
      const moved = comparison.moved.map((one) => ({ ...one, significant }));
      const broken = row({ id: "refund-07", passed: 0, trials: "fffff", change: "broken", significant });
      return reportedRun({ comparison: { ...comparison, moved } }, { cases: [broken] });
    };
    const sure = await read(name, reported(true));
    const unsure = await read(name, reported(false));
    // The page writes the word in its list of cases, which is tested with the page.
    if (name !== "html") expect(sure).toContain("broke");
    if (name !== "html") expect(unsure).toContain("fell");
    expect(unsure).not.toMatch(/\bbroke\b/);
    if (name === "terminal" || name === "markdown") {
      expect(unsure).toContain("each alone may be chance, all together are not");
      expect(sure).not.toContain("each alone may be chance");
    }
  });

  it("says when only some cases were run, and that this is not the suite", async () => {
    const narrowing = { cases: ["refund-07"], tags: [], shard: null, failing: "ab12cd34" };
    const run = reportedRun({ header: { ...header, narrowing, suite_cases: 12 } });
    expect(await read(name, run)).toContain(
      "Only 4 of 12 cases were run, those that did not always pass in run ab12cd34: this says nothing about the whole suite.",
    );
    expect(await read(name, reportedRun({}))).not.toContain("the whole suite");
    expect(jsonOf(run).narrowing).toEqual(narrowing);
  });

  it("says in words that one bound of an interval is unknown", async () => {
    const latency = { value: 377, low: 329, high: null };
    const text = await read(name, reportedRun({ metrics: { ...report.metrics, latency_p95: latency } }));
    expect(text).not.toMatch(/– —|— –/);
    if (name === "markdown" || name === "html") expect(text).toContain("329 ms or more");
  });

  it("shows the input next to an answer, cut between two words", async () => {
    const input = `${"Where is my parcel today ".repeat(8)}${"and more words than anybody reads ".repeat(400)}`;
    const broken = row(
      { id: "c1", passed: 0, trials: "fffff", change: "broken", significant: true },
      { input, scorer: "queue", reason: "no" },
    );
    const worst = [
      {
        id: "c1",
        passed: 0,
        answered: 5,
        trial: 1,
        scorer: "queue",
        reason: "no",
        input,
        output: "x",
        line: 1,
      },
    ];
    // A terminal report must fit on a screen, so this report has nothing besides the cases.
    const text = await read(name, reportedRun({ worst, notes: [], errors: [] }, { cases: [broken] }));
    expect(text).toContain("Where is my parcel today Where is my parcel");
    if (name !== "html")
      expect(text).toMatch(/(today|parcel|my|is|Where|and|more|words|than|anybody|reads) …/);
  });

  it("names the model's alias where the suite has several, and not where it has one", async () => {
    const several = reportedRun({ header: { ...header, one_of_several: true, alias: "hot" } });
    expect(await read(name, several)).toMatch(/triage( \(hot\)|\.hot)/);
    expect(await read(name, reportedRun({ header: { ...header, alias: "hot" } }))).not.toMatch(/\bhot\b/);
  });

  it("suggests no command with a run id in reports for readers at other machines", async () => {
    if (name === "terminal" || name === "html") return;
    const text = await read(name, reportedRun({ status: "incomplete" }));
    expect(text).not.toMatch(/evals \w+ (--\w+ )*3f9c21aa/);
  });
});

it("a metric has one text in every table", async () => {
  const values = { pass_rate: 0.4321, latency_p95: 2345, cost_usd: 1.2345, cost_per_trial: 0.0345 };
  const metrics = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));
  const run = reportedRun({
    metrics,
    comparison: null,
    tags: {},
    gate: { outcome: "passed", verdict: "none", rules: [] },
  });
  for (const [name, value] of Object.entries(values)) {
    for (const reporter of ["terminal", "markdown", "html"])
      expect(await read(reporter, run), reporter).toContain(metricText(value, metricUnit(name)));
    expect(jsonOf(run).metrics[name].value).toBe(value);
  }
});
