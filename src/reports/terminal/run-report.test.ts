import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exitCodeFor } from "../../domain/exit-code.ts";
import type { RunReport } from "../../domain/report.ts";
import { gateRule } from "../../domain/testing/gate-rules.ts";
import { GATE_OUTCOMES, VERDICTS } from "../../domain/verdict.ts";
import { comparison, report } from "../testing/reported-run.ts";
import { sampleReport } from "../testing/sample-report.ts";
import { heading, runReport } from "./run-report.ts";
import { lengthOf } from "./style.ts";

const text = (report: RunReport, width = 80): string => runReport(report, { width, color: false });

describe("the heading of a run", () => {
  it("agrees with the exit code, whatever the outcome, the verdict and what is missing", () => {
    const codes: Readonly<Record<string, number>> = {
      PASSED: 0,
      "PASSED, not enough evidence": 0,
      "NOT GATED": 0,
      FAILED: 1,
      UNDECIDED: 3,
      INCOMPLETE: 3,
    };
    for (const outcome of GATE_OUTCOMES) {
      for (const verdict of [...VERDICTS, "none"] as const) {
        for (const status of ["complete", "incomplete", "stopped_early"] as const) {
          const report = sampleReport({ status, gate: { outcome, verdict, rules: [] } });
          const { word } = heading(report);
          expect(codes[word], `${outcome} ${verdict} ${status}`).toBe(exitCodeFor([outcome]));
          expect(text(report).startsWith(word)).toBe(true);
        }
      }
    }
  });

  it("reports when a pass rests on too little evidence", () => {
    const gate = { outcome: "passed", verdict: "inconclusive", rules: [] } as const;
    expect(heading(sampleReport({ gate })).word).toBe("PASSED, not enough evidence");
    const next = "how large a drop this suite can show: evals power support-triage";
    expect(text(sampleReport({ gate }))).toContain(next);
    expect(text(sampleReport())).not.toContain(next);
  });
});

