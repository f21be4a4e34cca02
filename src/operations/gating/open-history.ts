import { listedTargetOf } from "../../domain/listed-target.ts";
import type { Project } from "../../domain/project.ts";
import type { DeclaredChange } from "../../domain/prompt-change.ts";
import { findGitFolder } from "../../git/git-folder.ts";
import { publishedRefs, requirePublishedRefs } from "../../git/published-files.ts";
import { modelsWithoutPrice } from "../../run/unpriced-budget.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import type { Environment } from "../environment.ts";
import { baseOfChange } from "../project/base-of-change.ts";
import { refuseChangedPrompts } from "../project/changed-prompts.ts";
import { openWrittenHistory } from "../project/stored-history.ts";
import { closeRuns, type PreparedRun } from "../running/prepare-runs.ts";
import { claimAll, goesOn, runsToGoOnWith } from "../running/resume.ts";
import type { RunPlace } from "../running/run-place.ts";
import type { RunRequest } from "../running/run-request.ts";
import { isMatrix, type TargetMatrix } from "../running/target-matrix.ts";
import { runsThatWait, waitingNotes } from "../running/waiting-batches.ts";
import { heldAgainst } from "./against-baseline.ts";
import { declaredInRun } from "./declared-in-run.ts";
import { type GateBaseline, gateBaseline } from "./gate-baseline.ts";
import type { SuiteTrust } from "./judge-trust.ts";
import { scoredAlike } from "./rescored-side.ts";
import type { TakenAway } from "./taken-away.ts";

/** A run with everything it needs from the store. */
export interface ReadyRun {
  readonly prepared: PreparedRun;
  readonly baseline: GateBaseline;
  /** The run to resume; null starts a new one. */
  readonly resume: StoredRun | null;
  /** How far the gate trusts the judges. */
  readonly trust: SuiteTrust;
  /** The baselines of the base branch that this change no longer uses, as far as this run reports them. */
  readonly lost: TakenAway;
  /** The note that another run of the same suite and target waits for a batch; null when no such run waits. */
  readonly waiting: string | null;
  /** The version bump between the baseline's prompt and this run's; null when no bump is declared. */
  readonly declared: DeclaredChange | null;
}

/** The command-line options, and the suites whose runs are compared with nothing. */
type HistoryOptions = RunRequest & Pick<TargetMatrix, "ungated">;

const NOTHING_TAKEN: TakenAway = { rules: [], notes: [] };

/**
 * Opens the store, and finds for each run its baseline and the run that it resumes. So problems with these are
 * reported before any call is made.
 */
export async function openHistory(
  prepared: readonly PreparedRun[],
  place: RunPlace,
  options: HistoryOptions,
  io: Environment,
) {
  const { project, home, at } = place;
  let store: Store | undefined;
  try {
    // Throws when git refuses to read the repository: otherwise the run would seem to have no baseline.
    const refs = await (options.baseline === "none" ? publishedRefs : requirePublishedRefs)(home);
    await refuseChangedPrompts(home, io.env, { refs, commit: at?.commit });
    const opened = await openWrittenHistory(home, io);
    store = opened;
    const notice = (text: string): void => io.notice(`${text}`);
    const plans = prepared.map(({ plan }) => plan);
    const fits = ({ header }: Pick<StoredRun, "header">): boolean =>
      at === null || (header.commit === at.commit && header.dirty === false);
    const resumed = claimAll(
      opened,
      await (goesOn(options) ? runsToGoOnWith : runsThatWait)(opened, plans, options, notice, fits),
    );
    const unresumed = plans.filter((plan) => !resumed.has(plan));
    const starts = options.run === undefined && options.retry === undefined;
    const waiting = await waitingNotes(opened, starts ? unresumed : [], options, fits);
    for (const [{ suite }, note] of waiting) notice(`${suite.name}: ${note}`);
    const [lost, ready] = await Promise.all([
      takenInChange(place, options, io),
      Promise.all(
        prepared.map((one) => {
          const resume = resumed.get(one.plan) ?? null;
          // With `--run` or `--retry`, no new run starts: a plan without a run to resume is left out.
          if ((options.run !== undefined || options.retry !== undefined) && resume === null) return null;
          return withItsPast(one, resume, { store: opened, place, options, io });
        }),
      ),
    ]);
    const known = ready.filter((one) => one !== null);
    const sure = known.map((one, at) => ({
      ...one,
      ...{ lost: lostWith(at, known, lost), waiting: waiting.get(one.prepared.plan) ?? null },
    }));
    if (sure.some(isUnpriced)) {
      const hasBudget = budgetOf(project, options)?.usd !== undefined;
      const { refuseUnpriced } = await import("./refuse-unpriced.ts");
      await refuseUnpriced(project, sure, { ...options, hasBudget }, opened);
    }
    return { store: opened, ready: sure };
  } catch (error) {
    store?.close();
    await closeRuns(prepared);
    throw error;
  }
}

