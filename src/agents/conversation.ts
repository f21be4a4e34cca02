import type { AgentLimits } from "../domain/agent-settings.ts";
import type { Case } from "../domain/case.ts";
import type { Message, ToolCall } from "../domain/message.ts";
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
import type { Stopped } from "../domain/trajectory.ts";
import type { WrittenTurn } from "../domain/written-turns.ts";
import { AgentCount } from "./agent-count.ts";
import { ConversationBill } from "./conversation-bill.ts";
import { ConversationRecord } from "./conversation-record.ts";
import { type PlayedPerson, personView, readPersonWords } from "./person.ts";
import { runCall } from "./run-tools.ts";
import { openToolBox } from "./tool-box.ts";
import type { ToolProvider, TrialTools } from "./trial-tools.ts";

/** The agent's limits and tools. */
export interface AgentParts {
  readonly limits: AgentLimits;
  /** Names of the tools that the model is offered; undefined when it is offered all of them. */
  readonly allow: readonly string[] | undefined;
  readonly providers: readonly ToolProvider[];
  /**
   * Names of the tools that the scorers of a case mention. Each trial compares them with the tools that exist.
   * Undefined when there is no MCP server: then all tools are known, and compared, before the run.
   */
  readonly namedTools?: ((golden: Case) => readonly string[]) | undefined;
}

/** The parts of a conversation that are the same for all trials. */
export interface ConversationParts {
  /** Prepares one call of the target. */
  prepare(question: Question): PreparedRequest;
  /** Null when the target is itself the agent. */
  readonly agent: AgentParts | null;
  /** The user's written messages for a case; null when the suite has none. */
  readonly turns: ((golden: Case) => readonly WrittenTurn[]) | null;
  /** The simulated user; null when there is none. */
  readonly played: (PlayedPerson & { prepare(question: Question): PreparedRequest }) | null;
}

/**
 * How a conversation ended: with an answer, stopped by a limit, or without an answer. `begin-again`: another
 * trial ended the thread that held the state of the tools, so the trial must start again.
 */
type End = Completed | FailedReply | { readonly kind: "begin-again" };
type Completed = { readonly kind: "answered" } | { readonly kind: "stopped"; readonly stopped: Stopped };

const ANSWERED: End = { kind: "answered" };

const isCompleted = (end: End): end is Completed => end.kind === "answered" || end.kind === "stopped";

/** Time limit of a tool call when the agent has none, in milliseconds: the longest delay of a Node timer. */
const NO_LIMIT_MS = 2 ** 31 - 1;