describe("a report in a terminal", () => {
  const words = fc
    .array(fc.string({ minLength: 1, maxLength: 15 }), { maxLength: 30 })
    .map((all) => all.join(" "));
  const one = { passed: 0, answered: 5, trial: 1, output: "", line: 1 };

  it("is no wider than the terminal, however long names, reasons and messages are", () => {
    fc.assert(
      fc.property(words, words, words, fc.integer({ min: 60, max: 120 }), (a, b, c, width) => {
        const { header } = sampleReport();
        const report = sampleReport({
          header: { ...header, target: a },
          errors: [{ kind: "provider", count: 3, message: b }],
          gate: {
            outcome: "failed",
            verdict: "none",
            rules: [
              gateRule({
                rule: "critical tag:vip",
                outcome: "failed",
                value: 0.5,
                required: "every trial passes",
                said: c,
              }),
            ],
          },
          worst: [{ ...one, id: "refund-07", scorer: "queue", reason: b }],
          never_pass: 1,
          notes: [c],
        });
        for (const line of text(report, width).split("\n"))
          expect(lengthOf(line), line).toBeLessThanOrEqual(width);
      }),
    );
  });

  it("folds a long line, indents the next lines further, and loses no word", () => {
    const message = Array.from({ length: 30 }, (_, at) => `word${at}`).join(" ");
    const shown = text(sampleReport({ errors: [{ kind: "provider", count: 1, message }] }));
    expect(shown).toMatch(/\n {2}1 error \(provider\): word0 /);
    expect(shown).toMatch(/\n {4}word\d+/);
    expect(shown).toContain("word10");
  });

  it("counts the cases that it does not show", () => {
    const worst = ["a", "b"].map((id) => ({ ...one, id, scorer: "queue", reason: "no" }));
    expect(text(sampleReport({ worst, never_pass: 12 }))).toContain(
      "never pass (2 of 12; all: evals show 3f9c0a12 --failing)",
    );
  });

  it("does not take an unknown number of cases for none", () => {
    const worst = ["a", "b"].map((id) => ({ ...one, id, scorer: "queue", reason: "no" }));
    const shown = text(sampleReport({ worst, never_pass: null, flaky: null }));
    expect(shown).toContain("never pass (all: evals show 3f9c0a12 --failing)");
    expect(shown).not.toMatch(/null|NaN|cases? never/);
  });

  it("calls an unknown cost unknown, never free", () => {
    const { metrics } = sampleReport();
    const unknown = { ...metrics, cost_usd: { value: null }, cost_per_trial: { value: null } };
    const tokens = { ...unknown, input_tokens: { value: 812 }, output_tokens: { value: 40 } };
    expect(text(sampleReport({ metrics: tokens }))).toContain(
      "cost         unknown, 812 + 40 tokens a trial",
    );
    expect(text(sampleReport({ metrics: unknown }))).not.toMatch(/\$/);
  });

  it.each([
    [{ because: "cancelled" }, "stopped", "To go on:  evals run support-triage --resume --run 3f9c0a12\n"],
    [
      { because: "budget" },
      "the budget is reached",
      "To go on:\n    evals run support-triage --resume --run 3f9c0a12 --budget <more>\n",
    ],
    [
      { because: "budget", budget: { usd: 0.5 } },
      "the budget of $0.50 is reached",
      "To go on:\n    evals run support-triage --resume --run 3f9c0a12 --budget <more>\n",
    ],
    [
      { because: "budget", budget: { tokens: 2_000_000 } },
      "the budget of 2,000,000 tokens is reached",
      "To go on, raise `budget` in evalconfig.yaml, then:\n    evals run support-triage --resume --run 3f9c0a12\n",
    ],
    [
      { because: "budget", budget: { usd: 5, tokens: 9 } },
      "the budget of $5.00 or 9 tokens is reached",
      "To go on, raise `budget` in evalconfig.yaml, then:\n    evals run support-triage --resume --run 3f9c0a12\n",
    ],
    [
      { because: "cancelled", options: ["--budget 0.5"] },
      "stopped",
      "To go on:\n    evals run support-triage --resume --run 3f9c0a12 --budget 0.5\n",
    ],
    [
      { because: "budget", budget: { usd: 5, tokens: 9 }, options: ["--budget 5"] },
      "the budget of $5.00 or 9 tokens is reached",
      "To go on, raise `budget` in evalconfig.yaml or here, then:\n    evals run support-triage --resume --run 3f9c0a12 --budget <more>\n",
    ],
  ] as const)("that was cut short (%j) says what was not asked and how to go on", (cut, why, how) => {
    const counts = { ...sampleReport().counts, answered: 412, skipped: 188 };
    const { options, ...end } = { options: [], ...cut };
    const header = { ...sampleReport().header, repeated_options: options };
    const report = sampleReport({ header, counts, status: "incomplete", end: { kind: "skipped", ...end } });
    const shown = text(report);
    expect(shown.replace(/\s+/g, " ")).toContain(`412 of 600 answered, 188 not asked (${why}).`);
    expect(shown).toContain(`Nothing is lost. ${how}`);
  });

  it("folds no command that is to be pasted, in a note neither", () => {
    const options = ["--budget 0.5", "--concurrency 4", "--baseline none", "--no-cache"];
    const header = { ...sampleReport().header, repeated_options: options };
    const command = `evals run support-triage --resume --run 3f9c0a12 ${options.join(" ")}`;
    const notes = [`2 of 9 variants were not asked. To ask them: ${command}`, `Run it again: evals run s`];
    const end = { kind: "skipped", because: "cancelled" } as const;
    const shown = text(sampleReport({ header, status: "incomplete", end, notes }));
    expect(shown).toContain(`To go on:\n    ${command}\n`);
    expect(shown).toContain(`2 of 9 variants were not asked. To ask them:\n    ${command}\n`);
    expect(shown).toMatch(/Run it again: {2}evals run s\n/);
  });

  it("names the command that lists the cases whose trials errored, where others were answered", () => {
    const counts = { ...sampleReport().counts, answered: 598, errored: 2 };
    const errors = [{ kind: "provider", count: 2, message: "no" }] as const;
    const shown = text(sampleReport({ counts, errors, status: "incomplete" }));
    expect(shown.replace(/\s+/g, " ")).toMatch(/ 2 trials errored.*: evals show 3f9c0a12 --failing/);
  });

  it("reports once that no call was answered", () => {
    const counts = { ...sampleReport().counts, answered: 0, errored: 1, skipped: 599 };
    const end = { kind: "unreachable", message: "401 from api.example.com" } as const;
    const errors = [{ kind: "provider", count: 1, message: end.message }];
    const shown = text(sampleReport({ counts, end, errors }));
    expect(shown).toContain("The first call was not answered: stopped early.");
    expect(shown.match(/401 from/g)).toHaveLength(1);
  });
});

