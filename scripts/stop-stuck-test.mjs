// Vitest's time limits are timers, so a test that never gives its thread back is never stopped and holds CI for ever.
// A second thread watches the one that runs the tests and ends the process when it has not answered for too long.
import { Worker } from "node:worker_threads";

/** Milliseconds. A quick test works a few seconds in one stretch; one with real parts may wait for a whole program. */
const MAX_BLOCKED = process.env.TEST_KIND ? 900_000 : 120_000;

const watcher = `
  const { parentPort, workerData } = require("node:worker_threads");
  let answered = Date.now();
  parentPort.on("message", () => { answered = Date.now(); });
  let asked = Date.now();
  setInterval(() => {
    // A machine that slept, or gave this thread no turn, is no stuck test.
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
