import type { StoredJudgement } from "../domain/judge-exchange.ts";
import type { NewJudgement, RunWriter, TrialRecord, TrialScoring } from "../store/store.ts";
import type { EngineStore } from "./run-settings.ts";

/** A judge's reply, with the number by which the block's scores refer to it. */
export interface BlockJudgement extends Omit<NewJudgement, "run_no" | "request"> {
  readonly id: number;
  /** Whether this block pays for the reply. */
  readonly paid: boolean;
  readonly request: { readonly hash: string; readonly body: string };
}

/** A recorded trial. Its scores are added when they arrive. */
export type BlockTrial = TrialRecord;

/** The store of a run that is only a block of a larger run. It keeps everything in memory. */
export interface BlockStore extends EngineStore {
  trials(): readonly BlockTrial[];
  judgements(): readonly BlockJudgement[];
}

const NOTHING = { replies: 0, usd: 0, unpriced: 0, tokens: 0, untold: 0 };

/** Makes a store that keeps the trials of one block in memory until they are handed over. */
export function blockStore(): BlockStore {
  const trials = new Map<string, BlockTrial>();
  const judgements: BlockJudgement[] = [];
  const discarded = new Set<number>();
  const keep = (record: TrialRecord): void => {
    trials.set(`${record.case_no}/${record.trial}`, record);
  };
  const writer: RunWriter = {
    no: 1,
    arrived: keep,
    record: keep,
    recordScores: (case_no, trial, scores: TrialScoring) => {
      const known = trials.get(`${case_no}/${trial}`);
      if (known?.kind === "answered") keep({ ...known, scores });
    },
    // The cost of failed calls is in the ledger.
    recordLost: () => {},
    flush: () => {},
    calls: () => {},
    judgeCalls: () => {},
    unfinished: () => {},
    end: () => {},
  };
  return {
    trials: () => [...trials.values()],
    judgements: () => judgements,
    create: () => writer,
    resume: () => {
      throw new Error("a block cannot be resumed");
    },
    *scan() {},
    transcript: () => undefined,
    cached: () => undefined,
    unscoredSpending: () => NOTHING,
    lostSpending: () => ({ ...NOTHING, most_usd: 0, most_tokens: 0 }),
    judgeSpending: () => ({ ...NOTHING, dearest_usd: null, longest_output: null }),
    untoldJudgements: () => [],
    judgementRequest: () => null,
    newestJudgement: () => 0,
    judgement: (asked, draw) => {
      const found = judgements.findLast(
        (one) => one.asked === asked && one.draw === draw && !discarded.has(one.id),
      );
      return found === undefined ? undefined : stored(found);
    },
    recordJudgement: async ({ run_no, request, ...judgement }) => {
      const id = judgements.length + 1;
      judgements.push({
        ...judgement,
        id,
        paid: run_no !== null,
        request: { hash: request.hash, body: request.body() },
      });
      return id;
    },
    discardJudgements: (ids) => {
      for (const id of ids) discarded.add(id);
    },
  };
}

function stored({ id, asked, draw, judge, case_id, transcript }: BlockJudgement): StoredJudgement {
  const { output, refusal, finish_reason, model, usage, latency_ms, cost_usd } = transcript;
  return {
    ...{
      id,
      asked,
      draw,
      judge,
      case_id,
      output,
      refusal,
      finish_reason,
      model,
      usage,
      latency_ms,
      cost_usd,
    },
    input_tokens: usage.input_tokens,
    output_tokens: usage.output_tokens,
    at: "",
  };
}
