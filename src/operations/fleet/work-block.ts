import type { AroundCalls } from "../../domain/around-calls.ts";
import type { CallBook } from "../../fleet/database.ts";
import type { FleetPlan, LeasedBlock, PlanHalt, TrialPlace, WorkedBlock } from "../../fleet/fleet.ts";
import { tallyOfCases } from "../../metrics/tally-of-cases.ts";
import { seesRaw } from "../../run/answers-at-hand.ts";
import { blockStore } from "../../run/block-store.ts";
import type { RunControl } from "../../run/engine-job.ts";
import { executeRun } from "../../run/execute-run.ts";
import { blockLedger } from "../../run/ledger-client.ts";
import { lineOf } from "../../run/model-lines.ts";
import { packJudgements, packTrial } from "../../run/packed-trial.ts";
import type { Environment } from "../environment.ts";
import type { PreparedRun } from "../running/prepare-runs.ts";
import type { RunPlace } from "../running/run-place.ts";
import { personWrapperFor, wrapperFor } from "../running/wrap-target.ts";

/** What is needed to work on a block. */
export interface BlockWork {
  readonly fleetPlan: FleetPlan;
  readonly prepared: PreparedRun;
  readonly place: Pick<RunPlace, "project">;
  readonly io: Environment;
  readonly book: CallBook;
  readonly control: RunControl;
  readonly newId: () => string;
  /** Maximum concurrent calls over all blocks of this worker. */
  readonly concurrency: number;
  /**
   * Applies the rate limits that all workers share. A call waits for them after it has left this worker's queue and
   * before it is entered in the ledger.
   */
  readonly paced: AroundCalls;
}

/** The result of a block; `halt` says why the whole plan must stop, null when it goes on. */
export interface BlockEnd {
  readonly worked: WorkedBlock;
  readonly halt: PlanHalt | null;
}

/** Asks and scores the trials of one block. Each call is recorded in the ledger before it is sent. */
export async function workBlock(block: LeasedBlock, work: BlockWork): Promise<BlockEnd> {
  const { prepared, place, io, control, fleetPlan } = work;
  const { plan } = prepared;
  const store = blockStore();
  const ledger = blockLedger({
    owner: { plan: block.plan, bounded: block.bounded, block: block.no, fence: block.fence },
    book: work.book,
    before: block.before,
    asksAgain: fleetPlan.asks_again,
    redaction: plan.redaction,
    keptIsLess: plan.redaction !== null && (seesRaw(plan) || plan.target.conversing !== undefined),
    newId: work.newId,
  });
  const around: AroundCalls = (client, payer) => work.paced(ledger.around(client, payer), payer);
  const asking = { onRetry: () => {}, control, around };
  const ran = await executeRun(
    plan,
    {
      concurrency: work.concurrency,
      budget: null,
      useCache: false,
      resume: null,
      early: null,
      order: {
        length: block.trials.length,
        at: (position) => block.trials[position] as (typeof block.trials)[number],
      },
      tally: tallyOfCases(
        block.trials.map(({ case_no }) => case_no),
        plan.scorers.length,
      ),
    },
    {
      store,
      wrap: wrapperFor(prepared, place.project, io, asking),
      wrapPerson: personWrapperFor(prepared, place.project, io, asking),
      watchPace: () => lineOf(place.project, plan.model, io).watch(),
      judging: { sleep: io.sleep, random: io.random, now: io.now, stopped: control.stopped, around },
      control,
      onStart: () => {},
      onTrial: () => {},
      now: io.now,
      today: () => io.date().toISOString(),
      newId: () => fleetPlan.run,
      commit: fleetPlan.commit,
      dirty: false,
      branch: null,
    },
  );
  const placeOf = ({ case_no, trial }: TrialPlace): string => `${plan.id(case_no)}/${trial}`;
  // Without a conversation or a fallback model, a trial is one call, and the reply to this call is the answer.
  const isPlain = plan.target.conversing === undefined && plan.target.fallback === undefined;
  const trials = store.trials();
  const has = new Set(trials.map(({ case_no, trial }) => `${case_no}/${trial}`));
  const answered = trials.filter(({ kind }) => kind === "answered");
  return {
    worked: {
      trials: trials.map((one) => packTrial(one, isPlain ? ledger.onlyCall(placeOf(one)) : null)),
      rest: block.trials.filter(({ case_no, trial }) => !has.has(`${case_no}/${trial}`)),
      judgements: packJudgements(store.judgements()),
      used: ledger.used(new Set(answered.map(placeOf))),
      passed: ran.tally.passed.reduce((sum, one) => sum + one, 0),
      errored: ran.tally.totalErrored,
      pace: ran.pace,
    },
    halt: haltOf(ran.end, control),
  };
}

/** Why the whole plan must stop; null when it goes on. If only this worker was stopped, others take its trials. */
function haltOf(end: Awaited<ReturnType<typeof executeRun>>["end"], control: RunControl): PlanHalt | null {
  if (end.kind === "skipped")
    return end.because === "budget" && !control.stopping() ? { kind: "skipped", because: "budget" } : null;
  return end.kind === "unreachable" || end.kind === "judge-unreachable" ? end : null;
}
