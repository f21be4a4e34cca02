import { exitCodeFor } from "../domain/exit-code.ts";
import { factsOfTarget } from "../domain/listed-target.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import { type Project, suiteOf } from "../domain/project.ts";
import type { ReportedRun } from "../domain/report.ts";
import type { RunHeader } from "../domain/run.ts";
import { isOfChosenCases, keepingFirst } from "../run/first-answers.ts";
import { createRun, headerOf } from "../run/run-header.ts";
import type { Store, StoredRun } from "../store/store.ts";
import type { Environment } from "./environment.ts";
import { openHistory, type ReadyRun } from "./gating/open-history.ts";
import { foreignShard, type ShardSet, shardSets } from "./merging/check-shards.ts";
import { copyShard, copyVariants } from "./merging/copy-run.ts";
import { openShards, runOf } from "./merging/open-shards.ts";
import { runOne } from "./run-one.ts";
import type { SuitesRun } from "./run-suites.ts";
import type { RunHooks } from "./run-watcher.ts";
import { closeRuns, type PreparedRun, prepareRuns } from "./running/prepare-runs.ts";
import { openRunPlace } from "./running/run-place.ts";
import { RunRequest } from "./running/run-request.ts";
import { isMatrix, openTargets, type TargetMatrix, targetsOf } from "./running/target-matrix.ts";

/** What to merge, and where. */
export interface MergeRequest {
  /** Copies of `.evals` folders, or store files in them. */
  readonly sources: readonly string[];
  readonly directory?: string | undefined;
  readonly baseline?: string | undefined;
  /** The aliases that the shards were run with, when they are not the suite's own. */
  readonly model?: readonly string[] | undefined;
  /** The prompts that the shards were run with, when they are not the suite's own. */
  readonly prompt?: readonly string[] | undefined;
}

/**
 * Merges shards into one run: every answer is copied into this store, then the merged run is compared and gated like
 * any other run. No model is called. If the shards do not fit together, nothing is stored.
 *
 * @param read called with the result while the store is open; its value is returned
 * @throws {EvalsError} for a missing part, a duplicate part, parts of different splits, an unfinished part, or a part
 * of another plan
 */
export async function mergeShards<T>(
  environment: Environment,
  { request, control, watcher }: RunHooks & { readonly request: MergeRequest },
  read: (ran: SuitesRun) => T | Promise<T>,
): Promise<T> {
  const opened = await openShards(request.sources, environment);
  try {
    const { directory, baseline, model = [], prompt = [] } = request;
    const { sets, problems } = shardSets(opened.shards, { prompts: prompt.length > 1 });
    if (problems.length > 0) throw new EvalsError(problems);
    const suites = [...new Set(sets.map(({ suite }) => suite))];
    const asked = RunRequest.parse({
      ...{ suites, directory, baseline, model: [...model], prompt: [...prompt] },
      ...{ allTrials: true, cache: false },
    });
    const overrides = targetsOf(asked)[0];
    const place = await openRunPlace(environment, { ref: undefined, directory, suites, overrides });
    const matrix = await openTargets(place.project, asked, place.load);
    const wanted = isMatrix(asked) ? missingTargets(sets, matrix) : [];
    if (wanted.length > 0) throw new EvalsError(wanted);
    const prepared = await plansOf(sets, place.project, matrix);
    await refuseForeign(prepared);
    const { store, ready } = await openHistory(
      prepared.map(({ run }) => run),
      place,
      { ...asked, ungated: matrix.ungated },
      environment,
    );
    const runs: ReportedRun[] = [];
    try {
      const session = { request: asked, place, environment, control, watcher, store, asksNothing: true };
      for (const one of ready) {
        const set = prepared.find(({ run }) => run.plan === one.prepared.plan)?.set;
        if (set === undefined) throw new Error("a planned run has no shards");
        const resume = await together(set, one, store, environment);
        const run = await runOne({ ...one, resume }, session);
        runs.push(run);
        watcher.ended(run.report);
      }
      watcher.over(runs.map(({ report }) => report));
      const exit = exitCodeFor(runs.map(({ report }) => report.gate.outcome));
      return await read({ runs, notRun: [], exit });
    } finally {
      await closeRuns(prepared.map(({ run }) => run));
      store.close();
    }
  } finally {
    opened.close();
  }
}

interface PreparedSet {
  readonly set: ShardSet;
  readonly run: PreparedRun;
}

