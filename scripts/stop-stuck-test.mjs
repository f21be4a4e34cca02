// Vitest's time limits are timers, so a test that blocks its thread is never stopped, and CI waits for ever.
// This starts a second thread, which ends the process when the thread with the tests has not responded for too
// long.
import { Worker } from "node:worker_threads";

/**
 * Milliseconds that a test may block its thread. A quick test blocks for a few seconds; one with real programs
 * may wait for them.
 */
const MAX_BLOCKED = process.env.TEST_KIND ? 900_000 : 120_000;

const watcher = `
  const { parentPort, workerData } = require("node:worker_threads");
  let answered = Date.now();
  parentPort.on("message", () => { answered = Date.now(); });
  let asked = Date.now();
  setInterval(() => {
    // If this thread itself did not run, because the machine slept or was busy, the test is not stuck.
    const now = Date.now();
    if (now - asked > 10_000) answered = now;
    asked = now;
    if (now - answered < workerData.most) return;
    require("node:fs").writeSync(2, "A test has blocked its thread for " + workerData.most / 1000 + " s: " + workerData.file + "\\n");
    process.kill(process.pid, "SIGKILL");
  }, 1_000);
`;

const file = globalThis.__vitest_worker__?.filepath ?? "unknown file";
const worker = new Worker(watcher, { eval: true, workerData: { file, most: MAX_BLOCKED } });
worker.unref();
setInterval(() => worker.postMessage(null), 1_000).unref();
