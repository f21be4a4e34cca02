import { errorInResult } from "../domain/conversation.ts";
import { membersIn } from "../domain/found-documents.ts";
import type { Json } from "../domain/json.ts";
import type { Message, ToolCall } from "../domain/message.ts";
import type { ToolOutcome } from "../domain/tool.ts";
import type { CallBounds, TrialTools } from "./trial-tools.ts";

/** A finished tool call: `call` is stored, and the model receives `message`. */
export interface RanCall {
  readonly kind: "ran";
  readonly call: ToolCall;
  readonly message: Message;
  /** Whether the call ran out of time. */
  readonly timedOut: boolean;
  /** Milliseconds that the call itself took, without the time it waited for calls of other trials. */
  readonly own_ms: number;
}

type Unanswerable = Extract<ToolOutcome, { kind: "lost" | "begin-again" }>;

/** Runs one tool call of a model. @param now milliseconds of a monotonic clock */
export async function runCall(
  call: ToolCall,
  tools: TrialTools,
  { bounds, now }: { readonly bounds: CallBounds; readonly now: () => number },
): Promise<RanCall | Unanswerable> {
  const began = now();
  const outcome = await outcomeOf(call, tools, bounds);
  if (outcome.kind === "lost" || outcome.kind === "begin-again") return outcome;
  const own_ms = Math.max(0, now() - began - (outcome.waited_ms ?? 0));
  const content = outcome.kind === "result" ? outcome.value : { error: outcome.message };
  const error = outcome.kind === "error" ? outcome.message : errorInResult(outcome.value);
  return {
    kind: "ran",
    own_ms,
    timedOut: outcome.kind === "error" && outcome.timed_out === true,
    call: {
      ...call,
      ...(error === undefined ? { result: content } : { error }),
      latency_ms: Math.round(own_ms * 10) / 10,
      ...(tools.offered.some((one) => one.name === call.name && one.reads) && { reads: true }),
    },
    message: {
      role: "tool",
      content: typeof content === "string" ? content : JSON.stringify(content),
      ...(call.id !== undefined && { tool_call_id: call.id }),
    },
  };
}

async function outcomeOf(
  { name, arguments: given }: ToolCall,
  tools: TrialTools,
  bounds: CallBounds,
): Promise<ToolOutcome> {
  if (!tools.offered.some((one) => one.name === name)) return tools.call(name, {}, bounds);
  const read = argumentsIn(given);
  if (read === undefined)
    return { kind: "error", message: `the arguments are not a valid JSON object: ${firstLetters(given)}` };
  return tools.call(name, read, bounds);
}

/** The arguments of a tool call; undefined when they are not an object. Some models send empty text for no arguments. */
export function argumentsIn(given: Json): Readonly<Record<string, Json>> | undefined {
  if (given === "" || given === null) return {};
  if (typeof given !== "object" || Array.isArray(given)) return undefined;
  return membersIn(given) as Readonly<Record<string, Json>>;
}

/** A value as text, shortened when it is long. */
export function firstLetters(value: Json): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
