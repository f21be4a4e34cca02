import { EvalsError } from "../domain/problem.ts";
import { resumeCommand } from "../domain/resume-command.ts";
import type { EndedStatus, RunHeader } from "../domain/run.ts";
import { UNKNOWN_USAGE } from "../domain/transcript.ts";
import type { FleetDatabase } from "../fleet/database.ts";
import { unpackJudgements, unpackRecord } from "../run/packed-trial.ts";
import type { Plan } from "../run/plan.ts";
import { createRun } from "../run/run-header.ts";
import type { RunWriter, Store } from "../store/store.ts";
import type { Environment } from "./environment.ts";
import { requireKeptRun } from "./fleet/kept-run.ts";
import { openFleet } from "./fleet/open-fleet.ts";
import { openPlan } from "./fleet/open-plan.ts";
import { locate } from "./project/open-project.ts";
import { openWrittenHistory } from "./project/stored-history.ts";

export interface PullInput {
  /** Address of the database shared with the workers. */
  readonly address: string;
  /** Id of the run, or a prefix. */
  readonly run: string;
  readonly directory?: string | undefined;
}

export interface PulledRun {
  readonly run: string;
  readonly suite: string;
  readonly trials: number;
  /** Whether the run was in the store already. */
  readonly wasHere: boolean;
}

/**
 * Copies a run that workers worked on, from the workers' database into this store, with its final report.
 *
 * @throws {EvalsError} for a run that does not exist or has not ended, or whose commit is not in this clone
 */
export async function pullRun(io: Environment, input: PullInput): Promise<PulledRun> {
  const { root } = locate(io, input.directory);
  const fleet = await openFleet(input.address, root, io);
  try {
    const kept = await requireKeptRun(fleet, input.run);
    const { run, suite } = kept;
    if (kept.report === null || kept.ended_at === null)
      throw new EvalsError(unfinished(kept.header as unknown as RunHeader));
    const cached = (kept.report as { counts?: { cached?: number } }).counts?.cached ?? 0;
    if (cached > 0) throw new EvalsError(heldElsewhere(run, cached));
    const store = await openWrittenHistory(root, io);
    try {
      const [here] = await store.read.runsByPrefix(run);
      if (here !== undefined && here.ended_at !== null)
        return { run, suite, trials: here.header.planned, wasHere: true };
      const opened = await openPlan(kept, { directory: input.directory, root, asksNothing: true }, io);
      try {
        const header = kept.header as unknown as RunHeader;
        const writer = createRun(opened.prepared.plan, header, store);
        const trials = await copyBlocks(kept.no, fleet, { plan: opened.prepared.plan, writer, store });
        writer.end((kept.status ?? "complete") as EndedStatus, kept.report, kept.ended_at);
        return { run, suite, trials, wasHere: false };
      } finally {
        await opened.close();
      }
    } finally {
      store.close();
    }
  } finally {
    await fleet.close();
  }
}

/** The plan of a run that is copied, and the store into which it is written. */
interface Copying {
  readonly plan: Plan;
  readonly writer: RunWriter;
  readonly store: Store;
}

/** Copies the trials of a run, block by block. @returns the number of copied trials */
async function copyBlocks(
  no: string,
  { kept }: FleetDatabase,
  { plan, writer, store }: Copying,
): Promise<number> {
  let trials = 0;
  for (let after = -1; ; ) {
    const blocks = await kept.blocks(no, after);
    const last = blocks.at(-1);
    if (last === undefined) return trials;
    for (const block of blocks) {
      const numbers = new Map<number, number>();
      for (const { id, paid, request, ...judgement } of unpackJudgements(block.judgements)) {
        const copy = await store.recordJudgement({
          ...judgement,
          run_no: paid ? writer.no : null,
          request: { hash: request.hash, body: () => request.body },
        });
        numbers.set(id, copy);
      }
      for (const trial of block.trials)
        writer.record(unpackRecord(trial, plan.target.price, (id) => numbers.get(id) ?? id));
      trials += block.trials.length;
    }
    const page = blocks.map((one) => one.no);
    for (const { usage, usd, ...one } of await kept.lost(no, page))
      writer.recordLost({ ...one, usage: usage ?? UNKNOWN_USAGE, cost_usd: usd });
    const { calls, judge_calls } = await kept.calls(no, page);
    writer.calls(calls);
    writer.judgeCalls(judge_calls);
    writer.flush();
    after = last.no;
  }
}

function heldElsewhere(run: string, cached: number) {
  return {
    code: "EVALS_PULL_CACHED",
    what: `${cached} answers of run ${run} came from the history of the machine that planned it, not from workers.`,
    why: "These answers are not in the database, so only a part of the run could be copied, and that part would be compared as if it were the complete run.",
    fix: "Plan runs that other machines will pull with `--no-cache`; or copy the folder .evals from the machine that planned the run.",
  };
}

function unfinished(header: RunHeader) {
  const { id: run } = header;
  return {
    code: "EVALS_PULL_UNFINISHED",
    what: `Run ${run} has not ended.`,
    why: "A run ends when the last block is done and the process that planned it has made its report.",
    fix: `\`evals queue status\` shows how far the run is; on the machine that planned the run, \`${resumeCommand(header)}\` continues it`,
  };
}
