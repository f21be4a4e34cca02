import { hashJson } from "../../domain/json.ts";
import { allItems, everyItem } from "../../domain/pages.ts";
import type { StoredTrial } from "../../domain/run.ts";
import { askedHash } from "../../run/fingerprint.ts";
import { variantRuns } from "../../run/variant-runs.ts";
import type { RunWriter, Store, TrialRecord, TrialScoring } from "../../store/store.ts";
import type { StoredJudgement } from "../../store/stored.ts";
import { wholeCaseNo } from "./check-shards.ts";
import type { Shard } from "./open-shards.ts";

/** How many trials are collected before they are written to the store together. */
const BATCH = 500;

/** Copies a shard's data into a run of another store: answers, scores, judges' replies, and the cost of failed calls. */
export async function copyShard(shard: Shard, into: RunWriter, store: Store): Promise<void> {
  await copyRun(shard, { into, store, placeOf: (caseNo) => wholeCaseNo(shard, caseNo) });
}

/**
 * Copies the variants of a shard's trials, as separate runs.
 *
 * @param whole id of the run that the shard is a part of
 */
export async function copyVariants(
  shard: Shard,
  whole: string,
  store: Store,
  { newId, today }: { readonly newId: () => string; readonly today: () => string },
): Promise<void> {
  const { store: from } = shard;
  for (const run of await variantRuns(from, shard.run.header)) {
    const cases = await allItems((page) => from.read.cases(run.no, page));
    const { target_hash } = run.header;
    const into = store.create(
      { ...run.header, id: newId(), pressure_of: whole },
      cases.map((one) => ({ ...one, asked_hash: askedHash(target_hash, one.request_hash) })),
      {
        content: (caseNo) => JSON.stringify(from.content(run.no, caseNo)),
        request: (caseNo) => JSON.stringify(from.request(run.no, caseNo)),
      },
    );
    await copyRun({ store: from, run }, { into, store, placeOf: (caseNo) => caseNo });
    into.end(run.status === "complete" ? "complete" : "incomplete", null, today());
  }
}

interface CopiedRun {
  readonly into: RunWriter;
  readonly store: Store;
  /** Index of a case in the whole run. */
  readonly placeOf: (caseNo: number) => number;
}

async function copyRun(
  shard: Pick<Shard, "store" | "run">,
  { into, store, placeOf }: CopiedRun,
): Promise<void> {
  const { store: from, run } = shard;
  const replies = new Map<number, number>();
  let queued = 0;
  for await (const { case_no, id } of everyItem((page) => from.read.cases(run.no, page))) {
    for (const trial of await from.read.trialsOfCase(run.no, case_no)) {
      const scores = await withCopiedReplies(trial, { from, to: store, runNo: into.no, replies });
      const record = await recordOf(shard, { ...trial, scores }, case_no);
      into.record({ ...record, case_no: placeOf(case_no) });
      if (++queued % BATCH === 0) into.flush();
    }
    await copyReplies(await from.read.judgementsOfCase(run.no, id), {
      from,
      to: store,
      runNo: into.no,
      replies,
    });
  }
  for await (const lost of everyItem((page) => from.read.lostReplies(run.no, page))) into.recordLost(lost);
  into.calls(run.calls);
  into.judgeCalls(run.judge_calls);
  into.flush();
}

async function recordOf(
  { store, run }: Pick<Shard, "store" | "run">,
  trial: StoredTrial,
  caseNo: number,
): Promise<TrialRecord> {
  const at = { case_no: caseNo, trial: trial.trial, tries: trial.tries };
  const answer = await store.read.transcript(run.no, caseNo, trial.trial);
  if (answer === undefined || trial.answer === null) {
    return { ...at, kind: "errored", error: trial.error ?? "provider", message: trial.message ?? "" };
  }
  return {
    ...at,
    kind: "answered",
    transcript: answer.transcript,
    raw: trial.answer.raw,
    cached: trial.cached,
    scores: scoringOf(trial),
  };
}

function scoringOf({ error, message, pass, scores, void_reasons }: StoredTrial): TrialScoring | null {
  if (error !== null) return { kind: "failed", error, message: message ?? "" };
  if (pass === null) return null;
  return { kind: "scored", pass, scores, ...(void_reasons === undefined ? {} : { voids: void_reasons }) };
}

interface Copying {
  readonly from: Store;
  readonly to: Store;
  readonly runNo: number;
  /** Ids of the copied replies: the id in this store by the id in the shard's store. */
  readonly replies: Map<number, number>;
}

/** The scores of a trial, referring to the copied judges' replies. */
async function withCopiedReplies(trial: StoredTrial, copying: Copying): Promise<StoredTrial["scores"]> {
  const ids = trial.scores.flatMap((one) => one?.replies ?? []);
  if (ids.length === 0) return trial.scores;
  await copyReplies(await copying.from.read.judgements(ids), copying);
  return trial.scores.map((one) =>
    one?.replies === undefined
      ? one
      : { ...one, replies: one.replies.map((id) => copying.replies.get(id) ?? id) },
  );
}

async function copyReplies(
  judgements: readonly StoredJudgement[],
  { from, to, runNo, replies }: Copying,
): Promise<void> {
  const copies = judgements
    .filter(({ id }) => !replies.has(id))
    .map(async (one) => {
      const request = await from.read.judgementRequest(one.id);
      const { output, refusal, finish_reason, model, usage, latency_ms, cost_usd } = one;
      const copy = await to.recordJudgement({
        asked: one.asked,
        draw: one.draw,
        judge: one.judge,
        run_no: runNo,
        case_id: one.case_id,
        request: { hash: hashJson(request), body: () => JSON.stringify(request) },
        transcript: {
          ...{ output, refusal, finish_reason, model, usage, latency_ms, cost_usd },
          messages: [],
          tool_calls: [],
        },
        raw: null,
      });
      replies.set(one.id, copy);
    });
  await Promise.all(copies);
}
