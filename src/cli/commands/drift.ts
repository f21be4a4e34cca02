import { EXIT } from "../../domain/exit-code.ts";
import { type DriftInput, exitOfDrift, findDrift, planDrift } from "../../operations/find-drift.ts";
import { driftDocument } from "../../reports/json/drift.ts";
import { runPlanDocument } from "../../reports/json/run-plan.ts";
import { driftText } from "../../reports/terminal/drift.ts";
import { runPlanText } from "../../reports/terminal/run-plan.ts";
import type { Io } from "../io.ts";
import { type CommandOptions, printResult } from "../print-result.ts";
import { type NumberOption, readNumber } from "../read-number.ts";
import { runView } from "../run-view.ts";

/** Options of `evals drift`, as typed. */
export interface DriftOptions extends CommandOptions {
  readonly model?: string | undefined;
  readonly prompt?: string | undefined;
  readonly budget?: string | undefined;
  readonly dryRun?: boolean | undefined;
}

const BUDGET: NumberOption = {
  option: "--budget",
  expected: "an amount in US dollars above 0",
  isRight: (value) => value > 0,
  why: "An option that is read wrong would run something else than was meant.",
  fix: "--budget 0.50",
};

/** `evals drift <suite>`: adds a run to the series that is compared with the promoted baseline. */
export async function driftCommand(options: DriftOptions, suite: string, io: Io): Promise<number> {
  const { directory, model, prompt, dryRun } = options;
  const input: DriftInput = {
    ...{ directory, suite, model, prompt },
    budget: readNumber(options.budget, BUDGET),
  };
  if (dryRun === true) return dryRunCommand(input, options, io);
  const view = runView(io, { quiet: options.json === true, ended: () => {} });
  try {
    const report = await findDrift(io, input, view);
    const exit = view.exitCode() ?? exitOfDrift(report);
    printResult(io, options, {
      document: () => driftDocument(exit, report),
      text: ({ style, width }) => driftText(report, style, width),
    });
    return exit;
  } finally {
    view.close();
  }
}

async function dryRunCommand(input: DriftInput, options: DriftOptions, io: Io): Promise<number> {
  const plan = await planDrift(io, input);
  printResult(io, options, {
    document: () => runPlanDocument(plan),
    text: (terminal) => runPlanText(plan, terminal),
  });
  return EXIT.ok;
}
