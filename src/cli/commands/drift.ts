import { EXIT } from "../../domain/exit-code.ts";
import { EvalsError } from "../../domain/problem.ts";
import { type DriftInput, exitOfDrift, findDrift, planDrift } from "../../operations/find-drift.ts";
import { documentText } from "../../reports/json/documents.ts";
import { driftDocument } from "../../reports/json/drift.ts";
import { runPlanDocument } from "../../reports/json/run-plan.ts";
import { driftText } from "../../reports/terminal/drift.ts";
import { runPlanText } from "../../reports/terminal/run-plan.ts";
import { styleFor } from "../../reports/terminal/style.ts";
import type { Io } from "../io.ts";
import { wantsColor } from "../reporting/wants-color.ts";
import { runView } from "../run-view.ts";

/** Options of `evals drift`, as typed. */
export interface DriftOptions {
  readonly directory?: string | undefined;
  readonly model?: string | undefined;
  readonly prompt?: string | undefined;
  readonly budget?: string | undefined;
  readonly dryRun?: boolean | undefined;
  readonly json?: boolean | undefined;
  readonly color?: boolean | undefined;
}

/** `evals drift <suite>`: one more run of a series that is held against the promoted baseline. */
export async function driftCommand(options: DriftOptions, suite: string, io: Io): Promise<number> {
  const { directory, model, prompt } = options;
  const input: DriftInput = {
    ...{ directory, suite, model, prompt },
    budget: numberOf("--budget", options.budget, (value) => value > 0, "0.50"),
  };
  if (options.dryRun === true) return dryRun(input, options, io);
  const view = runView(io, { quiet: options.json === true, ended: () => {} });
  try {
    const report = await findDrift(io, input, view);
    const exit = view.exitCode() ?? exitOfDrift(report);
    io.stdout(
      options.json === true
        ? documentText(driftDocument(exit, report))
        : driftText(report, styleFor(wantsColor(io, options.color)), io.width),
    );
    return exit;
  } finally {
    view.close();
  }
}

async function dryRun(input: DriftInput, options: DriftOptions, io: Io): Promise<number> {
  const plan = await planDrift(io, input);
  io.stdout(
    options.json === true
      ? documentText(runPlanDocument(plan))
      : runPlanText(plan, { width: io.width, color: wantsColor(io, options.color) }),
  );
  return EXIT.ok;
}

function numberOf(
  option: string,
  text: string | undefined,
  holds: (value: number) => boolean,
  example: string,
): number | undefined {
  if (text === undefined) return undefined;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (holds(value)) return value;
  throw new EvalsError({
    code: "EVALS_OPTION_INVALID",
    what: `${option} ${JSON.stringify(text)} is not such a number.`,
    why: "An option that is read wrong would run something else than was meant.",
    fix: `${option} ${example}`,
  });
}
