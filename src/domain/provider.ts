import type * as z from "zod";
import type { BatchHost, BatchService } from "./batch.ts";
import type { Case } from "./case.ts";
import type { Price } from "./config.ts";
import type { Json } from "./json.ts";
import type { Message } from "./message.ts";
import type { ModuleEvents } from "./module-events.ts";
import type { PersonFault } from "./person-fault.ts";
import type { UnderPressure } from "./pressure.ts";
import type { Problem } from "./problem.ts";
import type { AnswersFrom } from "./recorded-provider.ts";
import type { AnsweredReply, FailedReply, PreparedRequest, Reply, SteppedIn } from "./reply.ts";
import type { OfferedTool, ToolSpec } from "./tool.ts";
import type { Transcript, Usage } from "./transcript.ts";

/** The question of a trial before the provider's request is built. All trials of a case have the same question. */
export interface Question {
  readonly case_id: string;
  readonly input: Json;
  /** The prompt rendered for this case; null when the suite has no prompt. */
  readonly messages: readonly Message[] | null;
  /** The time available to templates as `clock`, fixed by the project. */
  readonly clock?: string | undefined;
  /** The required reply format, for providers that can enforce one. */
  readonly reply?: ReplyShape | undefined;
  /** Tools that the model may call; only used by clients that support them. */
  readonly tools?: readonly ToolSpec[] | undefined;
  /** The whole case, for the simulated user or the tools. It is never part of the request to the model. */
  readonly golden?: Case | undefined;
  /** For a variant of a trial: the preceding conversation, and the message or tool result that the variant adds. */
  readonly pressure?: UnderPressure | undefined;
  /** Time limit for all attempts of this call together, in addition to the deadline of each attempt. */
  readonly time?: CallTime | undefined;
}

/** The time that all attempts of one call may take together; waiting between the attempts does not count. */
export interface CallTime {
  /** Milliseconds that the call may still take. */
  left_ms: number;
  /** Whether the call was ended because no time was left. */
  expired: boolean;
}

/** The format of a reply that must be JSON with a schema. */
export interface ReplyShape {
  /** Letters, digits, "-" and "_". */
  readonly name: string;
  /** JSON Schema of the reply. The model writes the properties in the order of the schema. */
  readonly schema: Json;
}

/**
 * A connection to an application or model. It only sends requests: retry, limits, deadline and recording are wrappers
 * around it.
 */
export interface Client {
  /**
   * Builds the provider's request for a question. Pure and deterministic: a resumed run must get the same request.
   *
   * @throws {SettingMistake} when the settings cannot be applied to this question
   */
  prepare(question: Question): PreparedRequest;
  /**
   * Makes one attempt. May return a plain value when nothing has to be awaited.
   *
   * @param trial from 1
   * @param signal aborts the socket or process
   */
  send(
    request: PreparedRequest,
    question: Question,
    trial: number,
    signal: AbortSignal,
  ): Reply | Promise<Reply>;
  /** Number of available trials of this case, if known beforehand (recorded outputs). */
  available?(caseId: string): number;
  /** Whether the client applies the host's deadline itself, because only the client knows when an attempt starts. */
  readonly keepsDeadline?: boolean;
  /** Whether the client includes a question's tools in its requests, and the model's tool calls in its replies. */
  readonly takesTools?: boolean;
  /** Whether the client answers synchronously: without deadline, retry, limits and cache. */
  readonly immediate?: boolean;
  close(): Promise<void>;
}

/**
 * The values and functions that a provider needs from its environment. All of them come from `cli/`; tests pass fakes.
 */
export interface ProviderHost {
  /** Absolute path of the project root. */
  readonly root: string;
  /** Environment variables; those in the project root's `.env` have lower priority. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Trials in flight at once; determines the size of connection and process pools. */
  readonly concurrency: number;
  /** Deadline of one attempt in milliseconds. */
  readonly timeout_ms: number;
  /** Removes secrets from what a program or module prints; absent when there are none. */
  readonly clean?: ((text: string) => string) | undefined;
  /**
   * Handlers for what users' modules print and throw. Absent: those of `ownProcess` are used, which are for a process
   * that runs only this program.
   */
  readonly modules?: ModuleEvents | undefined;
  /** The ids of the whole dataset, before any filter; for sources of answers that must know every case. */
  readonly caseIds: () => Iterable<string>;
  /** Whether `warnings` of the opened target are wanted, as by `evals check`. */
  readonly warns?: boolean | undefined;
  /**
   * Opens the model with another alias, such as the model of a replay. @throws {SettingMistake} for an unknown alias
   */
  open(alias: string, at: readonly (string | number)[]): Promise<OpenTarget>;
}

