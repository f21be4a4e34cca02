import type { AgentLimits } from "../domain/agent-settings.ts";
import type { Case } from "../domain/case.ts";
import type { Json } from "../domain/json.ts";
import type { Message, ToolCall } from "../domain/message.ts";
import type { UnderPressure } from "../domain/pressure.ts";
import type {
  AnsweredReply,
  CallTime,
  ConversingDependencies,
  ConversingModel,
  FailedReply,
  PaidCall,
  PreparedRequest,
  Question,
  Reply,
} from "../domain/provider.ts";
import type { ToolSpec } from "../domain/tool.ts";
import type { Retrieval, Stopped } from "../domain/trajectory.ts";
import {
  tokensOf,
  UNKNOWN_USAGE,
  type Unreported,
  USAGE_FIELDS,
  type Usage,
  unreportedBy,
  usageOf,
} from "../domain/transcript.ts";
import type { WrittenTurn } from "../domain/written-turns.ts";
import { addedMessages } from "./added-messages.ts";
import { AgentCount } from "./agent-count.ts";
import { type PlayedPerson, personView, readPersonWords } from "./person.ts";
import { runCall } from "./run-tools.ts";
import { openToolBox } from "./tool-box.ts";
import type { ToolProvider, TrialTools } from "./trial-tools.ts";

/** The agent's settings: its model, tools and limits. */
export interface AgentParts {
  readonly limits: AgentLimits;
  readonly allow: readonly string[] | undefined;
  readonly providers: readonly ToolProvider[];
  /** The tools that the scorers of a case name, where they are compared with those that servers have. */
  readonly namedTools?: ((golden: Case) => readonly string[]) | undefined;
}

/** The parts of a conversation that are the same for all trials. */
export interface ConversationParts {
  /** Prepares one call of the target. */
  prepare(question: Question): PreparedRequest;
  /** Null when the target is itself the agent. */
  readonly agent: AgentParts | null;
  readonly turns: ((golden: Case) => readonly WrittenTurn[]) | null;
  readonly played: (PlayedPerson & { prepare(question: Question): PreparedRequest }) | null;
}

/**
 * How a conversation ended: with an answer, stopped by a limit, or without an answer. `begin-again`: another
 * trial ended the thread that held the state of the tools, so the trial must start again.
 */
type End = "answered" | { readonly stopped: Stopped } | FailedReply | "begin-again";

const NO_TOKENS = usageOf({ input_tokens: 0, output_tokens: 0 });

/** Time limit of a tool call when the agent has none, in milliseconds: the longest delay of a Node timer. */
const NO_LIMIT_MS = 2 ** 31 - 1;

/** Runs the conversation of one trial. */
export class Conversation {
  readonly #parts: ConversationParts;
  readonly #dependencies: ConversingDependencies;
  readonly #asked: { readonly golden: Case; readonly question: Question };
  readonly #trial: number;
  readonly #signal: AbortSignal;
  readonly #messages: Message[] = [];
  readonly #calls: ToolCall[] = [];
  readonly #retrievals: Retrieval[] = [];
  readonly #paid: PaidCall[] = [];
  readonly #ofTarget = new Set<PaidCall>();
  readonly #raws: string[] = [];
  #count: AgentCount | null = null;
  #tools: TrialTools | null = null;
  /** The tools as described to the model; undefined when there are none. */
  #specs: readonly ToolSpec[] | undefined;
  /** Names of the tools that only read. */
  #reads: readonly string[] = [];
  #began: number | undefined;
  #waited = 0;
  #latency: number | null = 0;
  #steps = 0;
  #last: AnsweredReply | undefined;
  #state: Json | undefined;
  #untold = new Set<Unreported>();

  constructor(
    parts: ConversationParts,
    dependencies: ConversingDependencies,
    trial: {
      readonly golden: Case;
      readonly question: Question;
      readonly trial: number;
      readonly signal: AbortSignal;
    },
  ) {
    this.#parts = parts;
    this.#dependencies = dependencies;
    this.#asked = trial;
    this.#trial = trial.trial;
    this.#signal = trial.signal;
    const { after } = trial.question.pressure ?? {};
    if (after === undefined) this.#messages.push(...(trial.question.messages ?? []));
    else this.#goOnFrom(after);
    const { agent } = parts;
    if (agent !== null) this.#count = new AgentCount(agent.limits, () => this.#elapsed());
  }

