import { expectedCalls, planPower } from "../baselines/power-plan.ts";
import type { LoadedSuite, Project } from "../domain/project.ts";
import type { SizePlan } from "../domain/size-plan.ts";
import { storedSummary } from "../domain/stored-summary.ts";
import type { Environment } from "./environment.ts";
import { type FingerprintRuns, fingerprintRuns } from "./project/fingerprint-runs.ts";
import { openProject } from "./project/open-project.ts";
import { openStoredHistory } from "./project/stored-history.ts";
import { assume } from "./sizing/assume-size.ts";
import type { Stated } from "./sizing/stated-size.ts";

export interface PlanSizeInput {
  readonly directory?: string | undefined;
  readonly suite: string;
  /** Alias of the model whose history is used; default any. */
  readonly model?: string | undefined;
  /** Assumptions that replace the history and the suite's values. */
  readonly stated: Stated;
}

/**
 * How many cases × trials a suite needs to detect a given drop. If the suite has past runs, their variation is used.
 */
export async function planSize(
  io: Environment,
  { directory, suite: name, model, stated }: PlanSizeInput,
): Promise<SizePlan> {
  const project = await openProject(io, { directory, suites: [name], overrides: { model } });
  const suite = project.suites[0];
  if (suite === undefined) throw new Error("the suite that was asked for by name was not loaded");
  const history = await readHistory(io, project, name, model);
  const { assumptions, from, runs } = await assume({ project, suite, history, stated });
  return {
    ...{ suite: name, assumptions, from, runs },
    ...planPower(assumptions),
    calls: { ...expectedCalls(assumptions), all: assumptions.cases * assumptions.trials },
    cost_per_trial: costPerTrial(suite, history),
  };
}

async function readHistory(
  io: Environment,
  project: Project,
  name: string,
  alias: string | undefined,
): Promise<FingerprintRuns | null> {
  const store = await openStoredHistory(project.root, io);
  try {
    return await fingerprintRuns(store, name, alias);
  } finally {
    store.close();
  }
}

/**
 * The cost of one trial in US dollars, as measured in the newest run. If that is unknown, it is computed from the
 * run's tokens and the current price; null when the tokens or the price are unknown too.
 */
function costPerTrial(suite: LoadedSuite, history: FingerprintRuns | null): number | null {
  if (history === null) return null;
  const { header } = history.newest;
  const { metrics = {} } = storedSummary(history.newest);
  const known = metrics.cost_per_trial?.value;
  if (typeof known === "number") return known;
  const price = suite.models.find((one) => one.alias === header.alias)?.entry.price;
  const input = metrics.input_tokens?.value;
  const output = metrics.output_tokens?.value;
  if (price === undefined || typeof input !== "number" || typeof output !== "number") return null;
  return (input * price.input + output * price.output) / 1e6;
}
