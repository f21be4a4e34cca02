import { documentsInResult, fileSearchesIn, membersIn, searchResultsIn } from "./found-documents.ts";
import type { Json } from "./json.ts";
import type { Message, ToolCall } from "./message.ts";
import { isStated } from "./stated-error.ts";
import { plainText, readToolResult } from "./tool-text.ts";
import type { FoundDocument, Retrieval } from "./trajectory.ts";

/** One model call of a conversation. */
export interface ModelReply {
  /** From 1. */
  readonly step: number;
  /** Indices of the messages from the user or from tools since the model's previous reply. */
  readonly given: readonly number[];
  /** Indices of the model's own messages; several when an API separates text and calls. */
  readonly added: readonly number[];
}

/** The trajectory that is read from a conversation. */
export interface ConversationSteps {
  readonly replies: readonly ModelReply[];
  /** Number of user messages. */
  readonly turns: number;
  /** Every tool call with its step, and the result or error from a later message. */
  readonly tool_calls: readonly ToolCall[];
  readonly retrievals: readonly Retrieval[];
  /** Tool results that answer no call, in the order of their messages. */
  readonly unmatched: readonly UnmatchedResult[];
}

/** A tool result without a call that it answers. */
export interface UnmatchedResult {
  /** Index of the message that contains the result. */
  readonly message: number;
  readonly id: string | undefined;
}

/** A tool result in a message. */
interface FoundResult {
  readonly id: string | undefined;
  readonly content: unknown;
  readonly failed: boolean;
}

const TOOL_RESULT = /(?:^|_)tool_result$/;

/** The tool results in a message: a message of role `tool`, or Anthropic's blocks. */
function resultsIn(message: Message): readonly FoundResult[] {
  if (message.role === "tool") return [{ id: message.tool_call_id, content: message.content, failed: false }];
  if (!Array.isArray(message.content)) return [];
  return message.content.map(membersIn).flatMap(({ type, tool_use_id, content, is_error }) =>
    TOOL_RESULT.test(String(type))
      ? [
          {
            id: typeof tool_use_id === "string" ? tool_use_id : undefined,
            content,
            failed: is_error === true,
          },
        ]
      : [],
  );
}

/** Whether a message is a turn of the user. A message of role `user` that contains only tool results is not. */
export function isTurn(message: Message): boolean {
  if (message.role !== "user") return false;
  const { content } = message;
  return !Array.isArray(content) || !content.every((part) => TOOL_RESULT.test(String(membersIn(part).type)));
}

const hasText = ({ content }: Message): boolean =>
  typeof content === "string" ||
  (Array.isArray(content) && content.some((part) => typeof membersIn(part).text === "string"));

/**
 * Whether a message continues the reply that consists of the messages `before`. Consecutive messages of a model are one
 * reply, unless two of them have text.
 */
function goesOn(message: Message, before: readonly Message[]): boolean {
  return before.length > 0 && !(hasText(message) && before.some(hasText));
}

/** The message of `{"error": …}`; undefined for a result without an error. */
export function errorInResult(result: Json): string | undefined {
  const { error } = membersIn(result);
  if (!isStated(error)) return undefined;
  return typeof error === "string" ? error : JSON.stringify(error);
}

function answeredCall(call: ToolCall, { content, failed }: FoundResult): ToolCall {
  const text = plainText(content);
  const { value: result, error: ownError } = readToolResult(text ?? content ?? null);
  const stated = ownError ?? (failed ? (text ?? JSON.stringify(result)) : errorInResult(result));
  // If it is already known that the call failed, the result message only describes the failure to the model.
  const error = stated ?? call.error ?? undefined;
  return error === undefined ? { ...call, result } : { ...call, error };
}

function queryOf({ arguments: asked }: ToolCall): string | null {
  const { query } = membersIn(asked);
  return typeof query === "string" ? query : null;
}

/** Interprets a call whose result is a list of documents as a retrieval. */
export function retrievalOf(call: ToolCall, found = documentsInResult(call.result)): Retrieval | undefined {
  return found && { step: call.step ?? null, query: queryOf(call), documents: found };
}