describe("a failing report", () => {
  const ids = Array.from({ length: 30 }, (_, at) => `case-${at}`);
  const moved = ids.map((id, at) => ({
    id,
    baseline: { passed: 15, answered: 15 },
    candidate: { passed: at < 4 ? 0 : 1, answered: 2 },
    p: at < 4 ? 0.0001 : 0.3,
    significant: at < 4,
  }));
  const changes = ids.map((id) => ({
    id,
    input: `What about ${id}?`,
    before: "yes",
    after: "no",
    scorer: "queue",
    reason: "expected yes, got no",
  }));
  const tags = Object.fromEntries(
    Array.from({ length: 12 }, (_, at) => [
      `tag-${at}`,
      { pass_rate: { value: 0.5, low: 0.5 - at / 24, high: 0.5 + at / 24 } },
    ]),
  );
  const failing = {
    ...report,
    tags,
    worst: ids.slice(0, 10).map((id, at) => ({
      ...{
        id,
        passed: at % 2,
        answered: 2,
        trial: 1,
        scorer: "queue",
        reason: "got no",
        input: "?",
        output: "no",
        line: 1,
      },
    })),
    never_pass: 20,
    flaky: 10,
    comparison: {
      ...comparison,
      moved,
      examples: changes,
      cases: { ...comparison.cases, broken: ids, fixed: [] },
    },
  } satisfies RunReport;

  it("fits a screen of 40 lines, whatever broke", () => {
    const written = text(failing);
    expect(written.trimEnd().split("\n").length).toBeLessThan(40);
    expect(written).toMatch(/^FAILED/);
    expect(written).toContain("case-0");
    expect(written).toMatch(/…\d+ more: evals diff 3f9c21aa/);
  });

  it("writes broke for a significant change, and fell for one that may be chance", () => {
    const written = text({
      ...failing,
      comparison: {
        ...failing.comparison,
        cases: { ...failing.comparison.cases, broken: ["case-0", "case-9"] },
      },
    });
    expect(written).toMatch(
      /\n {2}broke +was +is +now answers\n {3}case-0 .*\n {5}asked: What about case-0\?/,
    );
    expect(written).toMatch(
      /\n {2}fell: each alone may be chance, all together are not\n +was +is +now answers\n {3}case-9 /,
    );
  });

  it("names each case once, under its worst heading", () => {
    const lines = text(failing).split("\n");
    for (const { id } of failing.worst)
      expect(lines.filter((line) => new RegExp(`^ +${id} `).test(line)).length, id).toBeLessThan(2);
  });

  it("names tags with too few cases in one line, without numbers", () => {
    const lines = text({ ...failing, comparison: null });
    expect(lines).toMatch(/by tag \(\d of 7, farthest from the rate of the run\)/);
    expect(lines).toMatch(/tags with too few cases to tell: tag-7, tag-8/);
  });

  it("does not say of a tag that it lost and that it has too few cases to tell", () => {
    const tags = ["tag-7", "tag-8"].map((tag) => ({
      ...{ tag, cases: 2, delta: -0.6, low: -0.8, high: -0.4, p: 0.001 },
      significant: tag === "tag-7",
    }));
    const lines = text({ ...failing, comparison: { ...failing.comparison, tags } });
    expect(lines).toContain("loses on `tag-7`");
    expect(lines).toMatch(/tags with too few cases to tell: tag-8, /);
  });

  it("lists the lowest tags when the pass rate of the run is unknown", () => {
    const unknown = { ...failing.metrics.pass_rate, value: null, low: null, high: null };
    const lines = text({ ...failing, comparison: null, metrics: { ...failing.metrics, pass_rate: unknown } });
    expect(lines).toMatch(/by tag \(\d of 7, with the lowest rates\)/);
    expect(lines).not.toContain("farthest from the rate of the run");
    const values = Object.values(failing.tags).flatMap(({ pass_rate: rate }) =>
      rate?.value == null || rate.low == null || rate.high == null || rate.high - rate.low > 0.5
        ? []
        : [rate.value],
    );
    expect(lines).toContain(`${(Math.min(...values) * 100).toFixed(1)} %`);
  });

  it("omits an unknown time", () => {
    expect(text(failing)).toMatch(/answers: .*\d (ms|s)$/m);
    expect(text({ ...failing, duration_ms: null })).toMatch(/answers: \d+ asked, 1 error$/m);
  });
});
