import { conversationSteps, isTurn } from "./conversation.ts";
import type { TranscriptDocument } from "./describe-transcript.ts";
import type { Json } from "./json.ts";

/** Where recorded traces are unless a suite says otherwise, relative to the project's root. */
export const TRACES = "fixtures/traces";

/** A call of a trace, with the turn in which it was made. */
export interface TracedCall {
  readonly name: string;
  readonly arguments: Json;
  /** Message of the person that it came after, from 1; null when nobody knows. */
  readonly turn: number | null;
}

/** What a passing trial did, kept in git as what others are held against. */
export interface GoldenTrace {
  readonly calls: readonly TracedCall[];
  /** Messages of the person; null when nobody knows. */
  readonly turns: number | null;
}

/** The file of a case's trace in its folder. What an id may hold and a file name may not is written as %XX. */
export function traceFile(id: string): string {
  const bytes = (sign: string): string =>
    [...new TextEncoder().encode(sign)]
      .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`)
      .join("");
  return `${id.replace(/[^\p{L}\p{N}._-]|^\./gu, bytes)}.json`;
}

/** The turn of each model call of a conversation; a model that was asked once was asked in the first. */
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

/** What a transcript did; undefined when it does not show which tools were called. */
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