/** What is known of the tools of a suite's agent before a trial. */
export interface KnownTools {
  /** Names of the tools that are offered; undefined when an MCP server lists its tools only in each trial. */
  readonly offered: readonly string[] | undefined;
  /** Names of all tools, including those that `allow` leaves out; undefined when not all are known. */
  readonly all: readonly string[] | undefined;
}

/** A client of a target, with the settings that define the target's behaviour. */
export interface OpenTarget {
  /** Sends requests to the target. Closing the client also closes all that was opened with it, even the fallback. */
  readonly client: Client;
  /** The model that is asked when the target gives no answer; absent when there is none. */
  readonly fallback?: { readonly alias: string; readonly target: OpenTarget } | undefined;
  /** Part of every case's key: provider kind, base_url, version, context… Without alias, price, timeout and secrets. */
  readonly identity: Json;
  /** The target's name in reports: `gpt-5.4-mini-2026-03-17`, a URL, a command line. */
  readonly label: string;
  /**
   * Repository files whose content defines the target's behaviour, relative to the root (a module and its imports).
   */
  readonly files: readonly string[];
  /**
   * Whether answers may be reused across runs: the request contains everything that matters, or `version:` represents
   * the rest.
   */
  readonly cacheable: boolean;
  readonly price: Price | null;
  /** The source of the price: `evalconfig.yaml` or `price table 2026-11`; absent when there is none. */
  readonly price_source?: string | undefined;
  /** Maximum output tokens of a reply according to its request; absent when unlimited. */
  readonly most_output?: number | null | undefined;
  /**
   * How a conversation is run, for a target whose trials are conversations. `client` above then sends one call
   * at a time, and the client made here returns one reply for the whole conversation.
   */
  readonly conversing?: Conversing | undefined;
  /** The tools of the suite's agent; absent when the target is itself the agent. */
  readonly tools?: KnownTools | undefined;
  /** Opens the target's batch service; absent when it has none. */
  readonly batch?: ((host: BatchHost) => Promise<BatchService>) | undefined;
  /** Warnings about what the target has read, if its host wants them; absent when it has none. */
  readonly warnings?: readonly Problem[] | undefined;
  /** Whether the target's replies may report their cost, so that no price is needed. */
  readonly tells_cost?: boolean | undefined;
}

/** The usage and cost of one call of a conversation. */
export interface PaidCall {
  readonly usage: Usage;
  /** US dollars; null when unknown. */
  readonly usd: number | null;
  /** US dollars that a budget counts for the call while `usd` is unknown; null when no budget needs the amount. */
  readonly most_usd: number | null;
  /** Tokens that a budget counts for the call while `usage` is unknown; null when no budget needs the number. */
  readonly most_tokens: number | null;
  /** Whether the reply was recorded, so that nothing was paid for it. */
  readonly recorded: boolean;
}

/** The budget account for one model's calls in a conversation. A call is identified by its question object. */
export interface CallAccount {
  /** Waits until the budget has room for the call. `stop`: the budget will never have room for it. */
  reserve(call: Question, request: PreparedRequest): Promise<"go" | "stop">;
  /**
   * Counts an answered call. @throws {Error} when the cost is unknown, so that a budget in dollars cannot be enforced
   */
  paid(call: Question, reply: AnsweredReply): PaidCall;
  /** Frees what was reserved for a call that ended without an answer. */
  release(call: Question): void;
  /** Ends these calls: their trial has an answer, and the answer's cost includes theirs. */
  answered(calls: readonly PaidCall[]): void;
  /** Records the cost of calls that no answer includes. */
  lost(caseId: string, calls: readonly PaidCall[]): void;
}

