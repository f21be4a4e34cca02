import { EvalsError, type Problem } from "../domain/problem.ts";
import type { OpenTarget } from "../domain/provider.ts";

const WHY = "A call of unknown cost may cost anything, so the run could not stop at its budget.";

/** Aliases of the models, fallbacks included, whose cost per call will never be known. */
export function modelsWithoutPrice(alias: string, target: OpenTarget): readonly string[] {
  if (target.client.immediate === true) return [];
  const { fallback } = target;
  return [
    ...(target.price === null && target.tells_cost !== true ? [alias] : []),
    ...(fallback === undefined ? [] : modelsWithoutPrice(fallback.alias, fallback.target)),
  ];
}

/** The error that a budget in dollars cannot be enforced for a model with unknown price. */
export function unpricedModel(alias: string, place: Pick<Problem, "path" | "line" | "column">): Problem {
  return {
    code: "EVALS_BUDGET_UNPRICED",
    ...place,
    what: `The budget is in dollars, and model "${alias}" has no price.`,
    why: WHY,
    fix: "price: { input: <dollars per million tokens>, output: … }    (0 for a model of your own)",
  };
}

/**
 * The error that a budget in dollars cannot be enforced, found only at the first reply: the target could report
 * what a reply costs, but does not.
 */
export function unpricedReplies(alias: string): EvalsError {
  const problem = {
    code: "EVALS_BUDGET_UNPRICED",
    what: `The budget is in dollars, and the replies of model "${alias}" do not say what they cost.`,
    why: WHY,
    fix: "Give the model a `price:` in evalconfig.yaml and make its replies report their usage, or make them report cost_usd. The answers so far are kept, and the same command with --resume goes on.",
  };
  return new EvalsError(problem, { mistake: true });
}
