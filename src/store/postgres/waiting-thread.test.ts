import { Worker } from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import type { Asked } from "./thread-messages.ts";
import { startThread, type WaitingThread } from "./waiting-thread.ts";

/**
 * Code of a thread that sends heartbeats, exits at the question `die`, and replies to others with its own
 * number.
 */
const THREAD = `
  const { parentPort, workerData } = require("node:worker_threads");
  const { port, signal, number } = workerData;
  const counts = new Int32Array(signal);
  const beat = () => Atomics.add(counts, 1, 1);
  beat();
  setInterval(beat, 20);
  port.on("message", ({ text, kind }) => {
    if (text === "die") process.exit();
    port.postMessage({ kind: "rows", rows: [number, kind], changes: 0 });
    Atomics.add(counts, 0, 1);
    Atomics.notify(counts, 0);
  });
  parentPort.postMessage("ready");`;

describe("the thread that a history waits for", () => {
  const opened: WaitingThread[] = [];
  afterEach(() => {
    for (const one of opened.splice(0)) one.end();
  });
  async function thread() {
    let begun = 0;
    const one = await startThread("", {
      silent_ms: 1000,
      start: (options) =>
        new Worker(THREAD, {
          ...options,
          eval: true,
          workerData: { ...options.workerData, number: ++begun },
        }),
    });
    opened.push(one);
    return one;
  }
  const query = (text: string): Asked => ({ kind: "query", on: "main", text, values: [], lists: false });

  /**
   * Asks like the store: again after errors that may pass, such as a thread that starts slowly on a busy
   * machine.
   */
  const answered = (one: WaitingThread): readonly unknown[] => {
    for (let tries = 0; tries < 20; tries++)
      try {
        return one.ask(query("")).rows;
      } catch {}
    throw new Error("no reply");
  };

  it("may exit during a question: the question fails like on a lost connection, and another thread is started", async () => {
    const one = await thread();
    const [first] = answered(one);
    expect(() => one.ask(query("die"))).toThrow(
      expect.objectContaining({ passing: true, message: "the thread that talks to the database has ended" }),
    );
    expect(answered(one)[0]).toBeGreaterThan(first as number);
  });
});
