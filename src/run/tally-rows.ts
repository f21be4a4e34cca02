import { answerEnd } from "../domain/finish-reason.ts";
import type { ErrorKind } from "../domain/outcome.ts";
import { isRefused, type Transcript, toolCallCount, UNKNOWN_USAGE } from "../domain/transcript.ts";
import { wayCounts } from "../domain/way-counts.ts";
import type { ScoreOfTrial, TallyRow } from "../metrics/tally.ts";
import type { Scoring } from "./score-trial.ts";

/** The tally's row for a scored answer. */
export function answeredRow(
  case_no: number,
  transcript: Transcript,
  cached: boolean,
  scoring: Extract<Scoring, { kind: "scored" }>,
): TallyRow {
  return {
    case_no,
    kind: "answered",
    error: null,
    cached,
    pass: scoring.pass,
    scores: scoring.scores.map((one): ScoreOfTrial | null | undefined => {
      if (one === null || one === undefined) return one;
      return one.agreement === undefined ? [one.score, one.pass] : [one.score, one.pass, one.agreement];
    }),
    latency_ms: transcript.latency_ms,
    cost_usd: transcript.cost_usd,
    usage: transcript.usage,
    refused: isRefused(transcript),
    tool_calls: toolCallCount(transcript),
    cut: answerEnd(transcript.finish_reason) === "cut",
    way: wayCounts(transcript),
  };
}

/** The tally's row for an errored trial. */
export function erroredRow(case_no: number, error: ErrorKind): TallyRow {
  return {
    case_no,
    kind: "errored",
    error,
    cached: false,
    pass: null,
    scores: [],
    latency_ms: null,
    cost_usd: null,
    usage: UNKNOWN_USAGE,
    refused: false,
    tool_calls: 0,
    cut: false,
  };
}
