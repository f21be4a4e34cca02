import type * as z from "zod";
import type { Case } from "./case.ts";
import type { Price } from "./config.ts";
import type { Json } from "./json.ts";
import type { Message, ToolCall } from "./message.ts";
import type { ModuleEvents } from "./module-events.ts";
import type { ErrorKind } from "./outcome.ts";
import type { AnswersFrom } from "./recorded-provider.ts";
import type { ReportedLimit } from "./reported-limit.ts";
import type { ToolSpec } from "./tool.ts";
import type { Trajectory } from "./trajectory.ts";
import type { Untold, Usage } from "./transcript.ts";

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
}

/** A reply that is to be JSON of one shape. */
export interface ReplyShape {
  /** Letters, digits, "-" and "_". */
  readonly name: string;
  /** JSON Schema; the order of properties is the order in which they are to be written. */
  readonly schema: Json;
}

/**
 * A question in the provider's words: everything that decides the answer and nothing secret. Its canonical JSON is
 * hashed for the cache, recordings and the fingerprint, and it is what the store keeps as the request.
 */
export type PreparedRequest = { readonly [key: string]: Json };

/** What one attempt brought back. An expected failure is a value; a throw is a bug of ours. */
export type Reply = AnsweredReply | FailedReply;

export interface AnsweredReply {
  readonly kind: "answered";
  readonly output: string;
  readonly messages?: readonly Message[] | undefined;
  readonly tool_calls?: readonly ToolCall[] | undefined;
  readonly usage?: Usage | undefined;
  /** Given only by sources that measured it themselves (recordings, outputs); else the engine measures. */
  readonly latency_ms?: number | null | undefined;
  readonly cost_usd?: number | null | undefined;
  /** Milliseconds that the attempt waited for its turn before it began: no part of its latency. */
  readonly waited_ms?: number | undefined;
  readonly model?: string | null | undefined;
  readonly finish_reason?: string | null | undefined;
  readonly refusal?: string | null | undefined;
  /** What an application tells of its way to the answer, beyond messages and tool calls. */
  readonly trajectory?: Trajectory | undefined;
  /** What it does not tell, where that cannot be seen by what it lacks: a conversation holds messages of ours, too. */
  readonly untold?: readonly Untold[] | undefined;
  /** The reply's body as received, secrets removed; kept with the transcript. */
  readonly raw?: string | undefined;
  /** What it said before personal data was taken out; never kept. Absent where nothing is taken out. */
  readonly unredacted?:
    | Pick<AnsweredReply, "output" | "messages" | "tool_calls" | "refusal" | "trajectory">
    | undefined;
  /** What its headers say of the provider's limits; absent where they say nothing. */
  readonly limits?: readonly ReportedLimit[] | undefined;
  /** The model of the config that stepped in for the one that was asked; absent when none did. */
  readonly fallback?: SteppedIn | undefined;
  /** It was read from a file rather than asked: it is not counted as a call. */
  readonly recorded?: boolean | undefined;
}

/** A model that answered in another's place, and what its tokens cost. */
export interface SteppedIn {
  readonly alias: string;
  readonly price: Price | null;
}

export interface FailedReply {
  readonly kind: "failed";
  readonly error: ErrorKind;
  /** One line for a person: what failed and where. Never a key, never an Authorization value. */
  readonly message: string;
  /** Asking again may help (429, 5xx, a cut connection); a 400 or an unreadable reply will not. */
  readonly transient: boolean;
  /** What the other side says it took, though its reply cannot be used: it is billed all the same. */
  readonly usage?: Usage | undefined;
  /** US dollars, where the other side names them. */
  readonly cost_usd?: number | undefined;
  /** It was sent and no reply came back: whether it is billed nobody knows. */
  readonly may_be_billed?: boolean | undefined;
  /** As of an answer. */
  readonly limits?: readonly ReportedLimit[] | undefined;
  /** Milliseconds to wait, when the other side said so. */
  readonly retry_after_ms?: number | undefined;
  /** Nobody answered at all (refused, DNS): a run whose first calls all end so is stopped early. */
  readonly unreachable?: boolean | undefined;
  /** There was no room for one more just now, at the other side or on this machine: nothing is said of the request. */
  readonly busy?: boolean | undefined;
  /** Nothing more will be answered for long, whatever was answered before; the first such refusal ends a run. */
  readonly closed?: "no-money" | "long-wait" | "only-refusals" | undefined;
  /** The request never left this machine (a recording is missing): not counted as a call. */
  readonly unsent?: boolean | undefined;
  /** There was no money for a further call of its conversation: nothing failed. */
  readonly unaffordable?: boolean | undefined;
  /** It only waited for its turn when no new trials were wanted any more: nothing was asked, and nothing failed. */
  readonly withdrawn?: boolean | undefined;
  /** The kind of failure will be the same for every trial (401, unknown model, command not found). */
  readonly fatal?: boolean | undefined;
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
  /** Its replies may say what they cost, so that no price is needed. */
  readonly tells_cost?: boolean | undefined;
}

/** What one call of a conversation took. */
export interface PaidCall {
  readonly usage: Usage;
  /** US dollars; null where nobody knows. */
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
  readonly person: { readonly alias: string; readonly target: OpenTarget } | null;
  /** Hash of who plays the person; absent where nobody does. Runs with different people are not compared. */
  readonly played_by?: string | undefined;
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
  /** Where a model stands in a public list of prices and shutdown dates; undefined for a server of one's own. */
  listed?(settings: S): ListedModel | undefined;
  /** How its list of models is asked for; undefined when the key is not set. */
  modelList?(
    settings: S,
    env: Readonly<Record<string, string | undefined>>,
  ): (ModelListRequest & { readonly model: string }) | undefined;
  /** Loads what is heavy, checks what needs the repository. @throws {SettingMistake} */
  open(settings: S, host: ProviderHost): Promise<OpenTarget>;
}
