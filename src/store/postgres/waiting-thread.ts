import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  Worker,
  type WorkerOptions,
} from "node:worker_threads";
import { PostgresFailure } from "./postgres-mistakes.ts";
import { type Asked, BEATS, REPLIES, type Reply, type ThreadData } from "./thread-messages.ts";

export interface WaitingThread {
  /**
   * Sends a request and blocks this thread until the reply arrives.
   *
   * @throws {PostgresFailure}
   */
  ask(asked: Asked): Extract<Reply, { kind: "rows" }>;
  end(): void;
}

export interface ThreadOptions {
  /** Starts the thread; default: `thread-entry.ts`. */
  readonly start?: typeof threadWith;
  /** How long a thread may send no heartbeat before it is given up, in milliseconds. */
  readonly silent_ms?: number;
}

/** Interval at which the waiting thread looks for heartbeats, in milliseconds. */
const LOOK_MS = 250;
/** How long a thread may take to load on a busy machine, in milliseconds. */
const START_MS = 60_000;
/**
 * How long a thread may send no heartbeat before it is given up, in milliseconds. A thread that is only busy may be
 * given up, too. No answer is lost then, because the work is repeated as after a lost connection.
 */
const SILENT_MS = 20_000;

/**
 * Starts a worker thread that talks to PostgreSQL. The store's interface is synchronous, because SQLite answers
 * within microseconds; here the caller is blocked for a network round trip. When the thread dies, the waiting
 * request fails as with a lost connection, and the next request starts another thread.
 */
export async function startThread(
  url: string,
  { start = threadWith, silent_ms = SILENT_MS }: ThreadOptions = {},
): Promise<WaitingThread> {
  let isClosed = false;
  let current: RunningThread | undefined;
  /** The request for heartbeats, which is sent again to every new thread. */
  let beat: Asked | undefined;
  const begin = (): RunningThread => {
    const begun = beginThread(url, start);
    // Without a listener, `error` would end the process. It is followed by `exit`, whose listener is below.
    begun.worker.on("error", () => {});
    begun.worker.on("exit", () => abandon(begun));
    current = begun;
    return begun;
  };
  const abandon = (gone: RunningThread): void => {
    if (current === gone) current = undefined;
    gone.port.close();
    void gone.worker.terminate();
  };
  const ask: WaitingThread["ask"] = (asked) => {
    if (isClosed) throw new Error("the history is closed");
    if (asked.kind === "beat") beat = asked;
    if (current === undefined) {
      begin();
      if (beat !== undefined && asked !== beat) ask(beat);
    }
    const thread = current ?? begin();
    const reply = replyOf(thread, asked, silent_ms);
    if (reply === undefined) {
      abandon(thread);
      // As with a lost connection, the statement may have been carried out.
      throw new PostgresFailure({
        code: null,
        message: "the thread that talks to the database has ended",
        passing: true,
      });
    }
    if (reply.kind === "failed") throw new PostgresFailure(reply);
    return reply;
  };
  const { worker } = begin();
  // Waits until the thread has loaded, because one that fails to load would never reply.
  await new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
  return {
    ask,
    end: () => {
      isClosed = true;
      if (current !== undefined) abandon(current);
    },
  };
}

interface RunningThread {
  readonly worker: Worker;
  readonly port: MessagePort;
  /** The counters of replies and of heartbeats, at the indices `REPLIES` and `BEATS`. */
  readonly counts: Int32Array;
}

function beginThread(url: string, start: typeof threadWith): RunningThread {
  const counts = new Int32Array(new SharedArrayBuffer(8));
  const { port1: port, port2: theirs } = new MessageChannel();
  const workerData: ThreadData = { url, signal: counts.buffer as SharedArrayBuffer, port: theirs };
  const worker = start({ workerData, transferList: [theirs] });
  worker.unref();
  port.unref();
  return { worker, port, counts };
}

/**
 * Waits for the reply; undefined when the other thread stops sending heartbeats first. Replies and heartbeats are
 * counted in shared memory, because this thread receives no events while it waits.
 */
function replyOf({ port, counts }: RunningThread, asked: Asked, silent_ms: number): Reply | undefined {
  const before = Atomics.load(counts, REPLIES);
  let beats = Atomics.load(counts, BEATS);
  let silent = 0;
  port.postMessage(asked);
  while (Atomics.wait(counts, REPLIES, before, LOOK_MS) === "timed-out") {
    const now = Atomics.load(counts, BEATS);
    silent = now === beats ? silent + LOOK_MS : 0;
    beats = now;
    if (silent >= (now === 0 ? START_MS : silent_ms)) return undefined;
  }
  return (receiveMessageOnPort(port) as { readonly message: Reply } | undefined)?.message;
}

/** In the build, the thread's code is a separate file; from source, jiti loads the TypeScript. */
export function threadWith(options: WorkerOptions): Worker {
  const here = import.meta.url;
  if (!here.endsWith(".ts")) {
    const entry = here.includes("/chunks/") ? "../history-thread.js" : "./history-thread.js";
    return new Worker(new URL(entry, here), options);
  }
  const jiti = createRequire(here).resolve("jiti");
  const entry = fileURLToPath(new URL("./thread-entry.ts", here));
  const source = `require(${JSON.stringify(jiti)}).createJiti(${JSON.stringify(entry)}).import(${JSON.stringify(entry)});`;
  return new Worker(source, { ...options, eval: true });
}