/**
 * The part of the lost baselines that the run at index `at` reports. Each of them is reported only once: with a run of
 * its suite or, without such a run, with the first run.
 */
function lostWith(
  at: number,
  ready: readonly Pick<ReadyRun, "prepared">[],
  { rules, notes }: TakenAway,
): TakenAway {
  const placeOf = (suite: string): number =>
    Math.max(
      0,
      ready.findIndex(({ prepared }) => prepared.plan.suite.name === suite),
    );
  return { rules: rules.filter(({ suite }) => placeOf(suite) === at), notes: at === 0 ? notes : [] };
}

/** The trust of a suite without judges, for which the code that reads labels need not be loaded. */
const NO_JUDGE: SuiteTrust = {
  byScorer: new Map(),
  unbelieved: new Map(),
  believed: new Set(),
  labelsOf: () => [],
};

interface Past {
  readonly store: Store;
  readonly place: RunPlace;
  readonly options: HistoryOptions;
  readonly io: Environment;
}

async function withItsPast(
  one: PreparedRun,
  resume: StoredRun | null,
  { store, place, options, io }: Past,
): Promise<Omit<ReadyRun, "lost" | "waiting">> {
  const { plan } = one;
  const { name, suite } = plan.suite;
  const judged = plan.scorers.some((scorer) => scorer.opinion === true || scorer.judge !== undefined);
  const trust = judged
    ? (await import("./judge-trust.ts")).suiteTrust(place.project.root, name, suite.gate, plan.scorers)
    : NO_JUDGE;
  const baseline = await gateBaseline({
    store,
    root: place.home,
    at: place.at ?? undefined,
    io,
    directory: options.directory,
    suite: name,
    listed: listedTargetOf(plan.suite, plan.model),
    model: plan.model.alias,
    option: options.ungated.has(plan.suite) ? "none" : options.baseline,
    fingerprint: plan.fingerprint,
  });
  const declared = await declaredInRun(plan, baseline, { place, io, store });
  const held = await heldAgainst(baseline, plan, store);
  return { prepared: one, resume, trust, declared, baseline: await scoredAlike(held, plan, store) };
}

export function budgetOf(project: Project, options: RunRequest) {
  if (options.budget === undefined) return project.budget;
  return { ...project.budget, usd: options.budget };
}

/** Whether a model or judge of the run has no known price. */
function isUnpriced({ prepared: { plan, target, judges } }: Pick<ReadyRun, "prepared">): boolean {
  const asked = [{ alias: plan.model.alias, target }, ...judges.asked()];
  return asked.some((one) => modelsWithoutPrice(one.alias, one.target).length > 0);
}

/** The baselines of the base branch that a change takes away. Only the build of a change has a base branch. */
async function takenInChange(place: RunPlace, options: HistoryOptions, io: Environment): Promise<TakenAway> {
  // A matrix compares targets only with each other, so removed baselines are reported by ordinary runs.
  if (isMatrix(options) || options.baseline !== undefined || findGitFolder(place.home) === null)
    return NOTHING_TAKEN;
  const base = await baseOfChange(place.home, io);
  if (base.kind !== "seen") return NOTHING_TAKEN;
  const { takenAway } = await import("./taken-away.ts");
  return takenAway({ place, base }, options, io);
}
