import type * as z from "zod";
import type { BatchHost, BatchService } from "./batch.ts";
import type { Case } from "./case.ts";
import type { Price } from "./config.ts";
import type { Json } from "./json.ts";
import type { Message } from "./message.ts";
import type { ModuleEvents } from "./module-events.ts";
import type { PersonFault } from "./person-fault.ts";
import type { UnderPressure } from "./pressure.ts";
import type { AnswersFrom } from "./recorded-provider.ts";
import type { AnsweredReply, FailedReply, PreparedRequest, Reply, SteppedIn } from "./reply.ts";
import type { OfferedTool, ToolSpec } from "./tool.ts";
import type { Transcript, Usage } from "./transcript.ts";

/** What a trial asks, before a provider has put it into its own words. The same for every trial of a case. */
export interface Question {
  readonly case_id: string;
  readonly input: Json;
  /** The prompt rendered for this case; null when the suite has no prompt. */
  readonly messages: readonly Message[] | null;
  /** What templates know as `clock`: a moment that the project fixes. */
  readonly clock?: string | undefined;
  /** What the reply must look like, for providers that can hold a model to it. */
  readonly reply?: ReplyShape | undefined;
  /** Tools that the model may ask for; only clients that take them look at it. */
  readonly tools?: readonly ToolSpec[] | undefined;
  /** The whole case, for whoever plays the person in it or runs its tools: never part of what the model is asked. */
  readonly golden?: Case | undefined;
  /** Of a variant of a trial: what goes before it, and the message or the tool result that it adds. */
  readonly pressure?: UnderPressure | undefined;
}

/** A reply that is to be JSON of one shape. */
export interface ReplyShape {
  /** Letters, digits, "-" and "_". */
  readonly name: string;
  /** JSON Schema; the order of properties is the order in which they are to be written. */
  readonly schema: Json;
}

/** One way to an application or model. Transport only: retry, limits, deadline and recording wrap it. */
export interface Client {
  /**
   * Puts a question into the provider's words. Pure and repeatable: a resumed run must get the same request.
   * @throws {SettingMistake} when the settings cannot be applied to this question
   */
  prepare(question: Question): PreparedRequest;
  /**
   * One attempt. May answer at once (a plain value) when nothing has to be waited for.
   * @param trial from 1
   * @param signal aborts down to the socket or process
   */
  send(
    request: PreparedRequest,
    question: Question,
    trial: number,
    signal: AbortSignal,
  ): Reply | Promise<Reply>;
  /** How many trials of this case can be had, when that is known beforehand (recorded outputs). */
  available?(caseId: string): number;
  /** It ends each attempt at the host's deadline itself: only it knows when an attempt begins. */
  readonly keepsDeadline?: boolean;
  /** It puts the tools of a question into its requests, and a model's calls of them into its replies. */
  readonly takesTools?: boolean;
  /** Nothing is waited for: no deadline, no retry, no limits, no cache. */
  readonly immediate?: boolean;
  close(): Promise<void>;
}

/** The outside, as a provider may use it. Everything arrives from `cli/`; a test passes fakes. */
export interface ProviderHost {
  /** Absolute path of the project root. */
  readonly root: string;
  /** Environment with `.env` of the project root below it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Trials in flight at once; sizes connection and process pools. */
  readonly concurrency: number;
  /** Deadline of one attempt in milliseconds. */
  readonly timeout_ms: number;
  /** Takes secrets out of what a program or module prints; absent where none is declared. */
  readonly clean?: ((text: string) => string) | undefined;
  /** Absent: the process is ours alone. */
  readonly modules?: ModuleEvents | undefined;
  /** The ids of the selected dataset, whole, before any filter; for sources that must know every case. */
  readonly caseIds: () => Iterable<string>;
  /** Opens another alias of the config (a replay's model). @throws {SettingMistake} for an unknown one */
  open(alias: string, at: readonly (string | number)[]): Promise<OpenTarget>;
}