/** A model used in a conversation, wrapped in retries, limits and deadline, with its budget account. */
export interface ConversingModel {
  readonly client: Client;
  readonly account: CallAccount;
}

export interface ConversingDependencies {
  readonly target: ConversingModel;
  /** Null when no model plays the user. */
  readonly person: ConversingModel | null;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
}

/** The bounds of a number of calls. */
export interface CallRange {
  readonly least: number;
  readonly most: number;
}

/** How a trial with several calls is run: by a loop around the target's client. */
export interface Conversing {
  /**
   * The number of calls of the models, the simulated user's included, that a trial of the case takes when nothing is
   * tried again. A trial that errs, or that another limit than `steps` ends, may take fewer.
   */
  callsOf(golden: Case): CallRange;
  /** The model that plays the user; null when there is none. */
  readonly person: {
    readonly alias: string;
    readonly target: OpenTarget;
    /** The simulated user's first mistake in a conversation; undefined when there is none. */
    faultIn(golden: Case, transcript: Transcript): PersonFault | undefined;
  } | null;
  /** Hash of the simulated user; absent when there is none. Runs with different simulated users are not compared. */
  readonly played_by?: string | undefined;
  /**
   * Lists the agent's tools, so that their results can be recorded. Absent when the agent has no tools, or when a
   * recording already takes their place.
   */
  readonly offered?:
    | (() => Promise<
        | { readonly kind: "offered"; readonly tools: readonly OfferedTool[] }
        | { readonly kind: "lost"; readonly message: string }
      >)
    | undefined;
  /** A client whose reply is the whole conversation. */
  client(dependencies: ConversingDependencies): Client;
}

/** A request for a provider's list of models. */
export interface ModelListRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Values that must not appear in a message. */
  readonly secrets: readonly (string | undefined)[];
}

/** The entry of a model in the public list of models that the billing service publishes. */
export interface ListedModel {
  /** `openai`, `anthropic`, … */
  readonly service: string;
  readonly model: string;
  /** Whether a call is billed at the standard token price with no extra charges. */
  readonly plain: boolean;
}

/** Names of an API's parameters; for a parameter that is an object, the names of its members. */
export interface ParamNames {
  readonly [name: string]: ParamNames | null;
}

/**
 * A provider: one module and one line in `providers/registry.ts`. `settings` parses the whole model entry, so that a
 * typo anywhere is an error.
 */
export interface ProviderDefinition<S = unknown> {
  readonly kind: string;
  /** What the provider is, in one sentence for the reference in the documentation. */
  readonly about: string;
  readonly settings: z.ZodType<S>;
  /** `required`: a suite without a prompt is an error, because a chat model needs messages. */
  readonly prompt: "required" | "optional";
  /** The source of answers that were made before the run; absent for a live target. */
  readonly answersFrom?: AnswersFrom;
  /**
   * The parameters that a model's API is known to take. Others are sent as well, but a name that is nearly one of these
   * is reported.
   */
  params?(settings: S): Promise<ParamNames>;
  /** For a recording: alias of the model whose answers the recording contains. */
  replays?(settings: S): string;
  /**
   * Names of the environment variables with the provider's keys. They must be set for a run, but not for
   * `check`.
   */
  keys?(settings: S): readonly string[];
  /** Whether the keys are sent in HTTP headers, which do not allow every character. */
  readonly keysInHeaders?: boolean;
  /** Whether an answer's cost is unknown without a price; the default is true for providers that need a prompt. */
  needsPrice?(settings: S): boolean;
  /** The model name if it does not fix the model's version, which gets a warning; undefined for a fixed name. */
  floating?(settings: S): string | undefined;
  /** The model's entry in a public list of prices and shutdown dates; undefined for a self-hosted server. */
  listed?(settings: S): ListedModel | undefined;
  /** The request for the provider's list of models; undefined when the key is not set. */
  modelList?(
    settings: S,
    env: Readonly<Record<string, string | undefined>>,
  ): (ModelListRequest & { readonly model: string }) | undefined;
  /** Makes the target. Settings that name files of the repository are checked here. @throws {SettingMistake} */
  open(settings: S, host: ProviderHost): Promise<OpenTarget>;
}

export type { AnsweredReply, FailedReply, PreparedRequest, Reply, SteppedIn };
