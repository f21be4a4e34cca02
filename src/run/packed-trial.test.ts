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

describe("a trial on its way from a worker", () => {
  it("comes back as it was recorded, with the numbers that judges' replies have here", () => {
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

  it("is what its reply amounts to", () => {
    expect(toTranscript(unpackReply(read(record)) as typeof REPLY, null)).toEqual(transcript);
    const elsewhere = unpackReply(read(record, "7", JSON.stringify(REPLY)));
    expect(toTranscript(elsewhere as typeof REPLY, { input: 1, output: 2 })).toEqual(transcript);
  });

  it("does not carry an answer that its call has already", () => {
    expect(read(record, "7").reply).toBeNull();
  });

  it("marks an answer whose required scorer failed, and one that waits for its scores", () => {
    const scoring: TrialScoring = { kind: "failed", error: "judge", message: "no verdict" };
    const failed = { ...record, scores: scoring };
    expect(unpackRecord(read(failed), null, (id) => id)).toEqual(failed);
    expect(packTrial({ ...record, scores: null }, null).scoring).toBeNull();
    expect(unpackScoring(read(failed).scoring ?? "", (id) => id)).toEqual(scoring);
  });

  it("reports a failure, and reports nothing about whether the model is there", () => {
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
