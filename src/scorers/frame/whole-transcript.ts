import { describeTranscript, type TranscriptDocument } from "../../domain/describe-transcript.ts";
import { ScorerFailure } from "../../domain/scorer.ts";
import type { Transcript } from "../../domain/transcript.ts";

/** Completes a transcript with all facts that can be read from its conversation. */
export function wholeTranscript(transcript: Transcript): TranscriptDocument {
  return describeTranscript(transcript);
}

/** @throws {ScorerFailure} when it is unknown which tools were called: unknown is not the same as none */
export function knownCalls(transcript: Transcript): NonNullable<TranscriptDocument["tool_calls"]> {
  const { tool_calls } = wholeTranscript(transcript);
  if (tool_calls === null)
    throw new ScorerFailure("tool", "the answer does not tell which tools were called");
  return tool_calls;
}