/** Plans, for each set of shards, the whole run that these shards are parts of. */
async function plansOf(
  sets: readonly ShardSet[],
  project: Project,
  { suites }: TargetMatrix,
): Promise<PreparedSet[]> {
  const prepared: PreparedSet[] = [];
  const problems: Problem[] = [];
  for (const set of sets) {
    const [{ run }] = set.shards as [ShardSet["shards"][number]];
    const ofModel = suites.filter(({ models }) => models.some(({ alias }) => alias === set.alias));
    const suite = suiteOf({ suites: ofModel }, run.header);
    const model = suite?.models.find(({ alias }) => alias === set.alias);
    if (suite === undefined || model === undefined) {
      problems.push(otherModel(set));
      continue;
    }
    const { narrowing, given_trials: trials } = run.header;
    const options = {
      narrowing: narrowing !== null && isOfChosenCases(narrowing) ? { ...narrowing, shard: null } : null,
      ...(trials === undefined ? {} : { trials }),
    };
    const [planned] = await prepareRuns(project, [suite], options, () => [model]);
    if (planned !== undefined) prepared.push({ set, run: planned });
  }
  const placeOf = ({ run: { plan } }: PreparedSet): number => suites.indexOf(plan.suite);
  if (problems.length === 0) return prepared.sort((a, b) => placeOf(a) - placeOf(b));
  await closeRuns(prepared.map(({ run }) => run));
  throw new EvalsError(problems);
}

/** A problem for each target that the command names and no shard has. */
function missingTargets(sets: readonly ShardSet[], { suites }: TargetMatrix): Problem[] {
  const nameOf = (facts: Parameters<typeof runOf>[0]): string => runOf({ ...facts, one_of_prompts: true });
  const found = new Set(sets.flatMap(({ shards }) => shards.map(({ run }) => nameOf(run.header))));
  return suites.flatMap((suite) =>
    suite.models.flatMap(({ alias }): Problem[] => {
      const target = nameOf({ ...factsOfTarget(suite, { alias }), suite: suite.name });
      if (found.has(target)) return [];
      return [
        {
          code: "EVALS_MERGE_HOLE",
          what: `No history has a part of ${target}.`,
          why: "The command names this target, so its cases would not be tested.",
          fix: "Name the options with which the parts ran, and the histories of all parts.",
        },
      ];
    }),
  );
}

async function refuseForeign(prepared: readonly PreparedSet[]): Promise<void> {
  const problems: Problem[] = [];
  for (const { set, run } of prepared) {
    for (const shard of set.shards) {
      const problem = await foreignShard(shard, run.plan);
      if (problem !== undefined) problems.push(problem);
    }
  }
  if (problems.length === 0) return;
  await closeRuns(prepared.map(({ run }) => run));
  throw new EvalsError(problems);
}

/** Writes the merged run, with the trials of all its shards, into this store. Its report is made later. */
async function together(
  { shards }: ShardSet,
  { prepared: { plan }, trust }: ReadyRun,
  store: Store,
  environment: Environment,
): Promise<StoredRun> {
  const headers = shards.map(({ run }) => run.header);
  const header = headerOf(
    plan,
    { believed: trust.believed },
    {
      ...commitOf(headers),
      newId: () => environment.randomHex(4),
      today: () => environment.date().toISOString(),
    },
  );
  const created = createRun(plan, header, store);
  const writer = isOfChosenCases(header.narrowing) ? keepingFirst(created, store, plan.askedHash) : created;
  const outside = {
    newId: () => environment.randomHex(4),
    today: () => environment.date().toISOString(),
  };
  for (const shard of shards) {
    await copyShard(shard, writer, store);
    await copyVariants(shard, header.id, store, outside);
  }
  const [run] = await store.read.runsByPrefix(header.id);
  if (run === undefined) throw new Error(`the run ${header.id} was written, but is not in the store`);
  return run;
}

/** The commit and the branch of all parts; each is null when the parts differ in it. */
function commitOf(headers: readonly RunHeader[]) {
  const common = (values: readonly (string | null)[]): string | null =>
    new Set(values).size === 1 ? (values[0] ?? null) : null;
  return {
    commit: common(headers.map(({ commit }) => commit)),
    branch: common(headers.map(({ branch }) => branch ?? null)),
    dirty: headers.some(({ dirty }) => dirty !== false),
  };
}

function otherModel({ suite, alias, shards }: ShardSet): Problem {
  return {
    code: "EVALS_MERGE_FOREIGN",
    what: `The parts of suite ${suite} ran with the model "${alias}", which neither this project's suite nor the command names.`,
    why: "The merged run is compared and gated by the rules of the suite.",
    fix: `If they ran with --model, name it here too: evals merge … --model ${alias}; else merge at the commit that ${shards[0]?.source ?? "the first part"} ran at.`,
  };
}