  /**
   * Continues the conversation of an earlier trial. The messages and calls of that trial are taken over, but not its
   * time and cost.
   */
  #goOnFrom({ messages, tool_calls, trajectory }: NonNullable<UnderPressure["after"]>): void {
    this.#messages.push(...messages);
    this.#calls.push(...tool_calls);
    this.#retrievals.push(...(trajectory?.retrievals ?? []));
    this.#steps = trajectory?.steps ?? 0;
    this.#state = trajectory?.state;
  }

  async hold(): Promise<Reply | "begin-again"> {
    const end = await this.#holdWithTools();
    if (end !== "answered" && (end === "begin-again" || "kind" in end)) {
      this.#keepLost(this.#paid);
      return end;
    }
    const reply = this.#reply(end === "answered" ? undefined : end.stopped);
    this.#dependencies.target.account.answered(this.#paid);
    this.#keepLost(this.#untoldBy(reply));
    return reply;
  }

  #keepLost(calls: readonly PaidCall[]): void {
    this.#dependencies.target.account.lost(this.#asked.golden.id, calls);
  }

  /**
   * The calls with the part of their cost that the answer does not include: the tokens of the simulated user's calls,
   * and the tokens or the cost of every call when the answer's sum of them is unknown.
   */
  #untoldBy({ usage = UNKNOWN_USAGE, cost_usd = null }: AnsweredReply): readonly PaidCall[] {
    const isTold = tokensOf(usage) !== null;
    return this.#paid.flatMap((call) => {
      const tokens = isTold && this.#ofTarget.has(call) ? NO_TOKENS : call.usage;
      const usd = cost_usd === null ? call.usd : 0;
      return tokens === NO_TOKENS && usd === 0 ? [] : [{ ...call, usage: tokens, usd }];
    });
  }

  async #holdWithTools(): Promise<End> {
    const { agent } = this.#parts;
    if (agent === null) return this.#talk();
    const { golden } = this.#asked;
    const opened = await openToolBox(agent.providers, agent.allow, {
      golden,
      named: agent.namedTools?.(golden),
      trial: this.#trial,
      before: [...this.#calls],
      signal: this.#signal,
    });
    if ("kind" in opened) return toolsLost(opened.message);
    this.#tools = opened;
    const { offered } = opened;
    this.#reads = offered.filter((one) => one.reads).map((one) => one.name);
    if (offered.length > 0) this.#specs = offered.map(({ reads: _, ...spec }) => spec);
    const end = await this.#talk().catch(async (error: unknown) => {
      await opened.leave();
      throw error;
    });
    const left = await opened.leave();
    if (end !== "answered" && (end === "begin-again" || "kind" in end)) return end;
    if (left.kind === "begin-again") return "begin-again";
    if (left.kind === "lost") return toolsLost(left.message);
    this.#state = left.state;
    return end;
  }

  async #talk(): Promise<End> {
    const { turns, played } = this.#parts;
    const { say: message } = this.#asked.question.pressure ?? {};
    if (message !== undefined) return this.#talkAsWritten([{ say: message }]);
    if (turns !== null) return this.#talkAsWritten(turns(this.#asked.golden));
    return played === null ? this.#respond() : this.#talkWith(played);
  }

  async #talkAsWritten(turns: readonly WrittenTurn[]): Promise<End> {
    for (const { say: message } of turns) {
      this.#messages.push({ role: "user", content: message });
      const end = await this.#respond();
      if (end !== "answered") return end;
    }
    return "answered";
  }

  async #talkWith(played: NonNullable<ConversationParts["played"]>): Promise<End> {
    const guide = played.guide(this.#asked.golden);
    // The messages of the target's prompt do not belong to the conversation with the user.
    const before = this.#messages.length;
    for (let turn = 0; turn < played.max_turns; turn++) {
      const reply = await this.#askPerson(played, personView(guide, this.#messages.slice(before)));
      if (reply.kind === "failed") return ofPerson(reply);
      const { message, ends } = readPersonWords(reply.output);
      if (message === "" && (!ends || turn === 0))
        return simulatorFailure(ends ? "ended the conversation before its first message" : "said nothing");
      if (message !== "") this.#messages.push({ role: "user", content: message });
      if (ends) return "answered";
      const end = await this.#respond();
      if (end !== "answered") return end;
    }
    return "answered";
  }

  async #askPerson(
    played: NonNullable<ConversationParts["played"]>,
    messages: readonly Message[],
  ): Promise<Reply> {
    const { person } = this.#dependencies;
    if (person === null) throw new Error("a played person has no model");
    const question = { case_id: this.#asked.golden.id, input: this.#asked.golden.input, messages };
    const reply = await this.#ask(person, question, played.prepare(question));
    if (reply.kind === "answered") this.#waited += this.#elapsedOf(reply);
    return reply;
  }

  /** Milliseconds that the simulated user took for a reply; they do not count as the agent's time. */
  #elapsedOf(reply: AnsweredReply): number {
    return (reply.latency_ms ?? 0) + (reply.waited_ms ?? 0);
  }

  /** Calls the agent's model until it requests no more tool calls. */
  async #respond(): Promise<End> {
    for (;;) {
      this.#began ??= this.#dependencies.now();
      const limit = this.#count?.beginStep();
      if (limit !== undefined) return { stopped: limit };
      const reply = await this.#askTarget();
      if (reply.kind === "failed") return reply;
      if ("stopped" in reply) return reply;
      this.#take(reply);
      const calls = reply.tool_calls ?? [];
      if (this.#tools === null || calls.length === 0) return "answered";
      const end = await this.#runCalls(this.#tools, calls);
      if (end !== undefined) return end;
    }
  }

  async #askTarget(): Promise<Reply | { readonly kind: "stopped"; readonly stopped: Stopped }> {
    const { question: asked } = this.#asked;
    const { case_id, input, clock } = asked;
    const time: CallTime | undefined =
      this.#count === null ? undefined : { left_ms: this.#count.timeLeft, expired: false };
    const question: Question = {
      case_id,
      input,
      messages: asked.messages === null && this.#messages.length === 0 ? null : [...this.#messages],
      ...(clock === undefined ? {} : { clock }),
      ...(this.#specs === undefined ? {} : { tools: this.#specs }),
      ...(time === undefined ? {} : { time }),
    };
    const sent = this.#dependencies.now();
    const reply = await this.#ask(this.#dependencies.target, question, this.#parts.prepare(question));
    if (reply.kind === "answered") {
      this.#waited += Math.max(0, this.#dependencies.now() - sent - (reply.latency_ms ?? 0));
      return reply;
    }
    if (time?.expired === true && !this.#signal.aborted) return { kind: "stopped", stopped: "time" };
    return this.#steps === 0 ? reply : { ...reply, message: `step ${this.#steps + 1}: ${reply.message}` };
  }

  /** Calls a model once, if the budget has room, and counts the cost of the call. */
  async #ask(
    { client, account }: ConversingModel,
    question: Question,
    request: PreparedRequest,
  ): Promise<Reply> {
    if ((await account.reserve(question, request)) === "stop") return unaffordable();
    const reply = await client.send(request, question, this.#trial, this.#signal);
    if (reply.kind === "failed") {
      account.release(question);
      return reply;
    }
    this.#paid.push(account.paid(question, reply));
    return reply;
  }

  #take(reply: AnsweredReply): void {
    this.#last = reply;
    const before = this.#steps;
    this.#steps += reply.trajectory?.steps ?? 1;
    const paid = this.#paid.at(-1);
    if (paid !== undefined) {
      this.#ofTarget.add(paid);
      this.#count?.paid(paid);
    }
    this.#addLatency(reply.latency_ms ?? null);
    if (reply.raw !== undefined) this.#raws.push(reply.raw);
    for (const what of reply.untold ?? unreportedBy(reply)) this.#untold.add(what);
    this.#messages.push(
      ...addedMessages(reply, this.#messages, this.#tools === null ? undefined : before + 1),
    );
    if (this.#tools !== null) return;
    const { retrievals = [], state } = reply.trajectory ?? {};
    for (const call of reply.tool_calls ?? []) this.#calls.push({ ...call, step: before + (call.step ?? 1) });
    for (const one of retrievals)
      this.#retrievals.push({ ...one, step: one.step === null ? null : before + one.step });
    this.#state = state ?? this.#state;
  }

  /** Runs the tool calls of one step in parallel, up to the first that a limit forbids. */
  async #runCalls(tools: TrialTools, asked: readonly ToolCall[]): Promise<End | undefined> {
    const begun: ToolCall[] = [];
    let stopped: Stopped | undefined;
    const step = this.#steps;
    for (const [at, call] of asked.entries()) {
      stopped = this.#count?.beginCall(call);
      if (stopped !== undefined) break;
      begun.push({ ...call, id: call.id ?? `call_${step}_${at + 1}`, step });
    }
    const { now } = this.#dependencies;
    const began = now();
    const bounds = { timeout_ms: Math.max(1, this.#count?.timeLeft ?? NO_LIMIT_MS), signal: this.#signal };
    const ran = await Promise.all(begun.map((call) => runCall(call, tools, { bounds, now })));
    const took = now() - began;
    // Another trial that blocks the tools' thread must not use up the time of this trial.
    const own = ran.reduce((most, one) => (one.kind === "ran" ? Math.max(most, one.own_ms) : most), 0);
    this.#addLatency(own);
    this.#waited += Math.max(0, took - own);
    for (const one of ran) {
      if (one.kind === "begin-again") return "begin-again";
      if (one.kind === "lost") return toolsLost(one.message);
      this.#calls.push(one.call);
      this.#messages.push(withPlanted(one.message, this.#asked.question.pressure?.tool_result));
      if (one.timedOut) stopped = "time";
    }
    return stopped === undefined ? undefined : { stopped };
  }

  #addLatency(ms: number | null): void {
    this.#latency = this.#latency === null || ms === null ? null : this.#latency + ms;
  }

  #elapsed(): number {
    return this.#began === undefined ? 0 : this.#dependencies.now() - this.#began - this.#waited;
  }

  #reply(stopped: Stopped | undefined): AnsweredReply {
    const last = this.#last;
    const agent = this.#tools !== null;
    const usd = this.#paid.map((one) => one.usd);
    return {
      kind: "answered",
      output: last?.output ?? "",
      messages: this.#messages,
      // When `tool_calls` is undefined, the calls are read from the messages.
      tool_calls: agent || this.#calls.length > 0 ? this.#calls : undefined,
      usage: sumOfUsages([...this.#ofTarget].map((one) => one.usage)),
      latency_ms: this.#latency === null ? null : Math.round(this.#latency * 10) / 10,
      cost_usd: usd.some((one) => one === null)
        ? null
        : usd.reduce<number>((sum, one) => sum + (one ?? 0), 0),
      model: last?.model,
      finish_reason: last?.finish_reason,
      refusal: last?.refusal ?? null,
      ...(last?.fallback === undefined ? {} : { fallback: last.fallback }),
      untold: agent ? [] : [...this.#untold],
      trajectory: {
        ...(this.#retrievals.length > 0 && { retrievals: this.#retrievals }),
        ...(this.#state !== undefined && { state: this.#state }),
        steps: this.#steps,
        ...(stopped !== undefined && { stopped }),
        ...(this.#reads.length > 0 && { reads: this.#reads }),
      },
      raw: `[${this.#raws.map((raw) => JSON.stringify(raw)).join(",")}]`,
    };
  }
}

/** A tool's result with injected text appended. */
function withPlanted(message: Message, text: string | undefined): Message {
  if (text === undefined || typeof message.content !== "string") return message;
  return { ...message, content: `${message.content}\n\n${text}` };
}

/** The sum of all calls' usage. A field is null when one call does not report that field. */
function sumOfUsages(usages: readonly Usage[]): Usage {
  const total: Record<string, number | null> = {};
  for (const field of USAGE_FIELDS) {
    const parts = usages.map((one) => one[field]);
    total[field] =
      parts.length === 0 || parts.includes(null)
        ? null
        : parts.reduce<number>((sum, one) => sum + (one ?? 0), 0);
  }
  return usageOf(total);
}

function toolsLost(message: string): FailedReply {
  return { kind: "failed", error: "tool", message, transient: false };
}

function simulatorFailure(message: string): FailedReply {
  return {
    kind: "failed",
    error: "simulator",
    message: `the model that plays the person ${message}`,
    transient: false,
  };
}

/** The simulated user's model failed, which is not the target's fault. */
function ofPerson(reply: FailedReply): FailedReply {
  if (reply.withdrawn === true || reply.unaffordable === true) return reply;
  return {
    ...reply,
    error: "simulator",
    message: `the model that plays the person: ${reply.message}`,
  };
}

function unaffordable(): FailedReply {
  return {
    kind: "failed",
    error: "provider",
    message: "the budget has no room for another call",
    transient: false,
    unsent: true,
    unaffordable: true,
  };
}
