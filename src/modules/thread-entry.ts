// The code of a worker thread that runs a user's module. Built as a separate file: dist/thread-entry.js.

import { AsyncLocalStorage } from "node:async_hooks";
import { parentPort, workerData } from "node:worker_threads";
import { exportedCases } from "./exported-cases.ts";
import { exportedSuite, functionAt } from "./exported-suite.ts";
import { exportedTools } from "./exported-tools.ts";
import { keepDescriptorFree } from "./free-stdout.ts";
import { type LoadedModule, loadModule } from "./load-module.ts";
import { thrownMessage, thrownWords } from "./returned-value.ts";
import { type FromThread, SHARED, type ThreadData, type ToThread } from "./thread-messages.ts";
import {
  argumentsOf,
  type CallOutcome,
  isThenable,
  returned,
  threw,
  type UserFunction,
} from "./user-function.ts";

/** Interval of the heartbeat that shows that the thread's event loop is running, in milliseconds. */
const BEAT_MS = 20;

interface Call {
  readonly id: number;
  readonly controller: AbortController;
  readonly started: number;
  outcome: CallOutcome | undefined;
  /** Milliseconds from the start of the call to its result. */
  ms: number;
}

const { root, file, gives, beside = [], shared } = workerData as ThreadData;
const state = new Int32Array(shared);
const port = parentPort;
if (port === null) throw new Error("This file must run as a worker thread.");
const send = (message: FromThread): void => port.postMessage(message);

const calls = new Map<number, Call>();
/**
 * The number of the call whose code runs. An error that this code throws later, outside of the call, still
 * belongs to the call.
 */
const owner = new AsyncLocalStorage<number>();
const waiting: (ToThread & { type: "call" })[] = [];
let done: Call[] = [];
let turning = false;

function finish(call: Call, outcome: CallOutcome): void {
  if (call.outcome !== undefined) return;
  call.outcome = outcome;
  call.ms = performance.now() - call.started;
  done.push(call);
  turn();
}

/** Runs part of a call's code and records the call, in case the code blocks the thread. */
function within<T>(call: Call, work: () => T): T {
  Atomics.store(state, SHARED.current, call.id);
  try {
    return owner.run(call.id, work);
  } finally {
    Atomics.store(state, SHARED.current, 0);
  }
}

function begin(agent: UserFunction, { id, call: asked }: ToThread & { type: "call" }): void {
  const started = performance.now();
  const call: Call = { id, controller: new AbortController(), started, outcome: undefined, ms: 0 };
  calls.set(id, call);
  Atomics.store(state, SHARED.begun, id);
  try {
    const value = within(call, () => {
      const beside = {
        // The signal is made only when the function reads it, because making one takes longer than most calls.
        get signal() {
          return call.controller.signal;
        },
        env: process.env,
      };
      const given = agent(...argumentsOf(asked, beside));
      return isThenable(given) ? Promise.resolve(given) : returned(given);
    });
    if (!(value instanceof Promise)) {
      finish(call, value);
      return;
    }
    value.then(
      (late) =>
        finish(
          call,
          within(call, () => returned(late)),
        ),
      (error: unknown) => finish(call, threw(error)),
    );
  } catch (error) {
    finish(call, threw(error));
  }
}

let agent: UserFunction | undefined;
/**
 * Starts one call per turn of the event loop, so that a call's result is sent before the next call can block the
 * thread.
 */
function turn(): void {
  if (turning) return;
  turning = true;
  setImmediate(() => {
    turning = false;
    if (done.length > 0) {
      const results = done.map((call) => {
        calls.delete(call.id);
        return { id: call.id, outcome: call.outcome as CallOutcome, ms: call.ms };
      });
      done = [];
      send({ type: "done", results });
    }
    const next = agent === undefined ? undefined : waiting.shift();
    if (next !== undefined && agent !== undefined) begin(agent, next);
    if (waiting.length > 0 || done.length > 0) turn();
  });
}

/**
 * Handles an error that was thrown outside of any call. It belongs to the call whose code started the failed
 * work. When that call is unknown or has ended, the error belongs to the only call that is running, if there is
 * exactly one. Otherwise it is reported without a call.
 */
function thrownOutside(error: unknown): void {
  const known = calls.get(owner.getStore() ?? 0);
  const [only, ...others] = known === undefined ? calls.values() : [known];
  const call = others.length === 0 ? only : undefined;
  if (call === undefined) send({ type: "late", message: thrownWords(error) });
  else {
    const late = threw(error);
    if (call.outcome === undefined) finish(call, late);
    else call.outcome = late;
  }
}

process.on("uncaughtException", thrownOutside);
process.on("unhandledRejection", thrownOutside);
keepDescriptorFree();
const beat = setInterval(() => Atomics.add(state, SHARED.beat, 1), BEAT_MS);

function hear(message: ToThread): void {
  if (message.type === "call") {
    waiting.push(message);
    turn();
  } else if (message.type === "abort") {
    const reason = new Error(message.timeout ?? "cancelled");
    reason.name = message.timeout === null ? "AbortError" : "TimeoutError";
    const at = waiting.findIndex(({ id }) => id === message.id);
    if (at !== -1) waiting.splice(at, 1);
    const call = calls.get(message.id);
    if (call !== undefined) within(call, () => call.controller.abort(reason));
  } else {
    clearInterval(beat);
    port?.close();
  }
}

port.on("message", (messages: readonly ToThread[]) => {
  for (const message of messages) hear(message);
});

async function functionOf(exports: LoadedModule): Promise<unknown> {
  if (gives === undefined) return exports.default;
  if (gives === "cases") return exportedCases(exports);
  if (gives === "suite") return exportedSuite(exports, file);
  if (typeof gives === "object") return functionAt(exports, gives.export);
  const modules = [{ file, exports }];
  for (const other of beside) modules.push({ file: other, exports: await loadModule(root, other) });
  return exportedTools(modules);
}

try {
  const exports = await loadModule(root, file);
  const loaded = await functionOf(exports);
  if (typeof loaded === "function") {
    agent = loaded as UserFunction;
    send({ type: "loaded" });
    if (waiting.length > 0) turn();
  } else send({ type: "no-function" });
} catch (error) {
  send({ type: "broken", message: thrownMessage(error) });
}
