import { sha256 } from "../../domain/json.ts";
import type { RunHeader } from "../../domain/run.ts";
import type { TrafficTrace } from "../../domain/traffic.ts";
import { type Transcript, UNKNOWN_USAGE, usageOf } from "../../domain/transcript.ts";
import type { CaseBodies, LostReply, NewRunCase, TrialRecord, TrialScoring } from "../store.ts";

/** The header of a run of two cases × two trials. @param changes what a test needs to be different */
export function sampleHeader(changes: Partial<RunHeader> = {}): RunHeader {
  return {
    id: "aa000001",
    suite: "triage",
    alias: "small",
    one_of_several: false,
    provider: "openai",
    target: "prompt 1.0.0 · small-2024-07-18",
    model: "small-2024-07-18",
    prompt: { name: "triage", version: "1.0.0" },
    trials: 2,
    cases: 2,
    planned: 4,
    fingerprint: sha256("root"),
    target_hash: sha256("target"),
    rescored_from: null,
    plan: sha256("plan"),
    narrowing: null,
    scorers: [
      { name: "queue", type: "equals", required: true, binary: true, hash: sha256("queue") },
      { name: "tone", type: "module", required: false, binary: false, hash: sha256("tone") },
    ],
    commit: "0123456789abcdef0123456789abcdef01234567",
    dirty: false,
    started_at: "2025-03-01T12:00:00.000Z",
    ...changes,
  };
}

/** Cases "first" and "second", each with its own content and request. */
export const sampleCases: readonly NewRunCase[] = ["first", "second"].map((id) => ({
  id,
  content_hash: sha256(`content of ${id}`),
  key: sha256(`key of ${id}`),
  tags: id === "first" ? ["billing", "critical"] : [],
  planned: 2,
  request_hash: sha256(`request of ${id}`),
  asked_hash: sha256(`request of ${id} to its target`),
}));

export const sampleBodies: CaseBodies = {
  content: (caseNo) =>
    JSON.stringify({ input: { message: `question ${caseNo}` }, expected: { queue: "billing" } }),
  request: (caseNo) =>
    JSON.stringify({ model: "m", messages: [{ role: "user", content: `question ${caseNo}` }] }),
};

export function sampleTranscript(changes: Partial<Transcript> = {}): Transcript {
  return {
    output: '{"queue":"billing"}',
    messages: [],
    tool_calls: [],
    usage: UNKNOWN_USAGE,
    latency_ms: 250.5,
    cost_usd: 0.0021,
    model: "small-2024-07-18",
    finish_reason: "stop",
    refusal: null,
    ...changes,
  };
}

/** A passed trial: the first scorer passed, the second, which is optional, could not score. */
export const passed: TrialScoring = {
  kind: "scored",
  pass: true,
  scores: [{ score: 1, pass: true, reason: "billing" }, null],
  voids: [null, "no verdict: the reply was empty"],
};

/** A failed trial: the first scorer did not pass, the second gave 0.25. */
export const failed: TrialScoring = {
  kind: "scored",
  pass: false,
  scores: [
    { score: 0, pass: false, reason: "expected billing, found shipping" },
    { score: 0.25, pass: false, reason: "curt" },
  ],
};

/** An answered trial. @param changes what a test needs to be different */
export function answered(
  case_no: number,
  trial: number,
  changes: Partial<Extract<TrialRecord, { kind: "answered" }>> = {},
): TrialRecord {
  return {
    kind: "answered",
    case_no,
    trial,
    transcript: sampleTranscript(),
    raw: null,
    scores: passed,
    ...changes,
  };
}

/** A request to the target that brought no answer. It took 12 tokens and cost nothing. */
export function lostReply(change: Partial<LostReply> = {}): LostReply {
  return {
    case_id: "first",
    judge: null,
    usage: usageOf({ input_tokens: 10, output_tokens: 2 }),
    cost_usd: 0,
    most_usd: null,
    most_tokens: null,
    ...change,
  };
}

/** A trace of production with few known values. @param changes what a test needs to be different */
export function sampleTrace(changes: Partial<TrafficTrace> = {}): TrafficTrace {
  return {
    id: "t1",
    at: "2025-03-01T12:00:00.000Z",
    session: null,
    user: null,
    service: null,
    environment: null,
    arm: null,
    model: "small-2024-07-18",
    prompt: null,
    prompt_version: null,
    tags: [],
    convention: "OpenInference",
    error: null,
    latency_ms: 250.5,
    cost_usd: null,
    usage: UNKNOWN_USAGE,
    feedback: [],
    transcript: sampleTranscript(),
    ...changes,
  };
}
