import type { Dispatcher } from "undici";
import { CutReply } from "./network-failure.ts";
import { tooLong } from "./reply-text.ts";

/** A reply that has arrived completely. */
export interface ReplyBytes {
  readonly status: number;
  readonly headers: ReplyHeaders;
  /** The body; empty when it was consumed as it arrived. */
  readonly bytes: Buffer;
  readonly taken: boolean;
}

/**
 * Called with the headers of a reply. Returns a function that consumes the reply's bytes as they arrive, or
 * undefined to collect the whole reply. The returned function returns whether the reply is complete.
 */
export type Taker = (status: number, headers: ReplyHeaders) => ((bytes: Buffer) => boolean) | undefined;

/**
 * How long to wait, in milliseconds, for the server to end a reply that is already complete. The connection is closed
 * after that.
 */
const LAST_WORD_MS = 100;

/** The headers of a reply. They are decoded on demand, because most are never read. */
export class ReplyHeaders {
  readonly #raw: readonly (Buffer | string)[];

  /** @param raw names and values alternately, as Latin-1 bytes */
  constructor(raw: readonly (Buffer | string)[]) {
    this.#raw = raw;
  }

  /** The value of a header; several values are joined by ", ". @param name in upper or lower case */
  get(name: string): string | null {
    const wanted = name.toLowerCase();
    let value: string | null = null;
    for (let index = 0; index + 1 < this.#raw.length; index += 2) {
      const raw = this.#raw[index] as Buffer | string;
      if (raw.length !== wanted.length || text(raw).toLowerCase() !== wanted) continue;
      const found = text(this.#raw[index + 1] as Buffer | string);
      value = value === null ? found : `${value}, ${found}`;
    }
    return value;
  }

  has(name: string): boolean {
    return this.get(name) !== null;
  }

  /** Whether any header name contains this lower-case text. */
  mentions(part: string): boolean {
    for (let index = 0; index < this.#raw.length; index += 2) {
      const raw = this.#raw[index] as Buffer | string;
      if (raw.length > part.length && text(raw).toLowerCase().includes(part)) return true;
    }
    return false;
  }

  /** All headers, with lower-case names, each name once. */
  *entries(): IterableIterator<[name: string, value: string]> {
    const names = this.#raw.filter((_, index) => index % 2 === 0).map((raw) => text(raw).toLowerCase());
    for (const name of new Set(names)) yield [name, this.get(name) as string];
  }
}

function text(raw: Buffer | string): string {
  return typeof raw === "string" ? raw : raw.toString("latin1");
}

const NOTHING_MORE = (): void => {};

/**
 * Collects one reply of the HTTP client. The client's own `request` creates a stream per reply, which costs as much
 * as the rest of a short call.
 */
class ReplyCollector implements Dispatcher.DispatchHandler {
  readonly #signal: AbortSignal | null;
  readonly #resolve: (reply: ReplyBytes) => void;
  readonly #reject: (error: unknown) => void;
  #abort: ((reason: Error) => void) | null = null;
  #status = 0;
  #headers: ReplyHeaders | null = null;
  readonly #chunks: Buffer[] = [];
  readonly #taker: Taker | undefined;
  #take: ((bytes: Buffer) => boolean) | undefined;
  #givingUp: NodeJS.Timeout | undefined;

  constructor(
    signal: AbortSignal | null,
    resolve: (reply: ReplyBytes) => void,
    reject: (error: unknown) => void,
    taker?: Taker,
  ) {
    this.#taker = taker;
    this.#signal = signal;
    this.#resolve = resolve;
    this.#reject = reject;
    signal?.addEventListener("abort", this.#onAbort);
  }

  readonly #onAbort = (): void => this.#abort?.(this.#signal?.reason);

  onConnect(abort: (reason?: Error) => void): void {
    if (this.#signal?.aborted) abort(this.#signal.reason);
    else this.#abort = abort;
  }

  onHeaders(status: number, rawHeaders: Buffer[]): boolean {
    // Statuses 100 to 199 are interim replies.
    if (status < 200) return true;
    this.#status = status;
    this.#headers = new ReplyHeaders(rawHeaders);
    this.#take = this.#taker?.(status, this.#headers);
    return true;
  }

  onData(chunk: Buffer): boolean {
    if (this.#take === undefined) this.#chunks.push(chunk);
    else if (this.#givingUp === undefined) this.#hand(this.#take, chunk);
    return true;
  }

  /**
   * Passes a chunk on. After the reply is complete, the connection is read a little longer, because it can be
   * reused only when the server has ended the reply.
   */
  #hand(take: (bytes: Buffer) => boolean, chunk: Buffer): void {
    try {
      if (!take(chunk)) return;
      this.#end();
      this.#givingUp = setTimeout(() => this.#abort?.(new Error("the reply has ended")), LAST_WORD_MS);
      this.#givingUp.unref();
    } catch (error) {
      this.#reject(error);
      this.#abort?.(error as Error);
    }
  }

  onComplete(): void {
    this.#leave();
    this.#end();
  }

  #end(): void {
    const [first, ...more] = this.#chunks;
    const bytes = first === undefined || more.length > 0 ? Buffer.concat(this.#chunks) : first;
    const headers = this.#headers ?? new ReplyHeaders([]);
    this.#resolve({ status: this.#status, headers, bytes, taken: this.#take !== undefined });
  }

  onError(error: Error): void {
    this.#leave();
    if (this.#headers === null) this.#reject(error);
    else
      this.#reject(codeOf(error) === "UND_ERR_RES_EXCEEDED_MAX_SIZE" ? tooLong(error) : new CutReply(error));
  }

  #leave(): void {
    clearTimeout(this.#givingUp);
    this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#abort = NOTHING_MORE;
  }
}

function codeOf(error: unknown): unknown {
  return (error as { readonly code?: unknown } | null)?.code;
}

/**
 * Sends a request and collects its reply.
 *
 * @param taker consumes the reply as it arrives
 * @throws any error of the HTTP client, including the signal's reason; `CutReply` or `UnreadableReply` after the
 * reply has started
 */
export function collectReply(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  signal: AbortSignal | null,
  taker?: Taker,
): Promise<ReplyBytes> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) reject(signal.reason);
    else dispatcher.dispatch(options, new ReplyCollector(signal, resolve, reject, taker));
  });
}
