import type { Client, Reply } from "../../domain/provider.ts";
import type { RunPace } from "../../domain/report.ts";
import { UNKNOWN_USAGE } from "../../domain/transcript.ts";
import type { DoneBlock, FleetDatabase, PlanStore } from "../../fleet/database.ts";
import type { PlanHalt, TrialPlace } from "../../fleet/fleet.ts";
import { clientWithSend } from "../../providers/client-with-send.ts";
import { WITHDRAWN } from "../../providers/failed-reply.ts";
import type { EngineEnd, RunControl } from "../../run/engine-job.ts";
import { unpackJudgements, unpackReply, unpackScoring } from "../../run/packed-trial.ts";
import type { Plan } from "../../run/plan.ts";
import type { RemoteSums, RemoteTrials } from "../../run/remote-trials.ts";
import type { Scoring } from "../../run/score-trial.ts";
import type { Store } from "../../store/store.ts";
import { missingWorkers } from "./missing-workers.ts";

/** How many trials may wait for the workers' answers at the same time. Each of them is a promise in this process. */
export const AHEAD = 20_000;
/** Maximum number of trials in a block. */
const BLOCK = 200;
/** Approximate number of blocks into which a plan with fewer than `BLOCK` × `BLOCKS` trials is divided. */
const BLOCKS = 24;
/** Minimum number of trials in a block; a block has fewer only when no more trials wait to be asked. */
const SMALLEST_BLOCK = 8;

const POLL_MS = 150;
const READ_AT_ONCE = 10;

export interface PlannedOptions {
  readonly plan: Plan;
  readonly plans: PlanStore;
  /** Number of the plan in the shared database. */
  readonly no: string;
  /** Number of the run in the store. */
  readonly runNo: () => Promise<number>;
  readonly store: Pick<Store, "recordJudgement">;
  /** Trials that are already in blocks. */
  readonly inBlocks: readonly TrialPlace[];
  readonly control: RunControl;
  readonly notice: (text: string) => void;
  /** Version of this program. */
  readonly program: string;
  /** Monotonic clock in milliseconds. */
  readonly now: () => number;
  /** Repeats work on the database until the database is available. */
  readonly patiently: FleetDatabase["patiently"];
}

/**
 * Puts the trials of a run into blocks for workers, each trial as soon as the engine requests it. The engine gets its
 * reply when a worker has finished the block.
 */
