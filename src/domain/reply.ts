import type { Price } from "./config.ts";
import type { Json } from "./json.ts";
import type { Message, ToolCall } from "./message.ts";
import type { ErrorKind, Tries } from "./outcome.ts";
import type { ReportedLimit } from "./reported-limit.ts";
import type { Trajectory } from "./trajectory.ts";
import type { Unreported, Usage } from "./transcript.ts";

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
  /** What an application reports of its way to the answer, beyond messages and tool calls. */
  readonly trajectory?: Trajectory | undefined;
  /** What it does not report, where its missing members do not show that: a conversation holds messages of ours, too. */
  readonly untold?: readonly Unreported[] | undefined;
  /** The reply's body as received, secrets removed; kept with the transcript. */
  readonly raw?: string | undefined;
  /** The reply before personal data was taken out; never kept. Absent where nothing is taken out. */
  readonly unredacted?:
    | Pick<AnsweredReply, "output" | "messages" | "tool_calls" | "refusal" | "trajectory">
    | undefined;
  /** What its headers say of the provider's limits; absent where they say nothing. */
  readonly limits?: readonly ReportedLimit[] | undefined;
  /** How it came about; absent where one attempt was enough and waited less than a second. */
  readonly tries?: Tries | undefined;
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
  /** Milliseconds to wait, when the other side asked for a wait. */
  readonly retry_after_ms?: number | undefined;
  /** Nobody answered at all (refused, DNS): a run whose first calls all end so is stopped early. */
  readonly unreachable?: boolean | undefined;
  /** There was no room for one more just now, at the other side or on this machine: the request itself may be fine. */
  readonly busy?: boolean | undefined;
  /** Nothing more will be answered for long, whatever was answered before; the first such refusal ends a run. */
  readonly closed?: "no-money" | "long-wait" | "only-refusals" | "silent" | undefined;
  /** The request never left this machine (a recording is missing): not counted as a call. */
  readonly unsent?: boolean | undefined;
  /** There was no money for a further call of its conversation: nothing failed. */
  readonly unaffordable?: boolean | undefined;
  /** It only waited for its turn when no new trials were wanted any more: nothing was asked, and nothing failed. */
  readonly withdrawn?: boolean | undefined;
  /** It is in a batch, or will: nothing failed, and its answer comes with a later session. */
  readonly waiting?: boolean | undefined;
  /** As of an answer. */
  readonly tries?: Tries | undefined;
  /** The kind of failure will be the same for every trial (401, unknown model, command not found). */
  readonly fatal?: boolean | undefined;
}
