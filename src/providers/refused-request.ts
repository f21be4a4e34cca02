import type { FailedReply } from "../domain/provider.ts";
import { errorWordsIn } from "./error-words.ts";
import { oneLine } from "./failed-reply.ts";
import {
  type HeaderReader,
  isDaily,
  isOutOfMoney,
  isOverloaded,
  isTooLarge,
  retryAfter,
  waitInBody,
} from "./server-refusal.ts";
import { isTemporary, isTransient, isUsedUp } from "./transient-failures.ts";

/** An HTTP reply with an error status. */
export interface RefusedRequest {
  readonly status: number;
  readonly header: HeaderReader;
  readonly body: string;
  /** Host and path, shown in the message. */
  readonly where: string;
  /** Removes API keys from the server's text. */
  readonly redact: (text: string) => string;
  /** Milliseconds since 1970, UTC. */
  readonly now: number;
  /**
   * Whether calls to this API cost money. Only then does an error text about money mean that the user's account is
   * empty.
   */
  readonly paidApi?: boolean | undefined;
}

/** The target of a redirect, without user name and query, which may hold keys. */
function leadsTo(location: string | null | undefined): string {
  const place = /^(?:https?:\/\/(?:[^/?#@]*@)?)?([^?#]*)/i.exec(location ?? "")?.[1] ?? "";
  return place === ""
    ? "it redirects to another address, which is not followed"
    : `it redirects to ${place}, which is not followed`;
}

/** Classifies an error status. */
export function failureOfStatus({
  status,
  header,
  body,
  where,
  redact,
  now,
  paidApi = false,
}: RefusedRequest): FailedReply {
  const stated = errorWordsIn(body);
  const message = status >= 300 && status < 400 ? leadsTo(header("location")) : stated.message;
  const failed = {
    kind: "failed",
    error: status === 429 ? "rate-limit" : "provider",
    message: oneLine(redact(`${status} from ${where}${message ? `: ${message}` : ""}`)),
  } as const;
  const headers = retryAfter(header, now);
  const inBody = waitInBody(body, now);
  const wait =
    headers === undefined || inBody === undefined ? (headers ?? inBody) : Math.max(headers, inBody);
  // Waiting does not help when the account has no credit.
  if (isOutOfMoney(status, stated, { paidApi, wait }))
    return { ...failed, transient: false, fatal: true, closed: "no-money" };
  if (status === 401 || status === 403) return { ...failed, transient: false, fatal: true };
  if (isUsedUp(status, body) || (status === 429 && wait === undefined && isDaily(stated.message)))
    return { ...failed, transient: false, closed: "long-wait" };
  const transient = isTransient(status, stated.codes, where) && !(status === 429 && isTooLarge(body));
  if (!transient) return { ...failed, transient };
  const busy =
    status === 429 ||
    status === 529 ||
    (status < 500 && isTemporary(stated.codes)) ||
    (status === 503 && (wait !== undefined || isOverloaded(body)));
  // Servers and proxies that limit how many calls they take at once often refuse the others by a plain 503.
  const may_be_busy = status === 503 && !busy;
  return {
    ...failed,
    transient,
    ...(busy && { busy }),
    ...(may_be_busy && { may_be_busy }),
    ...(wait !== undefined && { retry_after_ms: wait }),
  };
}