export function plannedTrials(options: PlannedOptions): RemoteTrials {
  const { plan, plans, no, control } = options;
  const size = Math.min(BLOCK, Math.max(SMALLEST_BLOCK, Math.ceil(plan.totalPlanned / BLOCKS)));
  const keyOf = ({ case_no, trial }: TrialPlace): string => `${case_no}/${trial}`;
  const inBlocks = seenTrials(plan);
  for (const place of options.inBlocks) inBlocks.add(place);
  const waiting = new Map<string, (reply: Reply) => void>();
  /** Answers that were read before the engine requested them. */
  const early = new Map<string, Reply>();
  const scorings = new Map<string, Scoring>();
  const read: number[] = [];
  let cut: TrialPlace[] = [];
  let publishing: Promise<void> = Promise.resolve();
  let isPublishing = false;
  let halt: PlanHalt | null = null;
  let failure: unknown;
  let following = false;
  const pace: { -readonly [name in keyof RunPace]: RunPace[name] } = {
    limited_by: null,
    waited_ms: 0,
    refused: 0,
  };

  /** Makes blocks of the requested trials, once the engine has made all the requests that it can make now. */
  const publish = (): void => {
    if (isPublishing) return;
    isPublishing = true;
    setImmediate(() => {
      isPublishing = false;
      const trials = cut;
      cut = [];
      const blocks = Array.from({ length: Math.ceil(trials.length / size) }, (_, at) =>
        trials.slice(at * size, (at + 1) * size),
      );
      if (blocks.length > 0) publishing = publishing.then(() => plans.publish(no, blocks)).catch(giveUp);
    });
  };

  const take = async ({ no: block, trials, judgements, pace: held }: DoneBlock): Promise<void> => {
    const numbers = new Map<number, number>();
    await Promise.all(
      unpackJudgements(judgements).map(async ({ id, paid, request, ...judgement }) => {
        const number = await options.store.recordJudgement({
          ...judgement,
          run_no: paid ? await options.runNo() : null,
          request: { hash: request.hash, body: () => request.body },
        });
        numbers.set(id, number);
      }),
    );
    for (const trial of trials) {
      const key = keyOf(trial);
      if (trial.scoring !== null)
        scorings.set(
          key,
          unpackScoring(trial.scoring, (id) => numbers.get(id) ?? id),
        );
      const resolve = waiting.get(key);
      waiting.delete(key);
      if (resolve === undefined) early.set(key, unpackReply(trial));
      else resolve(unpackReply(trial));
    }
    if (held !== null) {
      pace.limited_by ??= held.limited_by;
      pace.waited_ms += held.waited_ms;
      pace.refused += held.refused;
    }
    read.push(block);
  };

  const withdrawAll = (): void => {
    for (const resolve of waiting.values()) resolve(WITHDRAWN);
    waiting.clear();
  };

  const giveUp = (error: unknown): void => {
    failure ??= error;
    withdrawAll();
  };

  const missing = missingWorkers({
    alias: plan.model.alias,
    program: options.program,
    now: options.now,
    notice: options.notice,
  });
  const follow = async (): Promise<void> => {
    let isHalted = false;
    while (waiting.size > 0) {
      await publishing;
      if (control.signal.aborted) return withdrawAll();
      if (control.stopping()) halt ??= { kind: "skipped", because: "cancelled" };
      if (halt !== null && !isHalted) {
        const why = halt;
        await options.patiently(() => plans.halt(no, why), control.signal);
        isHalted = true;
      }
      const progress = await options.patiently(() => plans.progress(no, read), control.signal);
      halt ??= progress.halt;
      const done = progress.done.slice(0, READ_AT_ONCE);
      if (done.length > 0)
        for (const block of await options.patiently(() => plans.read(no, done), control.signal))
          await take(block);
      if (done.length > 0) continue;
      // The run waits until workers have finished the blocks that they have begun.
      if (halt !== null && progress.leased === 0) return withdrawAll();
      halt ??= missing(progress);
      await pause(POLL_MS, control.signal);
    }
  };

  const start = (): void => {
    if (following) return;
    following = true;
    setImmediate(() => {
      follow()
        .catch(giveUp)
        .finally(() => {
          following = false;
          // Goes on for a trial that was requested while the last answers were read.
          if (waiting.size > 0) start();
        });
    });
  };

  const send: Client["send"] = (_request, question, trial) => {
    const place = { case_no: caseNoOf(plan, question.case_id), trial };
    const key = keyOf(place);
    const known = early.get(key);
    if (known !== undefined) {
      early.delete(key);
      return Promise.resolve(known);
    }
    return new Promise((resolve) => {
      waiting.set(key, resolve);
      if (inBlocks.add(place)) {
        cut.push(place);
        publish();
      }
      start();
    });
  };

  return {
    client: clientWithSend(plan.target.client, send),
    scored: (caseNo, trial) => {
      const key = keyOf({ case_no: caseNo, trial });
      const found = scorings.get(key);
      scorings.delete(key);
      return found;
    },
    decided: () => {
      halt ??= { kind: "decided" };
    },
    halted: (): EngineEnd | undefined => {
      if (failure !== undefined) throw failure;
      return halt === null || halt.kind === "decided" ? undefined : halt;
    },
    settle: async (keepLost): Promise<RemoteSums> => {
      if (halt === null && !control.signal.aborted)
        await options.patiently(() => plans.halt(no, { kind: "decided" }));
      const { lost, blocks, ...sums } = await options.patiently(() => plans.sums(no));
      for (const { usd, usage, ...one } of lost)
        keepLost({ ...one, usage: usage ?? UNKNOWN_USAGE, cost_usd: usd });
      await options.patiently(() => plans.reported(no, blocks));
      return { ...sums, pace };
    },
  };
}

/** A set of a plan's trials. It uses one bit for each trial, because a plan may have millions. */
function seenTrials({ count, trials }: Plan) {
  const bits = new Uint8Array(Math.ceil((count * trials) / 8));
  return {
    /** Adds a trial. @returns whether the trial was not in the set yet */
    add: ({ case_no, trial }: TrialPlace): boolean => {
      const at = case_no * trials + trial - 1;
      const [byte, bit] = [at >> 3, 1 << (at & 7)];
      const known = bits[byte] ?? 0;
      bits[byte] = known | bit;
      return (known & bit) === 0;
    },
  };
}

const caseNumbers = new WeakMap<Plan, ReadonlyMap<string, number>>();

function caseNoOf(plan: Plan, id: string): number {
  let numbers = caseNumbers.get(plan);
  if (numbers === undefined) {
    numbers = new Map(Array.from({ length: plan.count }, (_, caseNo) => [plan.id(caseNo), caseNo]));
    caseNumbers.set(plan, numbers);
  }
  const found = numbers.get(id);
  if (found === undefined) throw new Error(`no case ${id} in the plan`);
  return found;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done, { once: true });
  });
}
