import { EvalsError } from "../../domain/problem.ts";
import type { Project } from "../../domain/project.ts";
import type { DeclaredChange } from "../../domain/prompt-change.ts";
import { findRepository } from "../../git/require-repository.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import { refuseChangedPrompts } from "../checking/changed-prompts.ts";
import { heldAgainst } from "../gating/against-baseline.ts";
import { type BaselineSide, baselineSide } from "../gating/baseline-side.ts";
import { declaredInRun } from "../gating/declared-in-run.ts";
import { type SuiteTrust, suiteTrust } from "../gating/judge-trust.ts";
import { scoredAlike } from "../gating/rescored-side.ts";
import { type TakenAway, takenAway } from "../gating/taken-away.ts";
import type { Io } from "../io.ts";
import { openWrittenHistory } from "../project/open-written-history.ts";
import { closeRuns, type PreparedRun } from "./prepare-runs.ts";
import { claimAll, findResumable } from "./resume.ts";
import type { RunOptions } from "./run-options.ts";
import type { RunPlace } from "./run-place.ts";
import { isMatrix, type TargetMatrix } from "./target-matrix.ts";

/** A run with all that it needs of the past. */
export interface ReadyRun {
  readonly prepared: PreparedRun;
  readonly baseline: BaselineSide;
  /** The run to go on with; null starts a new one. */
  readonly resume: StoredRun | null;
  /** How far the gate believes the judges. */
  readonly trust: SuiteTrust;
  /** Baselines of the base branch that this change took away, told with this run. */
  readonly lost: TakenAway;
  /** The bump between the baseline's prompt and this one; null when nothing is declared. */
  readonly declared: DeclaredChange | null;
}

/** What the command line says, and which of its runs are compared with nothing. */
type HistoryOptions = RunOptions & Pick<TargetMatrix, "ungated">;

const NOTHING_TAKEN: TakenAway = { rules: [], notes: [] };

/**
 * The store, what each run is compared with and what it goes on with; what is wrong with any of it is told before
 * anything is asked.
 */
export async function openHistory(
  prepared: readonly PreparedRun[],
  place: RunPlace,
  options: HistoryOptions,
  io: Io,
) {
  const { project, home, at } = place;
  let store: Store | undefined;
  try {
    refuseUnpricedBudget(project, prepared, options);
    await Promise.all([
      // A repository that git refuses to read must not look like one without a baseline.
      options.baseline === "none" ? null : findRepository(home),
      refuseChangedPrompts(home, io.env, at?.commit),
    ]);
    const opened = await openWrittenHistory(home, io);
    store = opened;
    const say = (text: string): void => io.stderr(`${text}\n`);
    const resumed = options.resume
      ? claimAll(
          opened,
          findResumable(
            opened,
            prepared.map(({ plan }) => plan),
            options.run,
            say,
            ({ header }) => at === null || (header.commit === at.commit && header.dirty === false),
          ),
        )
      : null;
    const [lost, ready] = await Promise.all([
      // Targets beside each other are looked at; that a baseline is gone is told by a run of the suites as they are.
      isMatrix(options) ? NOTHING_TAKEN : takenAway(place, options, io),
      Promise.all(
        prepared.map((one) => {
          const resume = resumed?.get(one.plan) ?? null;
          // With `--run`, the other runs of the plan stay as they are.
          if (options.run !== undefined && resume === null) return null;
          return withItsPast(one, resume, { store: opened, place, options, io });
        }),
      ),
    ]);
    const known = ready.filter((one) => one !== null);
    return { store: opened, ready: known.map((one, at) => ({ ...one, lost: lostWith(at, known, lost) })) };
  } catch (error) {
    store?.close();
    await closeRuns(prepared);
    throw error;
  }
}

/** Each is told once: with a run of its suite where there still is one, else with the first. */
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

interface Past {
  readonly store: Store;
  readonly place: RunPlace;
  readonly options: HistoryOptions;
  readonly io: Io;
}

async function withItsPast(
  one: PreparedRun,
  resume: StoredRun | null,
  { store, place, options, io }: Past,
): Promise<Omit<ReadyRun, "lost">> {
  const { plan } = one;
  const { name, suite } = plan.suite;
  const trust = suiteTrust(place.project.root, name, suite.gate, plan.scorers);
  const side = await baselineSide({
    store,
    root: place.home,
    at: place.at ?? undefined,
    io,
    directory: options.directory,
    suite: name,
    alias: suite.models === undefined ? null : plan.model.alias,
    option: options.ungated.has(plan.suite) ? "none" : options.baseline,
    fingerprint: plan.fingerprint,
  });
  const declared = await declaredInRun(plan, side, { place, io, store });
  const held = await heldAgainst(side, plan, store);
  return { prepared: one, resume, trust, declared, baseline: await scoredAlike(held, plan, store) };
}

export function budgetOf(project: Project, options: RunOptions) {
  if (options.budget === undefined) return project.budget;
  return { ...project.budget, usd: options.budget };
}

/** A ceiling in dollars cannot be kept for a model whose price nobody knows. */
function refuseUnpricedBudget(project: Project, prepared: readonly PreparedRun[], options: RunOptions): void {
  if (budgetOf(project, options)?.usd === undefined) return;
  const asked = prepared.flatMap(({ plan, target, judges }) => [
    { model: plan.model, target },
    ...judges.asked(),
  ]);
  const unpriced = asked.filter(
    ({ model, target }) =>
      target.price === null &&
      target.client.immediate !== true &&
      ["openai", "anthropic"].includes(model.provider.kind),
  );
  if (unpriced.length === 0) return;
  throw new EvalsError(
    [...new Set(unpriced.map(({ model }) => model.alias))].map((alias) => ({
      code: "EVALS_BUDGET_UNPRICED",
      path: project.configPlaces.path,
      ...project.configPlaces.at(["models", alias], "key"),
      what: `The budget is in dollars, and model "${alias}" has no price.`,
      why: "An unknown cost is not zero: the run could not stop in time.",
      fix: "price: { input: <dollars per million tokens>, output: … }    (0 for a model of your own)",
    })),
  );
}
