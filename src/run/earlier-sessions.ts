import { leastTokensOf, tokensOf } from "../domain/transcript.ts";
import type { Tally, TallyRow } from "../metrics/tally.ts";
import type { LostReply, RunWriter, StoredRun } from "../store/store.ts";
import type { Earlier, Most, Spending, UntoldReply } from "./budget-guard.ts";
import type { Plan } from "./plan.ts";
import type { EngineStore, RunSettings } from "./run-settings.ts";

export const NOTHING_BEFORE = {
  done: 0,
  spent: { usd: 0, tokens: 0 } satisfies Earlier,
  isDone: () => false,
  wasAsked: () => false,
  unscored: () => undefined,
  spoiled: new Map<string, LostReply>(),
};

/** Sums what the target's answers have cost, trial by trial. */
export function targetSpending(plan: Plan, { no }: { readonly no: number }, store: TargetStore) {
  const lost = store.lostSpending(no, "target");
  const spent: Spending = { usd: lost.usd, tokens: lost.tokens };
  const seen = { usd: null as number | null, tokens: 0, output_tokens: null as number | null };
  return {
    add: ({ cached, cost_usd, usage }: TallyRow): void => {
      if (cached) return;
      spent.usd += cost_usd ?? 0;
      spent.tokens += tokensOf(usage) ?? 0;
      seen.usd = larger(seen.usd, cost_usd);
      seen.tokens = Math.max(seen.tokens, leastTokensOf(usage));
      seen.output_tokens = larger(seen.output_tokens, usage.output_tokens);
    },
    sum: (): Earlier => ({
      ...spent,
      unknown: { usd: lost.most_usd, tokens: lost.most_tokens },
      untold: () => untoldAnswers(plan, no, store),
      seen,
    }),
  };
}

/** The larger of two numbers; null when both are unknown. */
const larger = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.max(a, b);

export type TargetStore = Pick<EngineStore, "lostSpending" | "scan" | "transcript">;

/**
 * The answers whose cost or tokens are unknown. Conversations are left out: the calls that make their cost unknown are
 * stored one by one as a `LostReply`.
 */
function* untoldAnswers(plan: Plan, runNo: number, store: TargetStore): Iterable<UntoldReply> {
  if (plan.target.conversing !== undefined) return;
  for (const { case_no, trial, kind, cached, cost_usd: usd, usage } of store.scan(runNo)) {
    if (cached || (usd !== null && tokensOf(usage) !== null)) continue;
    if (kind === "errored" && store.transcript(runNo, case_no, trial) === undefined) continue;
    yield { input: plan.inputTokens(case_no), paid: { usd, usage } };
  }
}

/**
 * Records the cost of an answer that its simulated user spoiled, when another answer replaces it.
 *
 * @param most what a budget counts for an answer to the case while its cost or tokens are unknown
 */
export function keepingSpoiled(
  writer: RunWriter,
  spoiled: Map<string, LostReply>,
  most: (caseNo: number) => Most,
): RunWriter {
  if (spoiled.size === 0) return writer;
  return {
    ...writer,
    record: (record) => {
      const place = `${record.case_no}/${record.trial}`;
      const lost = spoiled.get(place);
      if (lost !== undefined) writer.recordLost(isTold(lost) ? lost : { ...lost, ...most(record.case_no) });
      spoiled.delete(place);
      writer.record(record);
    },
  };
}

const isTold = ({ usage, cost_usd }: LostReply): boolean => cost_usd !== null && tokensOf(usage) !== null;

/**
 * The state that earlier sessions of this run left. Scored trials count. Answers without scores, or with a failed
 * required scorer, are scored again. Other errored trials are run again, including those that a simulated user
 * spoiled.
 */
export function readBefore(
  plan: Plan,
  { early, asksNothing }: Pick<RunSettings, "early" | "asksNothing">,
  run: StoredRun,
  store: EngineStore,
  tally: Tally,
) {
  const done = new Uint8Array(plan.count * plan.trials);
  /** By trial, whether the answer came from the cache; only for trials whose outcome is not final. */
  const waiting = new Map<number, boolean>();
  const spoiled = new Map<string, LostReply>();
  const spending = targetSpending(plan, run, store);
  let count = 0;
  const place = (caseNo: number, trial: number): number => caseNo * plan.trials + trial - 1;
  for (const row of store.scan(run.no)) {
    spending.add(row);
    if (row.pass === null) {
      if (row.error !== "simulator") waiting.set(place(row.case_no, row.trial), row.cached);
      else if (!row.cached) spoiled.set(`${row.case_no}/${row.trial}`, lostReply(plan.id(row.case_no), row));
      if (asksNothing === true && row.kind === "errored") tally.add(row);
      continue;
    }
    done[place(row.case_no, row.trial)] = 1;
    count++;
    tally.add(row);
    early?.note({ ...row, scores: row.scores.map((one) => one?.[0] ?? null) });
  }
  return {
    done: count,
    spent: spending.sum(),
    spoiled,
    isDone: (caseNo: number, trial: number) => done[place(caseNo, trial)] === 1,
    /** Whether the trial has an outcome that is not final: an error, or an answer without scores. */
    wasAsked: (caseNo: number, trial: number) => waiting.has(place(caseNo, trial)),
    unscored: (caseNo: number, trial: number) => {
      const cached = waiting.get(place(caseNo, trial));
      const answer = cached === undefined ? undefined : store.transcript(run.no, caseNo, trial);
      return answer === undefined || cached === undefined ? undefined : { ...answer, cached };
    },
  };
}

function lostReply(case_id: string, { usage, cost_usd }: TallyRow): LostReply {
  return { case_id, judge: null, usage, cost_usd, most_usd: null, most_tokens: null };
}