/** Calls of one step that wait for their results, in order. */
interface Waiting {
  readonly step: number | undefined;
  readonly indexes: number[];
  next: number;
}

/**
 * Matches calls with their results. In real files, several calls may have the same id. A result then belongs to the
 * latest reply that has an unanswered call with this id.
 */
class CallList {
  readonly #calls: ToolCall[] = [];
  readonly #answered = new Set<number>();
  readonly #found = new Map<number, readonly FoundDocument[]>();
  readonly #byId = new Map<string | undefined, Waiting[]>();

  ask(call: ToolCall): void {
    const index = this.#calls.push(call) - 1;
    for (const id of call.id === undefined ? [undefined] : [call.id, undefined])
      this.#wait(id, index, call.step);
  }

  #wait(id: string | undefined, index: number, step: number | undefined): void {
    const waiting = this.#byId.get(id) ?? [];
    this.#byId.set(id, waiting);
    const last = waiting.at(-1);
    if (last?.step === step && last !== undefined) last.indexes.push(index);
    else waiting.push({ step, indexes: [index], next: 0 });
  }

  /** @returns false when the result answers no call */
  answer(result: FoundResult): boolean {
    const index = this.#take(result.id);
    const call = index === undefined ? undefined : this.#calls[index];
    if (index === undefined || call === undefined) return this.#hasOwnResult(result.id);
    this.#answered.add(index);
    this.#calls[index] = answeredCall(call, result);
    const found = searchResultsIn(result.content);
    if (found !== undefined) this.#found.set(index, found);
    return true;
  }

  /** Whether a call with this id already has a result of its own, which the message repeats. */
  #hasOwnResult(id: string | undefined): boolean {
    return this.#calls.some(
      (call, index) =>
        (id === undefined || call.id === id) && call.result !== undefined && !this.#answered.has(index),
    );
  }

  #take(id: string | undefined): number | undefined {
    const waiting = this.#byId.get(id) ?? [];
    for (let last = waiting.at(-1); last !== undefined; last = waiting.at(-1)) {
      const index = last.indexes[last.next++];
      if (index === undefined) waiting.pop();
      else if (!this.#isAnswered(index)) return index;
    }
    return undefined;
  }

  #isAnswered(index: number): boolean {
    return this.#answered.has(index) || this.#calls[index]?.result !== undefined;
  }

  read(): Pick<ConversationSteps, "tool_calls" | "retrievals"> {
    const retrievals = this.#calls.flatMap(
      (call, index) => retrievalOf(call, this.#found.get(index) ?? documentsInResult(call.result)) ?? [],
    );
    return { tool_calls: this.#calls, retrievals };
  }
}

/** Reads a conversation reply by reply. Every call gets its result, in whatever order the results arrive. */
export function conversationSteps(messages: readonly Message[]): ConversationSteps {
  const calls = new CallList();
  const replies: { step: number; given: number[]; added: number[] }[] = [];
  const searches: Retrieval[] = [];
  const unmatched: UnmatchedResult[] = [];
  let given: number[] = [];
  let turns = 0;
  for (const [index, message] of messages.entries()) {
    if (message.role === "assistant") {
      const last = replies.at(-1);
      const before = given.length === 0 ? (last?.added.flatMap((one) => messages[one] ?? []) ?? []) : [];
      if (last !== undefined && goesOn(message, before)) last.added.push(index);
      else replies.push({ step: replies.length + 1, given, added: [index] });
      given = [];
      const step = replies.length;
      for (const call of message.tool_calls ?? []) calls.ask({ ...call, step });
      searches.push(...fileSearchesIn(message.content, step));
    } else {
      given.push(index);
      if (isTurn(message)) turns++;
    }
    for (const result of resultsIn(message))
      if (!calls.answer(result)) unmatched.push({ message: index, id: result.id });
  }
  const { tool_calls, retrievals } = calls.read();
  const inOrder = [...retrievals, ...searches].sort((a, b) => (a.step ?? 0) - (b.step ?? 0));
  return { replies, turns, tool_calls, retrievals: inOrder, unmatched };
}
