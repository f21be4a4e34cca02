import { leastTokensOf, tokensOf } from "../domain/transcript.ts";
import type { Tally, TallyRow } from "../metrics/tally.ts";
import type { LostReply, RunWriter, StoredRun } from "../store/store.ts";
import type { Earlier, Spending } from "./budget-guard.ts";
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

/** Records the cost of an answer that its simulated user spoiled, when another answer replaces it. */
export function keepingSpoiled(writer: RunWriter, spoiled: Map<string, LostReply>): RunWriter {
  if (spoiled.size === 0) return writer;
  return {
    ...writer,
    record: (record) => {
      const place = `${record.case_no}/${record.trial}`;
      const lost = spoiled.get(place);
      if (lost !== undefined) writer.recordLost(lost);
      spoiled.delete(place);
      writer.record(record);
    },
  };
}

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
  const lost = store.lostSpending(run.no, "target");
  const spent: Spending = { usd: lost.usd, tokens: lost.tokens };
  const dearest = { usd: 0, tokens: 0, output_tokens: 0 };
  let seen = 0;
  let unpriced = 0;
  /** Case numbers of the answers whose tokens are unknown. */
  const untold: number[] = [];
  let count = 0;
  const place = (caseNo: number, trial: number): number => caseNo * plan.trials + trial - 1;
  for (const row of store.scan(run.no)) {
    if (!row.cached) {
      spent.usd += row.cost_usd ?? 0;
      spent.tokens += tokensOf(row.usage) ?? 0;
      dearest.usd = Math.max(dearest.usd, row.cost_usd ?? 0);
      dearest.tokens = Math.max(dearest.tokens, leastTokensOf(row.usage));
      dearest.output_tokens = Math.max(dearest.output_tokens, row.usage.output_tokens ?? 0);
      if (row.cost_usd !== null || row.usage.output_tokens !== null) seen++;
      if (row.kind === "answered" && row.cost_usd === null) unpriced++;
      if (row.kind === "answered" && tokensOf(row.usage) === null) untold.push(row.case_no);
    }
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
  const unknown = { usd: lost.most_usd + unpriced * dearest.usd, tokens: lost.most_tokens };
  return {
    done: count,
    spent: {
      ...{ ...spent, unknown, untold: () => untold.map(plan.inputTokens) },
      ...(seen === 0 ? {} : { seen: dearest }),
    } satisfies Earlier,
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
