import { conversationSteps, isTurn } from "./conversation.ts";
import type { TranscriptDocument } from "./describe-transcript.ts";
import type { Json } from "./json.ts";

/** Default folder of recorded traces, relative to the project root. */
export const TRACES = "fixtures/traces";

/** A call in a trace, with its turn. */
export interface TracedCall {
  readonly name: string;
  readonly arguments: Json;
  /** Number of the user message before the call, from 1; null when unknown. */
  readonly turn: number | null;
}

/** The tool calls of a passing trial, kept in git as a reference for other trials. */
export interface GoldenTrace {
  readonly calls: readonly TracedCall[];
  /** Number of user messages; null when unknown. */
  readonly turns: number | null;
}

/** File name of a case's trace. Characters that are not allowed in a file name are written as %XX. */
export function traceFile(id: string): string {
  const bytes = (sign: string): string =>
    [...new TextEncoder().encode(sign)]
      .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`)
      .join("");
  return `${id.replace(/[^\p{L}\p{N}._-]|^\./gu, bytes)}.json`;
}

/**
 * Creates a function that gives the turn of a model call in a conversation. A single model call is in the first turn.
 */
function turnsOfSteps({ messages }: TranscriptDocument): (step: number | null) => number | null {
  if (messages.length === 0) return () => 1;
  let turns = 0;
  const before = messages.map((one) => {
    if (isTurn(one)) turns++;
    return turns;
  });
  const { replies } = conversationSteps(messages);
  return (step) => {
    const index = step === null ? undefined : replies[step - 1]?.added[0];
    return index === undefined ? null : (before[index] ?? null);
  };
}

/** The trace of a transcript; undefined when it is unknown which tools were called. */
export function traceOf(transcript: TranscriptDocument): GoldenTrace | undefined {
  if (transcript.tool_calls === null) return undefined;
  const turnOf = turnsOfSteps(transcript);
  const calls = transcript.tool_calls.map(({ name, arguments: asked, step }) => ({
    turn: turnOf(step),
    name,
    arguments: asked,
  }));
  return { calls, turns: transcript.turns };
}
