import type { Price } from "../domain/config.ts";
import type { ErrorKind } from "../domain/outcome.ts";
import type { Reply } from "../domain/provider.ts";
import type { Score } from "../domain/score.ts";
import type { Transcript } from "../domain/transcript.ts";
import type { ReadTrial, WorkedTrial } from "../fleet/fleet.ts";
import type { TrialRecord, TrialScoring } from "../store/store.ts";
import type { BlockJudgement } from "./block-store.ts";
import type { Scoring } from "./score-trial.ts";
import { toTranscript } from "./to-transcript.ts";

/** A trial's record as JSON. */
type Packed =
  | { readonly transcript: Transcript; readonly raw: string | null }
  | { readonly error: ErrorKind; readonly message: string };

/** Stands for undefined, which JSON does not have. It means that the scorer does not apply to the case. */
const NOT_SCORED = "-";
type PackedScoring =
  | (Omit<TrialScoring & { kind: "scored" }, "scores"> & {
      readonly scores: readonly (Score | null | typeof NOT_SCORED)[];
    })
  | (TrialScoring & { kind: "failed" });

/**
 * A trial in the form in which its worker sends it to its run.
 *
 * @param call id of a recorded call whose reply is the whole answer, so that the answer is not stored twice; null
 * without one
 */
export function packTrial(record: TrialRecord, call: string | null): WorkedTrial {
  const { case_no, trial } = record;
  if (record.kind === "cached") throw new Error("a worker's trial cannot come from the cache");
  if (record.kind === "errored") {
    const packed: Packed = { error: record.error, message: record.message };
    return { case_no, trial, call: null, reply: JSON.stringify(packed), scoring: null };
  }
  const packed: Packed = { transcript: record.transcript, raw: record.raw };
  const reply = call === null ? JSON.stringify(packed) : null;
  return { case_no, trial, call, reply, scoring: packScoring(record.scores) };
}

function packScoring(scoring: TrialScoring | null): string | null {
  if (scoring === null) return null;
  const packed: PackedScoring =
    scoring.kind === "failed"
      ? scoring
      : { ...scoring, scores: scoring.scores.map((one) => (one === undefined ? NOT_SCORED : one)) };
  return JSON.stringify(packed);
}

/**
 * Reads scores that a worker has sent.
 *
 * @param replyNo returns the id that a judge's reply has in this store, from the reply's number in the block
 */
export function unpackScoring(text: string, replyNo: (id: number) => number): Scoring {
  const packed = JSON.parse(text) as PackedScoring;
  if (packed.kind === "failed") return packed as Scoring;
  const scores = packed.scores.map((one) => {
    if (one === NOT_SCORED) return undefined;
    return one?.replies === undefined ? one : { ...one, replies: one.replies.map(replyNo) };
  });
  return { ...packed, scores };
}

/**
 * The reply in a worker's trial. A failure is `unsent`, so that it does not count against the model's
 * availability, which the worker has judged already.
 */
export function unpackReply({ reply, answer }: Pick<ReadTrial, "reply" | "answer">): Reply {
  if (reply === null) return JSON.parse(answer ?? "null") as Reply;
  const packed = JSON.parse(reply) as Packed;
  if (!("transcript" in packed)) return { kind: "failed", ...packed, transient: false, unsent: true };
  const { fallback, ...transcript } = packed.transcript;
  return {
    kind: "answered",
    ...transcript,
    ...(packed.raw === null ? {} : { raw: packed.raw }),
    ...(fallback === undefined ? {} : { fallback: { alias: fallback, price: null } }),
  };
}

/**
 * A worker's trial in the form for the store.
 *
 * @param price of the target
 */
export function unpackRecord(
  worked: ReadTrial,
  price: Price | null,
  replyNo: (id: number) => number,
): TrialRecord {
  const { case_no, trial, scoring } = worked;
  const reply = unpackReply(worked);
  if (reply.kind === "failed")
    return { case_no, trial, kind: "errored", error: reply.error, message: reply.message };
  const packed = { transcript: toTranscript(reply, price), raw: reply.raw ?? null };
  return {
    case_no,
    trial,
    kind: "answered",
    ...packed,
    scores: scoring === null ? null : unpackScoring(scoring, replyNo),
  };
}

export function packJudgements(judgements: readonly BlockJudgement[]): string | null {
  return judgements.length === 0 ? null : JSON.stringify(judgements);
}

export function unpackJudgements(text: string | null): readonly BlockJudgement[] {
  return text === null ? [] : (JSON.parse(text) as BlockJudgement[]);
}
