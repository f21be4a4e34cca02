import { describe, expect, it } from "vitest";
import type { TrialRecord, TrialScoring } from "../store/store.ts";
import { packTrial, unpackRecord, unpackReply, unpackScoring } from "./packed-trial.ts";
import { toTranscript } from "./to-transcript.ts";

const REPLY = {
  kind: "answered",
  output: "yes",
  latency_ms: 12,
  model: "m-1",
  finish_reason: "stop",
} as const;
const transcript = toTranscript(REPLY, { input: 1, output: 2 });
const scores = [{ score: 1, pass: true, reason: "", replies: [1, 2] }, null, undefined];
const record = {
  ...{ case_no: 4, trial: 2, kind: "answered" as const, transcript, raw: "{}" },
  scores: { kind: "scored", pass: true, scores },
} as const;
const read = (one: TrialRecord, call: string | null = null, answer: string | null = null) => ({
  ...packTrial(one, call),
  answer,
});

describe("a trial that a worker sends to its run", () => {
  it("is unpacked as it was recorded, with this store's ids of the judges' replies", () => {
    const back = unpackRecord(read(record), null, (id) => id + 100);
    expect(back).toEqual({
      ...record,
      scores: {
        kind: "scored",
        pass: true,
        scores: [{ score: 1, pass: true, reason: "", replies: [101, 102] }, null, undefined],
      },
    });
  });

  it("gives the same transcript as its reply", () => {
    expect(toTranscript(unpackReply(read(record)) as typeof REPLY, null)).toEqual(transcript);
    const elsewhere = unpackReply(read(record, "7", JSON.stringify(REPLY)));
    expect(toTranscript(elsewhere as typeof REPLY, { input: 1, output: 2 })).toEqual(transcript);
  });

  it("does not contain the answer when its recorded call has it", () => {
    expect(read(record, "7").reply).toBeNull();
  });

  it("keeps the failure of a required scorer, and has no scoring while scores are missing", () => {
    const scoring: TrialScoring = { kind: "failed", error: "judge", message: "no verdict" };
    const failed = { ...record, scores: scoring };
    expect(unpackRecord(read(failed), null, (id) => id)).toEqual(failed);
    expect(packTrial({ ...record, scores: null }, null).scoring).toBeNull();
    expect(unpackScoring(read(failed).scoring ?? "", (id) => id)).toEqual(scoring);
  });

  it("gives a failed reply that does not count against the model's availability", () => {
    const failed: TrialRecord = {
      case_no: 1,
      trial: 1,
      kind: "errored",
      error: "timeout",
      message: "too late",
    };
    expect(unpackReply(read(failed))).toEqual({
      ...{ kind: "failed", error: "timeout", message: "too late", transient: false, unsent: true },
    });
    expect(unpackRecord(read(failed), null, (id) => id)).toEqual(failed);
  });
});
