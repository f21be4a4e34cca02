import * as z from "zod";
import { answerEnd } from "./finish-reason.ts";
import type { Message, ToolCall } from "./message.ts";
import type { Trajectory } from "./trajectory.ts";

const Count = z.number().int().min(0).nullable().default(null);

/** Tokens of one reply; null where the provider did not say, never 0 for unknown. */
export const Usage = z.strictObject({
  input_tokens: Count.describe("All tokens read, those from and into the provider's cache included"),
  output_tokens: Count.describe("All tokens written, reasoning included"),
  cached_input_tokens: Count.describe("Of the input, those that the provider's cache held"),
  cache_write_tokens: Count.describe("Of the input, those that were written into the provider's cache"),
  reasoning_tokens: Count.describe("Of the output, those that are no part of the answer"),
});
export type Usage = Readonly<z.output<typeof Usage>>;

/** The members of `Usage`, in their order: the store's columns are named after them. */
export const USAGE_FIELDS = Object.keys(Usage.shape) as readonly (keyof Usage)[];

/** Some of the members of a usage. */
export type KnownUsage = { -readonly [field in keyof Usage]?: number | null | undefined };

/** A usage of which only some members are known. */
export function usageOf(known: Readonly<KnownUsage>): Usage {
  return {
    input_tokens: known.input_tokens ?? null,
    output_tokens: known.output_tokens ?? null,
    cached_input_tokens: known.cached_input_tokens ?? null,
    cache_write_tokens: known.cache_write_tokens ?? null,
    reasoning_tokens: known.reasoning_tokens ?? null,
  };
}

export const UNKNOWN_USAGE: Usage = usageOf({});

/** Input and output together; null when neither is known. */
export function tokensOf({ input_tokens: input, output_tokens: output }: Usage): number | null {
  return input === null && output === null ? null : (input ?? 0) + (output ?? 0);
}

/** All that one answered trial said and cost. */
export interface Transcript {
  /** The answer's text; an answer that was not text is its JSON. */
  readonly output: string;
  /** What came back beyond the answer: an agent's whole conversation; empty for a plain completion. */
  readonly messages: readonly Message[];
  /** Those that are only in `messages` included. */
  readonly tool_calls: readonly ToolCall[];
  readonly usage: Usage;
  /** From sending to the last byte of the attempt that answered; null when it was not measured. */
  readonly latency_ms: number | null;
  /** US dollars; null when no price is known. */
  readonly cost_usd: number | null;
  /** The model that the provider says answered; null when it does not say. */
  readonly model: string | null;
  readonly finish_reason: string | null;
  /** The provider's own refusal message, when it has a field for that. */
  readonly refusal: string | null;
  /** Alias of the model that answered in place of the one that was asked; absent when none did. */
  readonly fallback?: string | undefined;
  /** What the answer does not report; absent when it reports everything. */
  readonly untold?: readonly Unreported[] | undefined;
  /** What the target reports of its way beyond messages and tool calls; absent when it reports nothing of it. */
  readonly trajectory?: Trajectory | undefined;
}

/** What an answer may leave out: then no tool calls, or no refusal, means that nobody knows of any. */
export const UNREPORTED = ["tool_calls", "refusal"] as const;
export type Unreported = (typeof UNREPORTED)[number];

/** What a reply reports of itself; a member that is undefined was not reported. */
interface ReportedParts {
  readonly messages?: readonly Message[] | undefined;
  readonly tool_calls?: readonly ToolCall[] | undefined;
  readonly refusal?: string | null | undefined;
  readonly finish_reason?: string | null | undefined;
}

/** Every answer has one of four: none is made anew. */
export const REPORTS_ALL: readonly Unreported[] = [];
const CALLS_UNREPORTED: readonly Unreported[] = ["tool_calls"];
const REFUSAL_UNREPORTED: readonly Unreported[] = ["refusal"];

/** What a reply does not report. A conversation with messages of the other side reports its tool calls. */
export function unreportedBy({
  messages,
  tool_calls,
  refusal,
  finish_reason,
}: ReportedParts): readonly Unreported[] {
  const hasConversation = messages?.some(({ role }) => role === "assistant" || role === "tool") === true;
  const calls = tool_calls === undefined && !hasConversation;
  const refused = refusal === undefined && answerEnd(finish_reason) !== "refused";
  if (calls) return refused ? UNREPORTED : CALLS_UNREPORTED;
  return refused ? REFUSAL_UNREPORTED : REPORTS_ALL;
}

/** How many tools an answer called; null when it does not report that. */
export function toolCallCount({
  tool_calls,
  untold,
}: Pick<Transcript, "tool_calls" | "untold">): number | null {
  return untold?.includes("tool_calls") ? null : tool_calls.length;
}

/** Whether an answer is a refusal by its provider's word; null when nobody reported it. */
export function isRefused(answer: Pick<Transcript, "refusal" | "finish_reason" | "untold">): boolean | null {
  if (answer.refusal !== null || answerEnd(answer.finish_reason) === "refused") return true;
  return answer.untold?.includes("refusal") ? null : false;
}

/** What an answer says, for a person: its text, or, where it has none, the words of its refusal. */
export function wordsOfAnswer(answer: Pick<Transcript, "output" | "refusal">): string {
  const { output, refusal } = answer;
  return output.trim() === "" && refusal !== null && refusal !== "" ? `(refused) ${refusal}` : output;
}