/** A client with what of its settings defines behaviour. */
export interface OpenTarget {
  /** Closing it closes whatever was opened with it, the fallback too. */
  readonly client: Client;
  /** The model that is asked where this one gives no answer; absent when none is named. */
  readonly fallback?: { readonly alias: string; readonly target: OpenTarget } | undefined;
  /** Part of every case's key: provider kind, base_url, version, context… No alias, price, timeout or secret. */
  readonly identity: Json;
  /** `gpt-5.4-mini-2026-03-17`, a URL, a command line; for people. */
  readonly label: string;
  /** Files of the repository whose content defines behaviour, relative to the root (a module and its imports). */
  readonly files: readonly string[];
  /** Answers may be reused across runs: what is asked is all in the request, or a `version:` stands for the rest. */
  readonly cacheable: boolean;
  readonly price: Price | null;
  /** Who says what it costs: `evalconfig.yaml` or `price table 2026-11`; absent where nobody does. */
  readonly price_source?: string | undefined;
  /** Tokens that a reply has at most, as its request says; absent where nothing bounds it. */
  readonly most_output?: number | null | undefined;
  /** A trial is a conversation: several calls of the client, one reply. Its client prepares a trial and sends one call. */
  readonly conversing?: Conversing | undefined;
  /** Its way to answer many requests later; absent where it has none. */
  readonly batch?: ((host: BatchHost) => Promise<BatchService>) | undefined;
  /** Its replies may say what they cost, so that no price is needed. */
  readonly tells_cost?: boolean | undefined;
}

/** What one call of a conversation took. */
export interface PaidCall {
  readonly usage: Usage;
  /** US dollars; null where they are unknown. */
  readonly usd: number | null;
}

/** Who pays for the calls of one model in a conversation. A call is known by its question, an object of its own. */
export interface CallAccount {
  /** Waits until there is room for the call. `stop`: there will be none. */
  reserve(call: Question, request: PreparedRequest): Promise<"go" | "stop">;
  /** Counts a call that was answered. @throws {Error} when a budget in dollars cannot be kept, since its cost is unknown */
  paid(call: Question, reply: AnsweredReply): PaidCall;
  /** The call has ended without an answer. */
  release(call: Question): void;
  /** Keeps what was paid for a trial that has no answer. */
  lost(caseId: string, calls: readonly PaidCall[]): void;
}

/** A model that is asked in a conversation: inside its retries, limits and deadline, and who pays for it. */
export interface ConversingModel {
  readonly client: Client;
  readonly account: CallAccount;
}

export interface ConversingDependencies {
  readonly target: ConversingModel;
  /** Null where no model plays the person. */
  readonly person: ConversingModel | null;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
}

/** How a trial is held that takes several calls: by a loop around the target's client, in which each call is a call of its own. */
export interface Conversing {
  /** The model that plays the person; null where none does. */
  readonly person: {
    readonly alias: string;
    readonly target: OpenTarget;
    /** The first thing that it did wrong in a conversation; undefined where it did its part. */
    faultIn(golden: Case, transcript: Transcript): PersonFault | undefined;
  } | null;
  /** Hash of who plays the person; absent where nobody does. Runs with different people are not compared. */
  readonly played_by?: string | undefined;
  /**
   * The tools of its agent, for who records what they answer; absent where there is none, and where they answer from a
   * recording themselves.
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
  /** What no message may hold. */
  readonly secrets: readonly (string | undefined)[];
}

/** A model in the public list of the service that bills for it. */
export interface ListedModel {
  /** `openai`, `anthropic`, … */
  readonly service: string;
  readonly model: string;
  /** A call costs its tokens at the usual rate and nothing else. */
  readonly plain: boolean;
}

/**
 * A provider: one module and one line in `providers/registry.ts`.
 * `settings` reads the whole model entry, so that a typo anywhere in it is a mistake.
 */
export interface ProviderDefinition<S = unknown> {
  readonly kind: string;
  /** One sentence for the reference. */
  readonly about: string;
  readonly settings: z.ZodType<S>;
  /** `required`: a suite without a prompt is a mistake (a chat model has nothing to say). */
  readonly prompt: "required" | "optional";
  /** Where its answers come from, when they were made before the run; absent where it is asked. */
  readonly answersFrom?: AnswersFrom;
  /** Of a recording: alias of the model whose answers it holds. */
  replays?(settings: S): string;
  /** Names of environment variables that hold keys; checked before a run, never read by `check`. */
  keys?(settings: S): readonly string[];
  /** The keys are sent in HTTP headers, which cannot hold every text. */
  readonly keysInHeaders?: boolean;
  /** Whether its cost is unknown without a price; where it does not say, that of a provider that needs a prompt is. */
  needsPrice?(settings: S): boolean;
  /** A floating model name gets a warning. */
  floating?(settings: S): string | undefined;
  /** Where a model is in a public list of prices and shutdown dates; undefined for a server of one's own. */
  listed?(settings: S): ListedModel | undefined;
  /** How its list of models is asked for; undefined when the key is not set. */
  modelList?(
    settings: S,
    env: Readonly<Record<string, string | undefined>>,
  ): (ModelListRequest & { readonly model: string }) | undefined;
  /** Loads what is heavy, checks what needs the repository. @throws {SettingMistake} */
  open(settings: S, host: ProviderHost): Promise<OpenTarget>;
}

export type { AnsweredReply, FailedReply, PreparedRequest, Reply, SteppedIn };
