import { describe, expect, it } from "vitest";
import type { RunReport } from "../domain/report.ts";
import { gateRule } from "../domain/testing/gate-rules.ts";
import { pageMarkup } from "../page/testing/page-markup.ts";
import { annotations } from "./github/annotations.ts";
import { correctedSentences, informingSentences } from "./judge-words.ts";
import { junitReport } from "./junit/junit.ts";
import { markdownReport } from "./markdown/markdown.ts";
import { runReport } from "./terminal/run-report.ts";
import { reportedRun } from "./testing/reported-run.ts";
import { sampleReport } from "./testing/sample-report.ts";
import { elementsOf, parseXml } from "./testing/xml.ts";

const INFORMING = gateRule({
  rule: "require score.helpful",
  outcome: "failed",
  value: 0.4,
  required: ">= 0.8",
  enforced: false,
  because: "judge helpful 1.0.0 was never calibrated on triage",
});
const HELD = gateRule({ rule: "require pass_rate", outcome: "passed", value: 0.9, required: ">= 0.8" });

const corrected = { value: 0.85, low: 0.8, high: 0.9, method: "ppi++", labels: 120 } as const;
const judged: Partial<RunReport> = {
  gate: { outcome: "passed", verdict: "none", rules: [HELD, INFORMING] },
  comparison: null,
  metrics: {
    pass_rate: { value: 0.9, low: 0.87, high: 0.93, corrected },
    "score.<b>helpful": {
      value: 0.4,
      corrected: { value: null, low: null, high: null, method: null, labels: 0, why: "it says too little" },
    },
  },
};

describe("how far a judge is trusted", () => {
  it("is reported in one sentence each", async () => {
    const report = sampleReport(judged);
    expect(informingSentences(report)).toEqual([
      "not enforced: score.helpful 40.0 %, required ≥ 80 %: missed",
    ]);
    expect(correctedSentences(report)).toEqual([
      "pass rate 85.0 % (80.0 – 90.0 %) after correction for the judge's error, 90.0 % as judged (by PPI++, 120 labels)",
      "<b>helpful cannot be corrected for the judge's error: it says too little",
    ]);
    expect(informingSentences(sampleReport())).toEqual([]);
  });

  it("is in every report, and an advisory rule is no failure in any", async () => {
    const run = reportedRun(judged);
    const terminal = runReport(run.report, { width: 80, color: false });
    expect(terminal).toContain("not enforced: score.helpful 40.0 %");
    expect(terminal).not.toContain("missed  score.helpful");
    expect(terminal).toContain("after correction for the judge's");
    const markdown = await markdownReport([run]);
    expect(markdown).toContain("not enforced: score.helpful 40.0 %");
    expect(markdown).not.toContain("<b>helpful");
    const html = await pageMarkup(run);
    expect(html).toContain("not enforced: score.helpful 40.0 %");
    expect(html).toContain("&lt;b>helpful cannot be corrected");
    const rule = elementsOf(parseXml(await junitReport([run])), "testcase").find(
      (one) => one.attributes.name === "require score.helpful",
    );
    expect(rule?.children.map((one) => one.name)).toContain("skipped");
    const failed = reportedRun({
      ...judged,
      gate: { outcome: "failed", verdict: "none", rules: [INFORMING] },
    });
    expect(await annotations([failed], "")).not.toContain("score.helpful");
  });
});
