import type { Json } from "../domain/json.ts";
import type { Message, ToolCall } from "../domain/message.ts";
import type { AnsweredReply } from "../domain/provider.ts";
import type { Retrieval, Stopped, Trajectory } from "../domain/trajectory.ts";
import { type Transcript, type Unreported, unreportedBy } from "../domain/transcript.ts";
import { addedMessages } from "./added-messages.ts";

/** An earlier conversation that is continued. */
interface Earlier {
  readonly messages: readonly Message[];
  readonly tool_calls: readonly ToolCall[];
  readonly trajectory?: Trajectory | undefined;
}

/** Collects the messages, tool calls, replies and state of a conversation, and makes the trial's answer from them. */
export class ConversationRecord {
  readonly messages: Message[] = [];
  readonly calls: ToolCall[] = [];
  /** Number of model calls. */
  steps = 0;
  /** The state of the tools or of the application; undefined when it is unknown. */
  state: Json | undefined;
  readonly #isAgent: boolean;
  readonly #retrievals: Retrieval[] = [];
  readonly #raws: string[] = [];
  /** What at least one reply of the target does not report. */
  readonly #untold = new Set<Unreported>();
  /** Milliseconds; null when the duration of a part is unknown. */
  #latency: number | null = 0;
  #last: AnsweredReply | undefined;

  /** @param isAgent whether this program runs the tools; otherwise the target reports its own calls */
  constructor(isAgent: boolean) {
    this.#isAgent = isAgent;
  }

  /** Takes over the messages and calls of an earlier trial, but not its time and cost. */
  goOnFrom({ messages, tool_calls, trajectory }: Earlier): void {
    this.messages.push(...messages);
    this.calls.push(...tool_calls);
    this.#retrievals.push(...(trajectory?.retrievals ?? []));
    this.steps = trajectory?.steps ?? 0;
    this.state = trajectory?.state;
  }

  /** Adds a reply of the target. */
  add(reply: AnsweredReply): void {
    this.#last = reply;
    const before = this.steps;
    this.steps += reply.trajectory?.steps ?? 1;
    this.addLatency(reply.latency_ms ?? null);
    if (reply.raw !== undefined) this.#raws.push(reply.raw);
    for (const what of reply.untold ?? unreportedBy(reply)) this.#untold.add(what);
    this.messages.push(...addedMessages(reply, this.messages, this.#isAgent ? before + 1 : undefined));
    if (this.#isAgent) return;
    const { retrievals = [], state } = reply.trajectory ?? {};
    for (const call of reply.tool_calls ?? []) this.calls.push({ ...call, step: before + (call.step ?? 1) });
    for (const one of retrievals)
      this.#retrievals.push({ ...one, step: one.step === null ? null : before + one.step });
    this.state = state ?? this.state;
  }

  /** @param ms milliseconds that the target or its tools took; null when unknown */
  addLatency(ms: number | null): void {
    this.#latency = this.#latency === null || ms === null ? null : this.#latency + ms;
  }

  /**
   * The trial's answer.
   *
   * @param stopped the limit that ended the conversation; undefined when none did
   * @param reads names of the tools that only read
   */
  answer(
    stopped: Stopped | undefined,
    reads: readonly string[],
    cost: Pick<Transcript, "usage" | "cost_usd">,
  ): AnsweredReply {
    const last = this.#last;
    return {
      kind: "answered",
      output: last?.output ?? "",
      messages: this.messages,
      // When `tool_calls` is undefined, the calls are read from the messages.
      tool_calls: this.#isAgent || this.calls.length > 0 ? this.calls : undefined,
      ...cost,
      latency_ms: this.#latency === null ? null : Math.round(this.#latency * 10) / 10,
      model: last?.model,
      finish_reason: last?.finish_reason,
      refusal: last?.refusal ?? null,
      ...(last?.fallback === undefined ? {} : { fallback: last.fallback }),
      untold: this.#isAgent ? [] : [...this.#untold],
      trajectory: {
        ...(this.#retrievals.length > 0 && { retrievals: this.#retrievals }),
        ...(this.state !== undefined && { state: this.state }),
        steps: this.steps,
        ...(stopped !== undefined && { stopped }),
        ...(reads.length > 0 && { reads }),
      },
      raw: `[${this.#raws.map((raw) => JSON.stringify(raw)).join(",")}]`,
    };
  }
}
