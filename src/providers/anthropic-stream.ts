import { argumentsOf, membersOf } from "./chat-shapes.ts";
import { type JsonDialect, joinJson, type Members, type StreamJoiner } from "./stream-dialect.ts";

/**
 * For each kind of delta: the field that holds its text, and the field of the content block to which it is appended.
 */
const ADDS: Readonly<Record<string, readonly [from: string, to: string]>> = {
  text_delta: ["text", "text"],
  thinking_delta: ["thinking", "thinking"],
  signature_delta: ["signature", "signature"],
  input_json_delta: ["partial_json", "partial_json"],
};

/** One content block while it is being received. */
class Block {
  readonly #start: Members;
  readonly #added = new Map<string, string>();

  constructor(start: Members) {
    this.#start = start;
  }

  add(delta: Members): void {
    const [from, to] = ADDS[String(delta.type)] ?? [];
    if (from === undefined || to === undefined || typeof delta[from] !== "string") return;
    const before = this.#added.get(to) ?? (typeof this.#start[to] === "string" ? this.#start[to] : "");
    this.#added.set(to, before + delta[from]);
  }

  whole(): Members {
    const { partial_json, ...texts } = Object.fromEntries(this.#added);
    return {
      ...this.#start,
      ...texts,
      ...(partial_json !== undefined && partial_json !== "" && { input: argumentsOf(partial_json) }),
    };
  }
}

/** Collects the events of one streamed message. */
class MessageEvents implements JsonDialect {
  started = false;
  #message: Members | undefined;
  readonly #blocks: Block[] = [];
  #stopped = false;

  take(data: Members, event: string | undefined): boolean {
    switch (data.type ?? event) {
      case "message":
        this.#message = data;
        this.#stopped = true;
        return true;
      case "message_start":
        this.#message = membersOf(data.message) ?? {};
        return false;
      case "content_block_start":
        this.#place(data.index, new Block(membersOf(data.content_block) ?? {}));
        return false;
      case "content_block_delta":
        this.started = true;
        this.#blocks[Number(data.index)]?.add(membersOf(data.delta) ?? {});
        return false;
      case "message_delta":
        this.#end(data);
        return false;
      case "message_stop":
        this.#stopped = true;
        return true;
      default:
        return false;
    }
  }

  #place(index: unknown, block: Block): void {
    if (index === this.#blocks.length) this.#blocks.push(block);
  }

  /** Takes the stop reason and the final token counts. */
  #end({ delta, usage }: Members): void {
    const before = this.#message ?? {};
    const known = Object.entries(membersOf(usage) ?? {}).filter(([, count]) => count !== null);
    const counts = { ...membersOf(before.usage), ...Object.fromEntries(known) };
    this.#message = { ...before, ...membersOf(delta), usage: counts };
  }

  body(): unknown {
    if (!this.#stopped || this.#message === undefined) return undefined;
    return this.#blocks.length === 0
      ? this.#message
      : { ...this.#message, content: this.#blocks.map((block) => block.whole()) };
  }
}

/** Reads Anthropic's message stream. */
export function anthropicStream(): StreamJoiner {
  return joinJson(new MessageEvents());
}
