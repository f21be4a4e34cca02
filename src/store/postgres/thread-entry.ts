import { parentPort, workerData } from "node:worker_threads";
import { isPassingInUse } from "../../postgres/connection-mistakes.ts";
import { openConnections } from "./connections.ts";
import {
  type Asked,
  BEATS,
  type ConnectionName,
  REPLIES,
  type Reply,
  type ThreadData,
} from "./thread-messages.ts";

// The worker thread that talks to PostgreSQL while the main thread waits for its reply.

const { url, signal, port } = workerData as ThreadData;
const counts = new Int32Array(signal);
const connections = openConnections(url);
/** Interval of this thread's heartbeats, in milliseconds. */
const ALIVE_MS = 200;

port.on("message", async (asked: Asked) => {
  const reply = await answer(asked);
  port.postMessage(reply);
  Atomics.add(counts, REPLIES, 1);
  Atomics.notify(counts, REPLIES);
});

async function answer(asked: Asked): Promise<Reply> {
  try {
    return await work(asked);
  } catch (error) {
    const { code = null, message } = error as { code?: string | null; message: string };
    return { kind: "failed", code, message, passing: isPassingInUse(error) };
  }
}

async function work(asked: Asked): Promise<Reply> {
  const on: ConnectionName = "on" in asked ? asked.on : "main";
  if (asked.kind === "query") return connections.query(on, asked);
  if (asked.kind === "drop") await connections.drop(on);
  else if (asked.kind === "pause") await new Promise((resolve) => setTimeout(resolve, asked.ms));
  else if (asked.kind === "beat") await connections.beat(asked.text, asked.values, asked.every_ms);
  else await connections.close();
  return { kind: "rows", rows: [], changes: 0 };
}

const beat = () => Atomics.add(counts, BEATS, 1);
// The first one says that the thread has loaded: one that has not is waited for longer.
beat();
setInterval(beat, ALIVE_MS);
parentPort?.postMessage("ready");
