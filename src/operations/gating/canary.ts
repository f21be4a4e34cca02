import { canarySentence, judgeCanaries } from "../../baselines/canary.ts";
import type { Budget } from "../../domain/config.ts";
import { itemAt } from "../../domain/item-at.ts";
import type { CanaryResult } from "../../domain/report.ts";
import type { RunHeader } from "../../domain/run.ts";
import { type Spending, withoutSpent } from "../../run/budget-guard.ts";
import { executeRun, type RanRun, together } from "../../run/execute-run.ts";
import type { RunWorld } from "../../run/run-settings.ts";
import { spentOn } from "../../run/spent-on.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import type { Environment } from "../environment.ts";
import type { PreparedRun } from "../running/prepare-runs.ts";
import type { RunPlace } from "../running/run-place.ts";
import { wrapperFor } from "../running/wrap-target.ts";
import { storedSide } from "../sides/stored-side.ts";
import { type CanaryPlan, planCanaries } from "./canary-plan.ts";
import type { GateBaseline } from "./gate-baseline.ts";

/** The result of a run's canaries, and their cost. */
export interface AnsweredCanaries {
  /** Null when none were asked. */
  readonly result: CanaryResult | null;
  /** Notes for the report. */
  readonly notes: readonly string[];
  /** Number of requests for canaries, over all sessions of the run. */
  readonly calls: number;
  /** How much of the budget the canaries' calls have used, over all sessions of the run. */
  readonly spent: Spending;
  /** What the canaries cost in this session; a null member means unknown. */
  readonly paid: RanRun["spent"];
}

const NO_CANARIES: AnsweredCanaries = {
  result: null,
  notes: [],
  calls: 0,
  spent: { usd: 0, tokens: 0 },
  paid: { usd: 0, tokens: 0 },
};

/** What canaries need from their run. */
export interface CanaryContext {
  readonly place: Pick<RunPlace, "project" | "home">;
  readonly io: Environment;
  readonly onRetry: () => void;
  /** The budget of the whole run. */
  readonly budget: Budget | null;
  readonly world: CanaryWorld;
}

/** Like `RunWorld`, but with a complete `Store`. Canaries are asked by this process, even in a run with workers. */
type CanaryWorld = Omit<RunWorld, "store"> & { readonly store: Store };

/** The canaries of one run. They are asked after the run was created in the store, and before its first trial. */
export async function canariesFor(
  prepared: PreparedRun,
  baseline: GateBaseline,
  { place, io, onRetry, budget, world }: CanaryContext,
) {
  const { project, home } = place;
  const planned = await planCanaries(prepared, baseline, { root: project.root, home });
  let answered = NO_CANARIES;
  return {
    answered: () => answered,
    countedIn: (ran: RanRun): RanRun => withCanaries(ran, answered),
    /** Asks the canaries that are not stored yet. @param spent what earlier sessions of the run have spent */
    ask: async (header: RunHeader, spent: Spending): Promise<AnsweredCanaries> => {
      const wrap = wrapperFor(withoutFallback(prepared), project, io, { ...world, onRetry });
      answered = await askCanaries(planned, {
        header,
        concurrency: prepared.concurrency,
        budget: withoutSpent(budget, spent),
        world: { ...world, wrap },
      });
      return answered;
    },
  };
}

/** The same run without its fallback model, whose answers would look like a change of the model itself. */
function withoutFallback({ plan, ...prepared }: PreparedRun): PreparedRun {
  const { fallback, ...entry } = plan.model.entry;
  return { ...prepared, plan: { ...plan, model: { ...plan.model, entry } } };
}

/** Adds the calls and cost of the canaries to a run. */
function withCanaries(ran: RanRun, { calls, paid }: AnsweredCanaries): RanRun {
  return {
    ...ran,
    counts: { ...ran.counts, calls: ran.counts.calls + calls },
    spent: together(ran.spent, paid),
  };
}

interface CanarySession {
  /** Header of the run that the canaries belong to. */
  readonly header: RunHeader;
  readonly concurrency: number;
  /** What is left of the run's budget; null without a budget. */
  readonly budget: Budget | null;
  readonly world: CanaryWorld;
}

/**
 * Asks the canaries that are not stored yet, as a small separate run, and compares them with the baseline. A resumed
 * run may have all or some of its canaries already.
 */
async function askCanaries(
  planned: CanaryPlan | null,
  { header, concurrency, budget, world }: CanarySession,
): Promise<AnsweredCanaries> {
  if (planned === null) return NO_CANARIES;
  if ("refused" in planned) return { ...NO_CANARIES, notes: [planned.refused] };
  const { plan, canaries } = planned;
  const { store } = world;
  const find = async (): Promise<StoredRun | undefined> => {
    const { items } = await store.read.runs({ canary_of: header.id, plan: plan.hash }, { limit: 1 });
    return items[0] && (await store.read.run(items[0].no));
  };
  const earlier = await find();
  let paid: RanRun["spent"] = NO_CANARIES.paid;
  if (earlier?.status !== "complete") {
    const ran = await executeRun(
      plan,
      {
        concurrency,
        budget,
        useCache: false,
        resume: earlier ?? null,
        early: null,
        canaryOf: header.id,
      },
      { ...world, remote: undefined, before: undefined, onStart: () => {}, onTrial: () => {} },
    );
    ran.writer.end(ran.status, null, world.today());
    paid = ran.spent;
  }
  const run = await find();
  if (run === undefined) throw new Error("canaries that were just asked are not in the store");
  const side = await storedSide(store, run);
  const answers = new Map(
    side.ids.map((id, index) => [
      id,
      { answered: itemAt(side.answered, index), passed: itemAt(side.passed, index) },
    ]),
  );
  const result = judgeCanaries(canaries, answers, run.header.id);
  const sentence = canarySentence(result);
  return {
    result,
    notes: sentence === null ? [] : [sentence],
    calls: run.calls,
    spent: await spentOn(store, run, plan, budget),
    paid,
  };
}
