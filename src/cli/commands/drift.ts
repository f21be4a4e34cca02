import { EXIT } from "../../domain/exit-code.ts";
import { EvalsError, type Problem } from "../../domain/problem.ts";
import {
  type DriftInput,
  exitOfDrift,
  findDrift,
  findDriftOnSchedule,
  planDrift,
} from "../../operations/find-drift.ts";
import { BUDGET, readNumber } from "../../operations/options/read-number.ts";
import { driftDocument } from "../../reports/json/drift.ts";
import { runPlanDocument } from "../../reports/json/run-plan.ts";
import { driftText } from "../../reports/terminal/drift.ts";
import { runPlanText } from "../../reports/terminal/run-plan.ts";
import type { DriftCall } from "../declarations/drift.ts";
import type { Io } from "../io.ts";
import { printResult } from "../print-result.ts";
import { runView } from "../run-view.ts";
import { untilStopped } from "../stop-signals.ts";

/** `evals drift <suite>`: adds one run to a series of runs, and compares the series with the promoted baseline. */
export async function driftCommand({ io, options, args: [suite] }: DriftCall): Promise<number> {
  const { directory, model, prompt, workers, dryRun } = options;
  const input: DriftInput = {
    ...{ directory, suite, model, prompt, workers },
    budget: readNumber(options.budget, BUDGET),
  };
  if (dryRun === true) {
    const plan = await planDrift(io, input);
    return printResult(io, options, {
      document: () => runPlanDocument(plan),
      text: (terminal) => runPlanText(plan, terminal),
    });
  }
  const once = () => oneRun(input, { io, options });
  if (options.cron === undefined) return once();
  return onSchedule({ ...input, cron: options.cron }, once, io);
}

/** Makes one run of the series that is compared with the baseline, and prints the result. @returns the exit code */
async function oneRun(
  input: DriftInput,
  { io, options }: Pick<DriftCall, "io" | "options">,
): Promise<number> {
  const view = runView(io, {
    quiet: options.json === true,
    workers: input.workers !== undefined,
    ended: () => {},
  });
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

/** Makes a run at each time of a schedule, until a signal ends the command. @returns the exit code of the last run */
async function onSchedule(
  { workers, cron, ...input }: DriftInput & { readonly cron: string },
  once: () => Promise<number>,
  io: Io,
): Promise<number> {
  if (workers === undefined) throw new EvalsError(cronAlone());
  let exit: number = EXIT.ok;
  const find = async (): Promise<void> => {
    exit = await once();
  };
  await untilStopped(io, (stopped) =>
    findDriftOnSchedule(io, { ...input, workers, cron }, { stopped, find }),
  );
  return exit;
}

function cronAlone(): Problem {
  return {
    code: "EVALS_CRON_WORKERS",
    what: "--cron needs --workers.",
    why: "The schedule is kept in the workers' database, so that only one of several processes makes each run.",
    fix: "Add --workers <postgres>; or let cron or your CI call `evals drift`: docs/ci.md has an example.",
  };
}