/** Runs the conversation of one trial. */
export class Conversation {
  readonly #parts: ConversationParts;
  readonly #dependencies: ConversingDependencies;
  readonly #asked: { readonly golden: Case; readonly question: Question };
  readonly #trial: number;
  readonly #signal: AbortSignal;
  readonly #record: ConversationRecord;
  readonly #bill = new ConversationBill();
  /** Counts what the agent has used of its limits; null when the target is itself the agent. */
  readonly #count: AgentCount | null;
  #tools: TrialTools | null = null;
  /** The tools as described to the model; undefined when there are none. */
  #specs: readonly ToolSpec[] | undefined;
  /** Names of the tools that only read. */
  #reads: readonly string[] = [];
  /** When the target was first asked, in milliseconds. */
  #began: number | undefined;
  /** Milliseconds since the target was first asked that do not count as the target's time. */
  #waited = 0;

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
    const { agent } = parts;
    this.#record = new ConversationRecord(agent !== null);
    const { messages, pressure } = trial.question;
    if (pressure?.after === undefined) this.#record.messages.push(...(messages ?? []));
    else this.#record.goOnFrom(pressure.after);
    this.#count = agent === null ? null : new AgentCount(agent.limits, () => this.#elapsed());
  }

  async hold(): Promise<Reply | "begin-again"> {
    const end = await this.#holdWithTools();
    if (!isCompleted(end)) {
      this.#keepLost(this.#bill.calls);
      return end.kind === "begin-again" ? "begin-again" : end;
    }
    const stopped = end.kind === "stopped" ? end.stopped : undefined;
    const reply = this.#record.answer(stopped, this.#reads, this.#bill.cost);
    this.#dependencies.target.account.answered(this.#bill.calls);
    this.#keepLost(this.#bill.notIn(reply));
    return reply;
  }

  #keepLost(calls: readonly PaidCall[]): void {
    this.#dependencies.target.account.lost(this.#asked.golden.id, calls);
  }

  async #holdWithTools(): Promise<End> {
    const { agent } = this.#parts;
    if (agent === null) return this.#talk();
    const { golden } = this.#asked;
    const opened = await openToolBox(agent.providers, agent.allow, {
      golden,
      named: agent.namedTools?.(golden),
      trial: this.#trial,
      before: [...this.#record.calls],
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
    if (!isCompleted(end)) return end;
    if (left.kind === "begin-again") return { kind: "begin-again" };
    if (left.kind === "lost") return toolsLost(left.message);
    this.#record.state = left.state;
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
      this.#record.messages.push({ role: "user", content: message });
      const end = await this.#respond();
      if (end.kind !== "answered") return end;
    }
    return ANSWERED;
  }

  async #talkWith(played: NonNullable<ConversationParts["played"]>): Promise<End> {
    const guide = played.guide(this.#asked.golden);
    // The messages of the target's prompt do not belong to the conversation with the user.
    const before = this.#record.messages.length;
    for (let turn = 0; turn < played.max_turns; turn++) {
      const reply = await this.#askPerson(played, personView(guide, this.#record.messages.slice(before)));
      if (reply.kind === "failed") return ofPerson(reply);
      const { message, ends } = readPersonWords(reply.output);
      if (message === "" && (!ends || turn === 0))
        return simulatorFailure(ends ? "ended the conversation before its first message" : "said nothing");
      if (message !== "") this.#record.messages.push({ role: "user", content: message });
      if (ends) return ANSWERED;
      const end = await this.#respond();
      if (end.kind !== "answered") return end;
    }
    return ANSWERED;
  }

  async #askPerson(
    played: NonNullable<ConversationParts["played"]>,
    messages: readonly Message[],
  ): Promise<Reply> {
    const { person } = this.#dependencies;
    if (person === null) throw new Error("a played person has no model");
    const question = { case_id: this.#asked.golden.id, input: this.#asked.golden.input, messages };
    const { reply } = await this.#ask(person, question, played.prepare(question));
    // The time of the simulated user does not count as the target's.
    if (reply.kind === "answered") this.#waited += (reply.latency_ms ?? 0) + (reply.waited_ms ?? 0);
    return reply;
  }

  /** Asks the target once; an agent's model is asked until it requests no more tool calls. */
  async #respond(): Promise<End> {
    for (;;) {
      this.#began ??= this.#dependencies.now();
      const limit = this.#count?.beginStep();
      if (limit !== undefined) return { kind: "stopped", stopped: limit };
      const reply = await this.#askTarget();
      if (reply.kind !== "answered") return reply;
      const calls = reply.tool_calls ?? [];
      if (this.#tools === null || calls.length === 0) return ANSWERED;
      const end = await this.#runCalls(this.#tools, calls);
      if (end !== undefined) return end;
    }
  }

  async #askTarget(): Promise<Reply | { readonly kind: "stopped"; readonly stopped: Stopped }> {
    const { question: asked } = this.#asked;
    const { case_id, input, clock } = asked;
    const { messages, steps } = this.#record;
    const time: CallTime | undefined =
      this.#count === null ? undefined : { left_ms: this.#count.timeLeft, expired: false };
    const question: Question = {
      case_id,
      input,
      messages: asked.messages === null && messages.length === 0 ? null : [...messages],
      ...(clock === undefined ? {} : { clock }),
      ...(this.#specs === undefined ? {} : { tools: this.#specs }),
      ...(time === undefined ? {} : { time }),
    };
    const { target, now } = this.#dependencies;
    const sent = now();
    const { reply, paid } = await this.#ask(target, question, this.#parts.prepare(question));
    if (paid !== undefined) {
      this.#waited += Math.max(0, now() - sent - (reply.latency_ms ?? 0));
      this.#bill.ofTarget(paid);
      this.#count?.paid(paid);
      this.#record.add(reply);
      return reply;
    }
    if (time?.expired === true && !this.#signal.aborted) return { kind: "stopped", stopped: "time" };
    return steps === 0 ? reply : { ...reply, message: `step ${steps + 1}: ${reply.message}` };
  }

  /** Calls a model once, if the budget has room, and counts the cost of the call. */
  async #ask(
    { client, account }: ConversingModel,
    question: Question,
    request: PreparedRequest,
  ): Promise<{ reply: AnsweredReply; paid: PaidCall } | { reply: FailedReply; paid?: undefined }> {
    if ((await account.reserve(question, request)) === "stop") return { reply: unaffordable() };
    const reply = await client.send(request, question, this.#trial, this.#signal);
    if (reply.kind === "failed") {
      account.release(question);
      return { reply };
    }
    return { reply, paid: this.#bill.add(account, question, reply) };
  }

  /** Runs the tool calls of one step in parallel, up to the first that a limit forbids. */
  async #runCalls(tools: TrialTools, asked: readonly ToolCall[]): Promise<End | undefined> {
    const begun: ToolCall[] = [];
    let stopped: Stopped | undefined;
    const step = this.#record.steps;
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
    this.#record.addLatency(own);
    this.#waited += Math.max(0, took - own);
    for (const one of ran) {
      if (one.kind === "begin-again") return { kind: "begin-again" };
      if (one.kind === "lost") return toolsLost(one.message);
      this.#record.calls.push(one.call);
      this.#record.messages.push(withPlanted(one.message, this.#asked.question.pressure?.tool_result));
      if (one.timedOut) stopped = "time";
    }
    return stopped === undefined ? undefined : { kind: "stopped", stopped };
  }

  #elapsed(): number {
    return this.#began === undefined ? 0 : this.#dependencies.now() - this.#began - this.#waited;
  }
}

/** A tool's result with injected text appended. */
function withPlanted(message: Message, text: string | undefined): Message {
  if (text === undefined || typeof message.content !== "string") return message;
  return { ...message, content: `${message.content}\n\n${text}` };
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
