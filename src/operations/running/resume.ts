import { everyItem } from "../../domain/pages.ts";
import { EvalsError, type Problem } from "../../domain/problem.ts";
import type { Plan } from "../../run/plan.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import { findRun } from "../project/find-run.ts";
import type { RunRequest } from "./run-request.ts";

/**
 * The runs that plans can resume: for each plan the newest run with the same plan, or only the named run.
 *
 * @param notice called for each plan without a run to resume
 * @param fits whether an earlier run may be resumed; not applied to a named run
 * @throws {EvalsError} for a named run that is unknown, ambiguous, or matches no plan
 */
export async function findResumable(
  store: Pick<Store, "read">,
  plans: readonly Plan[],
  named: string | undefined,
  notice: (text: string) => void,
  fits: (run: Pick<StoredRun, "header">) => boolean = () => true,
): Promise<ReadonlyMap<Plan, StoredRun>> {
  const found = new Map<Plan, StoredRun>();
  if (named !== undefined) {
    const run = await findRun(store, named);
    const plan = plans.find((one) => one.hash === run.header.plan);
    if (plan === undefined) throw otherPlan(run, plans);
    return found.set(plan, run);
  }
  for (const plan of plans) {
    const newest = await newestFitting(store, plan, fits);
    if (newest === undefined)
      notice(`${plan.suite.name}: no earlier run of this plan was found, so a new run starts.`);
    else found.set(plan, newest);
  }
  return found;
}

/** Whether a request resumes earlier runs instead of starting new ones. */
export const goesOn = ({ resume, retry }: Pick<RunRequest, "resume" | "retry">): boolean =>
  resume || retry !== undefined;

/**
 * The runs to resume for a request.
 *
 * @throws {EvalsError} EVALS_RETRY_NO_RUN when no plan has a run, so that there are no errors to retry
 */
export async function runsToGoOnWith(
  store: Pick<Store, "read">,
  plans: readonly Plan[],
  { run, retry }: Pick<RunRequest, "run" | "retry">,
  notice: (text: string) => void,
  fits?: (run: Pick<StoredRun, "header">) => boolean,
): Promise<ReadonlyMap<Plan, StoredRun>> {
  if (retry === undefined) return findResumable(store, plans, run, notice, fits);
  const found = await findResumable(store, plans, run, () => {}, fits);
  if (found.size > 0) return found;
  throw new EvalsError(
    plans.map(({ suite }) => ({
      code: "EVALS_RETRY_NO_RUN",
      what: `The suite ${suite.name}, as it is now, has no run whose errored trials could be retried.`,
      why: "Answers to another prompt, model or case do not belong to the same run.",
      fix: `evals run ${suite.name}`,
    })),
  );
}

async function newestFitting(
  { read }: Pick<Store, "read">,
  { hash }: Plan,
  fits: (run: Pick<StoredRun, "header">) => boolean,
): Promise<StoredRun | undefined> {
  for await (const run of everyItem((page) => read.runs({ plan: hash }, page)))
    if (run.header.drift === undefined && fits(run)) return read.run(run.no);
  return undefined;
}

/**
 * Makes this process the only one that works on these runs.
 *
 * @returns their current state
 * @throws {EvalsError} EVALS_RUN_BUSY, once for each run that another process works on
 */
export function claimAll(store: Store, found: ReadonlyMap<Plan, StoredRun>): ReadonlyMap<Plan, StoredRun> {
  const claimed = new Map<Plan, StoredRun>();
  const problems: Problem[] = [];
  for (const [plan, run] of found) {
    try {
      claimed.set(plan, store.claim(run));
    } catch (error) {
      if (!(error instanceof EvalsError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new EvalsError(problems);
  return claimed;
}

function otherPlan({ header }: StoredRun, plans: readonly Plan[]): EvalsError {
  const { id, suite, trials, cases, planned, fingerprint, commit, dirty } = header;
  const plan = plans.find((one) => one.suite.name === suite) ?? plans[0];
  const isChanged = fingerprint !== plan?.fingerprint;
  const asksOthers = trials !== plan?.trials || (cases === plan.count && planned !== plan.totalPlanned);
  const what = [
    ...(suite === plan?.suite.name ? [] : [`it is of suite ${suite}`]),
    ...(asksOthers
      ? [`it has ${trialsWords(trials, planned)}, this plan ${trialsWords(plan?.trials, plan?.totalPlanned)}`]
      : []),
    ...(isChanged ? ["prompt, model, cases or scorers have changed since that run"] : []),
  ];
  const at = commit === null || dirty !== false ? undefined : commit.slice(0, 9);
  return new EvalsError({
    code: "EVALS_RESUME_OTHER_PLAN",
    what: `Run ${id} cannot be resumed: ${what.join("; ") || "it has another target or another selection of cases"}.`,
    why: "Answers of two different plans in one run would be compared as if they were one.",
    fix:
      isChanged || planned !== trials * cases
        ? at === undefined
          ? "Run without --run, or restore the files that the run was made from."
          : `Run without --run, or with the run's own files: --at ${at}`
        : `--trials ${trials}`,
  });
}

const trialsWords = (each = 0, all = 0): string => `${each} trials of each case (${all} in all)`;
