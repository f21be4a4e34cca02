import { expect, it } from "vitest";
import type { FailureCounts } from "../domain/failure.ts";
import { withheldReport } from "../domain/withheld-report.ts";
import { sampleReport } from "./testing/sample-report.ts";

const SECRET = "the patient's diagnosis";

it("leaves out every text of a report that was made before its dataset was restricted", () => {
  const report = sampleReport();
  const failures: FailureCounts = {
    knowledge: {
      trials: 1,
      cases: ["first"],
      clusters: [{ trials: 1, case: "first", trial: 1, evidence: SECRET, tool: null }],
    },
  };
  const text = JSON.stringify(
    withheldReport({
      ...report,
      failures,
      errors: [{ kind: "provider", count: 1, message: SECRET }],
      worst: [
        {
          ...{ id: "first", passed: 0, answered: 1, trial: 1, scorer: "queue", line: 1 },
          ...{ input: SECRET, reason: SECRET, output: SECRET },
        },
      ],
      notes: [`2 scores are missing: its mean leaves them out (${SECRET}). To score them, …`],
    }),
  );
  expect(text).toContain('"trials":1,"cases":["first"]');
  expect(text).not.toContain(SECRET);
});
