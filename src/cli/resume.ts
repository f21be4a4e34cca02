import { EvalsError } from "../domain/problem.ts";
import type { Plan } from "../run/plan.ts";
import type { Store, StoredRun } from "../store/store.ts";

/**
 * The run that this plan can go on with: the newest of the same plan, or the one named.
 * @returns null when there is none, after saying so
 * @throws {EvalsError} for a named run that is of another plan
 */
export function findResumable(
  store: Store,
  plan: Plan,
  named: string | undefined,
  say: (text: string) => void,
): StoredRun | null {
  if (named === undefined) {
    const newest = store.runs({ plan: plan.hash, limit: 1 })[0];
    if (newest === undefined) say(`${plan.suite.name}: no earlier run of this plan; starting one.`);
    return newest ?? null;
  }
  const run = store.runsByPrefix(named)[0];
  if (run === undefined) throw notFound(named);
  if (run.header.plan !== plan.hash) throw otherPlan(run, plan);
  return run;
}

function notFound(id: string): EvalsError {
  return new EvalsError({
    code: "EVALS_RUN_UNKNOWN",
    what: `No run ${id} is in the history.`,
    why: "A run is resumed from the answers that are stored for it.",
    fix: "evals history lists them",
  });
}

function otherPlan(run: StoredRun, plan: Plan): EvalsError {
  const what = [
    run.header.suite === plan.suite.name ? "" : `it is of suite ${run.header.suite}`,
    run.header.trials === plan.trials
      ? ""
      : `it asks ${run.header.trials} trials of each case, this plan ${plan.trials}`,
    run.header.fingerprint === plan.fingerprint ? "" : "prompt, model, cases or scorers have changed since",
  ].filter((text) => text !== "");
  return new EvalsError({
    code: "EVALS_RESUME_OTHER_PLAN",
    what: `Run ${run.header.id} cannot go on: ${what.join("; ") || "its target or narrowing is another"}.`,
    why: "Answers of two different plans in one run would be compared as if they were one.",
    fix: "Run without --run, or restore what the run was made of.",
  });
}
