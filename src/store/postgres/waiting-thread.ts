import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { MessageChannel, receiveMessageOnPort, Worker, type WorkerOptions } from "node:worker_threads";
import { PostgresFailure } from "./postgres-mistakes.ts";
import type { Asked, Reply, ThreadData } from "./thread-messages.ts";

export interface WaitingThread {
  /**
   * Sends a question and blocks this thread until the reply arrives.
   *
   * @throws {PostgresFailure}
   */
  ask(asked: Asked): Extract<Reply, { kind: "rows" }>;
  end(): void;
}

/**
 * A worker thread that talks to PostgreSQL. The store's interface is synchronous, because SQLite answers within
 * microseconds; here the caller blocks for a network round trip.
 */
export async function startThread(url: string): Promise<WaitingThread> {
  const signal = new SharedArrayBuffer(4);
  const flag = new Int32Array(signal);
  const { port1: port, port2: theirs } = new MessageChannel();
  const workerData: ThreadData = { url, signal, port: theirs };
  const worker = threadWith({ workerData, transferList: [theirs] });
  // A thread that fails to load would never reply.
  await new Promise((resolve, reject) => {
    port.once("message", resolve);
    worker.once("error", reject);
  });
  worker.unref();
  port.unref();
  // Asking a dead thread would block forever.
  let died: Error | undefined;
  worker.on("error", (error) => {
    died = error;
  });
  return {
    ask: (asked) => {
      if (died !== undefined) throw died;
      const before = Atomics.load(flag, 0);
      port.postMessage(asked);
      Atomics.wait(flag, 0, before);
      const received = receiveMessageOnPort(port) as { readonly message: Reply } | undefined;
      if (received === undefined) throw new Error("the thread of the history gave no reply");
      const { message: reply } = received;
      if (reply.kind === "failed") throw new PostgresFailure(reply);
      return reply;
    },
    end: () => {
      died = new Error("the history is closed");
      port.close();
      void worker.terminate();
    },
  };
}

/** In the build, the thread's code is a separate file; from source, jiti loads the TypeScript. */
function threadWith(options: WorkerOptions): Worker {
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
