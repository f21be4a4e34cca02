import { membersOf } from "./chat-shapes.ts";
import { type JsonDialect, joinJson, type Members, type StreamJoiner } from "./stream-dialect.ts";

interface CallInParts {
  id?: unknown;
  type: unknown;
  readonly function: { name: string; arguments: string };
}

/** The first choice of a chat completion while it is being received. */
class ChatChoice {
  #text: string | undefined;
  readonly #parts: unknown[] = [];
  #refusal = "";
  readonly #calls: CallInParts[] = [];
  finish: unknown = null;

  get started(): boolean {
    return (
      (this.#text ?? "") !== "" || this.#parts.length > 0 || this.#refusal !== "" || this.#calls.length > 0
    );
  }

  take(choice: Members): void {
    if (choice.finish_reason != null) this.finish = choice.finish_reason;
    const delta = membersOf(choice.delta) ?? {};
    const content = delta.content ?? choice.text;
    if (typeof content === "string") this.#text = (this.#text ?? "") + content;
    else if (Array.isArray(content)) this.#parts.push(...content);
    if (typeof delta.refusal === "string") this.#refusal += delta.refusal;
    for (const part of Array.isArray(delta.tool_calls) ? delta.tool_calls : [])
      this.#takeCall(membersOf(part) ?? {});
    const single = membersOf(delta.function_call);
    if (single !== undefined) this.#takeCall({ index: 0, function: single });
  }

  /** Tool calls arrive in fragments with an index. Some servers omit the index and send each call as a whole. */
  #takeCall({ index, id, type, function: named }: Members): void {
    const position =
      typeof index === "number" ? index : id === undefined ? this.#calls.length - 1 : this.#calls.length;
    if (position < 0 || position > this.#calls.length) return;
    this.#calls[position] ??= { type: type ?? "function", function: { name: "", arguments: "" } };
    const call = this.#calls[position];
    const { name, arguments: written } = membersOf(named) ?? {};
    if (id != null) call.id = id;
    if (typeof name === "string") call.function.name += name;
    if (typeof written === "string") call.function.arguments += written;
  }

  message(): Members {
    const content = this.#parts.length === 0 ? (this.#text ?? null) : [...this.#textPart(), ...this.#parts];
    return {
      role: "assistant",
      content,
      ...(this.#refusal !== "" && { refusal: this.#refusal }),
      ...(this.#calls.length > 0 && { tool_calls: this.#calls }),
    };
  }

  #textPart(): readonly Members[] {
    return this.#text === undefined ? [] : [{ type: "text", text: this.#text }];
  }
}

/** Joins the chunks of a chat completion. The last chunks hold the finish reason and, if requested, the usage. */
class ChatChunks implements JsonDialect {
  readonly #choice = new ChatChoice();
  #head: Members = {};
  #usage: unknown;

  get started(): boolean {
    return this.#choice.started;
  }

  take(chunk: Members): boolean {
    if (chunk.model !== undefined) this.#head = chunk;
    if (chunk.usage != null) this.#usage = chunk.usage;
    const choices: readonly unknown[] = Array.isArray(chunk.choices) ? chunk.choices : [];
    const choice = choices.map(membersOf).find((one) => one !== undefined && (one.index ?? 0) === 0);
    if (choice !== undefined) this.#choice.take(choice);
    return false;
  }

  body(): unknown {
    const { finish } = this.#choice;
    if (finish === null) return undefined;
    const { id, model } = this.#head;
    return {
      ...{ id, object: "chat.completion", model },
      choices: [{ index: 0, message: this.#choice.message(), finish_reason: finish }],
      ...(this.#usage !== undefined && { usage: this.#usage }),
    };
  }
}

const RESPONSE_ENDS = new Set([
  "response.completed",
  "response.incomplete",
  "response.failed",
  "response.done",
]);

/** Joins the events of the responses API. The last event holds the complete response. */
class ResponseEvents implements JsonDialect {
  started = false;
  readonly #items: unknown[] = [];
  #response: Members | undefined;

  take(data: Members): boolean {
    const type = String(data.type);
    if (type.endsWith(".delta")) this.started = true;
    if (type === "response.output_item.done" && data.item !== undefined) this.#items.push(data.item);
    if (!RESPONSE_ENDS.has(type)) return false;
    this.#response = membersOf(data.response) ?? {};
    return true;
  }

  body(): unknown {
    const response = this.#response;
    if (response === undefined) return undefined;
    const { output } = response;
    const empty = !Array.isArray(output) || output.length === 0;
    return empty && this.#items.length > 0 ? { ...response, output: this.#items } : response;
  }
}

/** A reply that was sent as a whole although a stream was requested. */
class WholeBody implements JsonDialect {
  started = true;
  #body: unknown;

  take(data: Members): boolean {
    this.#body = data;
    return true;
  }

  body(): unknown {
    return this.#body;
  }
}

function dialectOf(data: Members): JsonDialect {
  const choice = membersOf(Array.isArray(data.choices) ? data.choices[0] : undefined);
  if (choice?.message !== undefined || data.object === "response") return new WholeBody();
  return typeof data.type === "string" && data.type.startsWith("response.")
    ? new ResponseEvents()
    : new ChatChunks();
}

/** OpenAI's streams: chat completion chunks or responses API events, recognized by content. */
export function openaiStream(): StreamJoiner {
  let dialect: JsonDialect | undefined;
  return joinJson({
    get started() {
      return dialect?.started === true;
    },
    take(data, event) {
      const named =
        data.type === undefined && event?.startsWith("response.") ? { ...data, type: event } : data;
      dialect ??= dialectOf(named);
      return dialect.take(named, event);
    },
    body: () => dialect?.body(),
  });
}
