import type { Price } from "./config.ts";
import type { Json } from "./json.ts";
import type { Message, ToolCall } from "./message.ts";
import type { ErrorKind, Tries } from "./outcome.ts";
import type { ReportedLimit } from "./reported-limit.ts";
import type { Trajectory } from "./trajectory.ts";
import type { Unreported, Usage } from "./transcript.ts";

/**
 * A question in the provider's format: everything that determines the answer, and nothing secret. Its canonical JSON
 * is hashed for the cache, recordings and the fingerprint, and stored as the request.
 */
export type PreparedRequest = { readonly [key: string]: Json };

/** The result of one attempt. An expected failure is a value; an exception is a bug of this program. */
export type Reply = AnsweredReply | FailedReply;

export interface AnsweredReply {
  readonly kind: "answered";
  readonly output: string;
  readonly messages?: readonly Message[] | undefined;
  readonly tool_calls?: readonly ToolCall[] | undefined;
  readonly usage?: Usage | undefined;
  /** Set only by sources that measured the latency (recordings, outputs); otherwise the engine measures it. */
  readonly latency_ms?: number | null | undefined;
  readonly cost_usd?: number | null | undefined;
  /** Milliseconds that the attempt waited in the queue; they are not part of the latency. */
  readonly waited_ms?: number | undefined;
  readonly model?: string | null | undefined;
  readonly finish_reason?: string | null | undefined;
  readonly refusal?: string | null | undefined;
  /** The trajectory that an application reports, beyond messages and tool calls. */
  readonly trajectory?: Trajectory | undefined;
  /**
   * Parts of the transcript that the application does not report. Set only for a reply whose conversation also contains
   * messages of this program. In any other reply, the unreported parts are simply absent.
   */
  readonly untold?: readonly Unreported[] | undefined;
  /** The reply's body as received, without secrets; stored with the transcript. */
  readonly raw?: string | undefined;
  /** The reply before redaction; never stored. Absent when nothing was redacted. */
  readonly unredacted?:
    | Pick<AnsweredReply, "output" | "messages" | "tool_calls" | "refusal" | "trajectory">
    | undefined;
  /** The rate limits that the provider stated in headers; absent when there are none. */
  readonly limits?: readonly ReportedLimit[] | undefined;
  /** Attempts and waiting time; absent for one attempt that waited less than a second. */
  readonly tries?: Tries | undefined;
  /** The fallback model that answered; absent when none did. */
  readonly fallback?: SteppedIn | undefined;
  /** Whether the reply was read from a file, so that it does not count as a call. */
  readonly recorded?: boolean | undefined;
}

/** A fallback model that answered, and its token price. */
export interface SteppedIn {
  readonly alias: string;
  readonly price: Price | null;
}

export interface FailedReply {
  readonly kind: "failed";
  readonly error: ErrorKind;
  /** One line for the user: what failed and where. Never contains a key or an Authorization value. */
  readonly message: string;
  /** Whether a retry may help (429, 5xx, a broken connection); not for a 400 or an unreadable reply. */
  readonly transient: boolean;
  /** The reported usage of an unusable reply, which is billed anyway. */
  readonly usage?: Usage | undefined;
  /** US dollars, if the server reports them. */
  readonly cost_usd?: number | undefined;
  /** Whether the request was sent but no reply came, so that it is unknown whether the request is billed. */
  readonly may_be_billed?: boolean | undefined;
  /** The provider's rate limits, as in `AnsweredReply`. */
  readonly limits?: readonly ReportedLimit[] | undefined;
  /** Milliseconds to wait, if the server asked for a wait. */
  readonly retry_after_ms?: number | undefined;
  /** Whether no server answered at all (refused, DNS): a run whose first calls all fail this way is stopped early. */
  readonly unreachable?: boolean | undefined;
  /** Whether the server or this machine lacked capacity; the request itself may be valid. */
  readonly busy?: boolean | undefined;
  /** Whether the server may have lacked capacity without saying so. It is taken for that while other calls are answered. */
  readonly may_be_busy?: boolean | undefined;
  /** Whether the connection was cut before the reply began, as a server does that has too many of them. */
  readonly cut?: boolean | undefined;
  /** Why nothing will be answered for a long time; the first such failure ends a run. */
  readonly closed?: "no-money" | "long-wait" | "only-refusals" | "silent" | undefined;
  /** Whether the request was not sent (a recording is missing), so that it does not count as a call. */
  readonly unsent?: boolean | undefined;
  /** Whether the budget did not allow a further call of the conversation; this is not an error. */
  readonly unaffordable?: boolean | undefined;
  /**
   * Whether the call was cancelled while waiting in the queue, because no new trials were wanted; nothing was
   * sent.
   */
  readonly withdrawn?: boolean | undefined;
  /**
   * Whether the request is or will be in a batch. This is not an error: the answer comes with a later session.
   */
  readonly waiting?: boolean | undefined;
  /** Attempts and waiting time, as in `AnsweredReply`. */
  readonly tries?: Tries | undefined;
  /** Whether every trial will fail in the same way (401, unknown model, command not found). */
  readonly fatal?: boolean | undefined;
}
