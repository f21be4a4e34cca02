import { EvalsError } from "../../domain/problem.ts";
import { planArms } from "../../operations/plan-arms.ts";
import { planSize } from "../../operations/plan-size.ts";
import { readStated } from "../../operations/sizing/stated-size.ts";
import { armsPlanDocument } from "../../reports/json/arms.ts";
import { sizePlanDocument } from "../../reports/json/size-plan.ts";
import { armsPlanText } from "../../reports/terminal/arms.ts";
import { sizePlanText } from "../../reports/terminal/power.ts";
import type { PowerCall } from "../declarations/power.ts";
import { printResult } from "../print-result.ts";

/**
 * `evals power <suite>` tells how many cases and trials are needed to detect a drop. `evals power --ab` tells how
 * many sessions each of two arms needs.
 */
export async function powerCommand({ io, options, args: [suite] }: PowerCall): Promise<number> {
  refuseMixed(options, suite);
  if (suite === undefined) return sessionsCommand({ io, options });
  const plan = await planSize(io, {
    directory: options.directory,
    model: options.model,
    ...{ suite, stated: readStated(options) },
  });
  return printResult(io, options, {
    document: () => sizePlanDocument(plan),
    text: ({ style, width }) => sizePlanText(plan, style, width),
  });
}

function sessionsCommand({ io, options }: Pick<PowerCall, "io" | "options">): number {
  const { effect, rate, power } = options;
  const plan = planArms({ effect, rate, power });
  return printResult(io, options, {
    document: () => armsPlanDocument(plan),
    text: ({ style, width }) => armsPlanText(plan, style, width),
  });
}

/**
 * @throws {EvalsError} when --ab is combined with a suite or with an option for a suite, and when an option that
 * needs --ab is used without --ab
 */
function refuseMixed(options: PowerCall["options"], suite: string | undefined): void {
  const {
    ab,
    effect,
    rate,
    directory: _directory,
    json: _json,
    color: _color,
    power: _power,
    ...ofSuites
  } = options;
  const mixed =
    ab === true
      ? suite !== undefined || Object.values(ofSuites).some((value) => value !== undefined)
      : suite === undefined || effect !== undefined || rate !== undefined;
  if (!mixed) return;
  throw new EvalsError({
    code: "EVALS_OPTION_CONFLICT",
    what:
      ab === true
        ? "--ab plans a test of two arms of traffic, so it cannot be combined with a suite or with options for a suite."
        : suite === undefined
          ? "The command names neither a suite nor --ab."
          : "--effect and --rate can only be used with --ab.",
    why: "The size of a suite is its number of cases and trials; the size of an arm of traffic is its number of sessions.",
    fix: "evals power <suite> --drop 0.03, or evals power --ab --rate 0.8 --effect 5%",
  });
}
