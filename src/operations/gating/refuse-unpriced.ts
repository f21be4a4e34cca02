import { EvalsError, type Problem } from "../../domain/problem.ts";
import type { LoadedSuite, Project } from "../../domain/project.ts";
import type { ScorerEntry } from "../../domain/suite.ts";
import { asksAnything } from "../../run/answers-at-hand.ts";
import type { Plan } from "../../run/plan.ts";
import { modelsWithoutPrice, unpricedModel } from "../../run/unpriced-budget.ts";
import type { Store } from "../../store/store.ts";
import type { RunRequest } from "../running/run-request.ts";
import type { TargetMatrix } from "../running/target-matrix.ts";
import { answersOf } from "./gate-baseline.ts";
import type { ReadyRun } from "./open-history.ts";

/**
 * Refuses what needs the cost of answers for models with an unknown price: a budget in dollars, which could not be
 * enforced, and a scorer or rule about cost, which every answer would leave open after it was paid for. A run that
 * needs no call, because all its answers exist already, needs no price. If a judge has to be asked after all, the
 * missing price is reported before its first call.
 */
export async function refuseUnpriced(
  project: Project,
  ready: readonly Pick<ReadyRun, "prepared" | "baseline" | "resume">[],
  options: Pick<RunRequest, "cache"> & Pick<TargetMatrix, "ungated"> & { readonly hasBudget: boolean },
  store: Store,
): Promise<void> {
  const { hasBudget } = options;
  const problems = new Map<string, Problem>();
  for (const { prepared, baseline, resume } of ready) {
    const { plan, target, judges, pressed } = prepared;
    const none = modelsWithoutPrice(plan.model.alias, target);
    const judging = hasBudget
      ? judges.asked().flatMap((one) => modelsWithoutPrice(one.alias, one.target))
      : [];
    // A fallback without a price may never be asked, so only a budget is refused for it.
    const places = none.includes(plan.model.alias)
      ? placesOfCost(plan.suite, options.ungated.has(plan.suite)).filter((one) => isNeeded(one, plan))
      : [];
    if (hasBudget ? none.length + judging.length === 0 : places.length === 0) continue;
    const settings = { useCache: options.cache, resume, notFromCache: () => answersOf(baseline, store) };
    if (pressed === null && !(await asksAnything(plan, settings, store))) continue;
    if (hasBudget) {
      for (const alias of [...none, ...judging])
        problems.set(alias, unpricedModel(alias, placeOfModel(project, alias)));
      continue;
    }
    for (const place of places)
      problems.set(
        JSON.stringify([plan.suite.name, place.at, plan.model.alias]),
        unpricedCost(plan.suite, place, plan.model.alias),
      );
  }
  if (problems.size > 0) throw new EvalsError([...problems.values()]);
}

/**
 * What a run of the suite would refuse because these models have no price, as soon as it had to ask them.
 *
 * @param models aliases of models with an unknown price
 */
export function withoutPrice(
  project: Project,
  suite: LoadedSuite,
  models: readonly string[],
): readonly Problem[] {
  if (models.length === 0) return [];
  if (project.config.budget?.usd !== undefined)
    return models.map((alias) => unpricedModel(alias, placeOfModel(project, alias)));
  return models.flatMap((alias) =>
    placesOfCost(suite, false).map((place) => unpricedCost(suite, place, alias)),
  );
}

const placeOfModel = (project: Project, alias: string) => ({
  path: project.configPlaces.path,
  ...project.configPlaces.at(["models", alias], "key"),
});

/** Something in a suite that needs the cost of every answer. */
interface PlaceOfCost {
  readonly at: readonly (string | number)[];
  /** The scorer's name; absent for a rule. */
  readonly scorer?: string;
  readonly what: string;
}

/** Combinators that no answer can pass when the cost that one of their scorers needs is unknown. */
const NEED_ALL: ReadonlySet<unknown> = new Set(["all-of", "mean"]);

/** Metrics that are unknown when the cost of one answer is. */
const METRICS = ["cost_usd", "cost_per_trial"];

/** What in a suite needs the cost of every answer. Only a gated run needs the metrics that its rules require. */
function placesOfCost({ suite, scorers: loaded }: LoadedSuite, isUngated: boolean): readonly PlaceOfCost[] {
  const scorers = loaded.flatMap(
    ({ definition: { type }, entry: { name = type, required }, settings, index }) =>
      required === false || !needsCost({ type, ...(settings as { readonly of?: unknown }) })
        ? []
        : [
            {
              at: ["scorers", index],
              scorer: name,
              what: `The scorer "${name}" needs the cost of each answer`,
            },
          ],
  );
  const required = isUngated ? [] : METRICS.filter((metric) => suite.gate.require?.[metric] !== undefined);
  return [
    ...scorers,
    ...required.map((metric) => ({
      at: ["gate", "require", metric],
      what: `The gate requires ${metric}, which needs the cost of each answer`,
    })),
  ];
}

/** Whether the run needs it: a scorer that no case of the run names needs nothing. */
function isNeeded({ scorer }: PlaceOfCost, { count, scorersOf }: Plan): boolean {
  if (scorer === undefined) return true;
  for (let caseNo = 0; caseNo < count; caseNo++) if (scorersOf(caseNo)?.includes(scorer) ?? true) return true;
  return false;
}

function needsCost({ type, of }: { readonly type: string; readonly of?: unknown }): boolean {
  if (type === "cost") return true;
  return NEED_ALL.has(type) && [of].flat().some((one) => needsCost(one as ScorerEntry));
}

function unpricedCost({ path, places }: LoadedSuite, { at, what }: PlaceOfCost, model: string): Problem {
  return {
    code: "EVALS_COST_UNPRICED",
    path,
    ...places.at(at),
    what: `${what}, and model "${model}" has no price.`,
    why: "All answers would be paid for, and none could be scored or gated, because their cost would stay unknown.",
    fix: `Give the model a price in evalconfig.yaml: price: { input: <dollars per million tokens>, output: … } (0 for a model of your own), or take this out of the suite.`,
  };
}
