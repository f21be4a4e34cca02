import { type DriftInput, exitOfDrift, findDrift, planDrift } from "../../operations/find-drift.ts";
import { type NumberOption, readNumber } from "../../operations/options/read-number.ts";
import { driftDocument } from "../../reports/json/drift.ts";
import { runPlanDocument } from "../../reports/json/run-plan.ts";
import { driftText } from "../../reports/terminal/drift.ts";
import { runPlanText } from "../../reports/terminal/run-plan.ts";
import type { DriftCall } from "../declarations/drift.ts";
import { printResult } from "../print-result.ts";
import { runView } from "../run-view.ts";

const BUDGET: NumberOption = {
  option: "--budget",
  expected: "an amount in US dollars above 0",
  isRight: (value) => value > 0,
  why: "A misread option would run something other than you meant.",
  fix: "--budget 0.50",
};

/** `evals drift <suite>`: adds a run to the series that is compared with the promoted baseline. */
export async function driftCommand({ io, options, args: [suite] }: DriftCall): Promise<number> {
  const { directory, model, prompt, dryRun } = options;
  const input: DriftInput = {
    ...{ directory, suite, model, prompt },
    budget: readNumber(options.budget, BUDGET),
  };
  if (dryRun === true) {
    const plan = await planDrift(io, input);
    return printResult(io, options, {
      document: () => runPlanDocument(plan),
      text: (terminal) => runPlanText(plan, terminal),
    });
  }
  const view = runView(io, { quiet: options.json === true, ended: () => {} });
  try {
    const report = await findDrift(io, input, view);
    const exit = view.exitCode() ?? exitOfDrift(report);
    return printResult(io, options, {
      exit,
      document: () => driftDocument(exit, report),
      text: ({ style, width }) => driftText(report, style, width),
    });
  } finally {
    view.close();
  }
}
