import * as z from "zod";
import { answerEnd } from "./finish-reason.ts";
import type { Message, ToolCall } from "./message.ts";
import type { Trajectory } from "./trajectory.ts";

const Count = z.number().int().min(0).nullable().default(null);

/** Token counts of one reply; null when the provider did not report a count. Unknown is never 0. */
export const Usage = z.strictObject({
  input_tokens: Count.describe("All tokens read, those from and into the provider's cache included"),
  output_tokens: Count.describe("All tokens written, reasoning included"),
  cached_input_tokens: Count.describe("Input tokens that were read from the provider's cache"),
  cache_write_tokens: Count.describe("Input tokens that were written into the provider's cache"),
  reasoning_tokens: Count.describe("Output tokens that are not part of the answer"),
});
export type Usage = Readonly<z.output<typeof Usage>>;

/** The members of `Usage` in order; the store's columns have the same names. */
export const USAGE_FIELDS = Object.keys(Usage.shape) as readonly (keyof Usage)[];

/** Some members of a usage. */
export type KnownUsage = { -readonly [field in keyof Usage]?: number | null | undefined };

/** Makes a usage from the members that are known; the others are null. */
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

/** Input plus output tokens; null when either is unknown. */
export function tokensOf({ input_tokens: input, output_tokens: output }: Usage): number | null {
  return input === null || output === null ? null : input + output;
}

/** Input plus output tokens; an unknown count adds 0, so the true total may be larger. */
export function leastTokensOf({ input_tokens: input, output_tokens: output }: Usage): number {
  return (input ?? 0) + (output ?? 0);
}

/** The content and cost of one answered trial. */
export interface Transcript {
  /** The answer's text; if the answer is not text, its JSON. */
  readonly output: string;
  /** Further messages of the reply, for instance an agent's whole conversation; empty for a plain completion. */
  readonly messages: readonly Message[];
  /** All tool calls, including those that are only in `messages`. */
  readonly tool_calls: readonly ToolCall[];
  readonly usage: Usage;
  /** Milliseconds from sending to the last byte of the successful attempt; null when it was not measured. */
  readonly latency_ms: number | null;
  /** US dollars; null without a known price. */
  readonly cost_usd: number | null;
  /** The answering model according to the provider; null when the provider does not name it. */
  readonly model: string | null;
  readonly finish_reason: string | null;
  /** The refusal message, if the provider's reply has a field for refusals; else null. */
  readonly refusal: string | null;
  /** Alias of the fallback model that answered; absent when no fallback model answered. */
  readonly fallback?: string | undefined;
  /** The parts that the answer does not report; absent when it reports all of them. */
  readonly untold?: readonly Unreported[] | undefined;
  /** The reported trajectory besides messages and tool calls; absent when there is none. */
  readonly trajectory?: Trajectory | undefined;
}

/**
 * Parts that an answer might not report. If a part is unreported, it is unknown whether there were tool calls or a
 * refusal.
 */
export const UNREPORTED = ["tool_calls", "refusal"] as const;
export type Unreported = (typeof UNREPORTED)[number];

/** The parts of a reply; an undefined member was not reported. */
interface ReportedParts {
  readonly messages?: readonly Message[] | undefined;
  readonly tool_calls?: readonly ToolCall[] | undefined;
  readonly refusal?: string | null | undefined;
  readonly finish_reason?: string | null | undefined;
}

/** The possible lists of unreported parts, shared by all answers. */
export const REPORTS_ALL: readonly Unreported[] = [];
const CALLS_UNREPORTED: readonly Unreported[] = ["tool_calls"];
const REFUSAL_UNREPORTED: readonly Unreported[] = ["refusal"];

/**
 * The parts that a reply does not report. A conversation with messages of the target reports the target's tool calls.
 */
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

/** Number of tool calls of an answer; null when the answer does not report its tool calls. */
export function toolCallCount({
  tool_calls,
  untold,
}: Pick<Transcript, "tool_calls" | "untold">): number | null {
  return untold?.includes("tool_calls") ? null : tool_calls.length;
}

/** Whether the provider reports a refusal; null when unknown. */
export function isRefused(answer: Pick<Transcript, "refusal" | "finish_reason" | "untold">): boolean | null {
  if (answer.refusal !== null || answerEnd(answer.finish_reason) === "refused") return true;
  return answer.untold?.includes("refusal") ? null : false;
}

/** The answer as readable text: its text, or its refusal message when it has no text. */
export function wordsOfAnswer(answer: Pick<Transcript, "output" | "refusal">): string {
  const { output, refusal } = answer;
  return output.trim() === "" && refusal !== null && refusal !== "" ? `(refused) ${refusal}` : output;
}
