import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { Worker, type WorkerOptions } from "node:worker_threads";
import {
  type FromThread,
  type ModuleGives,
  SHARED,
  type ThreadData,
  type ToThread,
} from "./thread-messages.ts";
import type { CallOutcome, FunctionCall } from "./user-function.ts";

/** A call whose result is awaited. */
export interface PendingCall {
  readonly call: FunctionCall;
  /** Time limit from the start of the call, in milliseconds. */
  readonly timeout_ms: number;
  /** Called once, with the result. @param ms milliseconds from the start of the call in the thread to the result */
  settle(outcome: CallOutcome, ms: number): void;
}

/** Why a thread ended, and its unfinished calls. */
export interface ThreadEnd {
  /** Whether the module was loaded. If not, no call is repeated in a new thread, because loading would fail again. */
  readonly loaded: boolean;
  /** The call that blocked or ended the thread; undefined when it is not known. */
  readonly culprit: PendingCall | undefined;
  readonly outcome: CallOutcome;
  /** Other calls that had started, and that ended with the thread without a result. */
  readonly begun: readonly PendingCall[];
  readonly notBegun: readonly PendingCall[];
}

export interface ThreadOptions {
  readonly root: string;
  readonly file: string;
  readonly gives?: ModuleGives | undefined;
  /** Files of other modules that are loaded into the same thread. Only tools may come from several modules. */
  readonly beside?: readonly string[] | undefined;
  /** The thread's own environment; changes by the module stay in the thread. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Called with each line that the module prints. */
  readonly print: (line: string) => void;
  /** Called when the thread ended by itself, or was terminated because it was blocked. */
  readonly ended: (end: ThreadEnd) => void;
  /** Called for an error that belongs to no running call. */
  readonly late: (message: string) => void;
}

/** The result of loading a module. */
export type Loading =
  | { readonly kind: "loaded" }
  | { readonly kind: "no-function" }
  | { readonly kind: "broken"; readonly message: string };

/** Time between two checks of the calls against their time limits, in milliseconds. */
const LOOK_MS = 50;
/** Milliseconds without a heartbeat after which a call may be blocking the thread. */
const HELD_MS = 500;
/** Time limit for loading a module with its imports, in milliseconds. */
const LONGEST_LOADING_MS = 30_000;
/** How long a thread has to end by itself before it is terminated, in milliseconds. */
const GRACE_MS = 100;

interface InThread {
  readonly pending: PendingCall;
  beganAt: number | undefined;
}

/**
 * A worker thread that runs a user's module, controlled from the main thread. The module's code may block its
 * thread forever, so its calls are monitored from the main thread.
 */
export class ModuleThread {
  readonly loading: Promise<Loading>;
  readonly #worker: Worker;
  readonly #state = new Int32Array(new SharedArrayBuffer(SHARED.size * 4));
  readonly #options: ThreadOptions;
  readonly #calls = new Map<number, InThread>();
  /**
   * Messages that are not sent yet. Each sent message wakes the thread, which takes longer than a call, so all messages
   * of one turn of the event loop are sent together.
   */
  #outbox: ToThread[] = [];
  #loaded: (loading: Loading) => void = () => {};
  #lastId = 0;
  #isLoaded = false;
  #over = false;
  #watch: NodeJS.Timeout | undefined;
  #lookedAt = 0;
  #beat = 0;
  #beatAt = 0;

  constructor(options: ThreadOptions) {
    this.#options = options;
    const { root, file, env, gives, beside } = options;
    const data: ThreadData = { root, file, gives, beside, shared: this.#state.buffer as SharedArrayBuffer };
    this.#worker = startThread({
      workerData: data,
      env: { ...env },
      stdout: true,
      stderr: true,
      execArgv: [],
      name: file,
    });
    const loading = new Promise<Loading>((resolve) => {
      this.#loaded = resolve;
    });
    const tooLong = setTimeout(() => {
      this.#end({ kind: "ended", how: `took more than ${LONGEST_LOADING_MS / 1000} s to load` });
    }, LONGEST_LOADING_MS);
    this.loading = loading.finally(() => clearTimeout(tooLong));
    for (const stream of [this.#worker.stdout, this.#worker.stderr]) printLines(stream, options.print);
    this.#worker.on("message", (message: FromThread) => this.#hear(message));
    this.#worker.on("error", (error: NodeJS.ErrnoException) => {
      const how =
        error.code === "ERR_WORKER_OUT_OF_MEMORY"
          ? "ran out of memory"
          : `crashed its thread: ${error.message}`;
      this.#end({ kind: "ended", how });
    });
    this.#worker.on("exit", () => this.#end({ kind: "ended", how: "called process.exit" }));
  }

  get size(): number {
    return this.#calls.size;
  }

  get over(): boolean {
    return this.#over;
  }

  /** Sends a call to the thread. @returns the number of the call, for `forget` */
  ask(pending: PendingCall): number {
    const id = ++this.#lastId;
    this.#calls.set(id, { pending, beganAt: undefined });
    if (this.#calls.size === 1) this.#busy();
    this.#send({ type: "call", id, call: pending.call });
    return id;
  }

  /**
   * Stops waiting for the call and aborts its signal.
   *
   * @param timeout message of the signal's TimeoutError; null aborts the signal with "cancelled"
   */
  forget(id: number, timeout: string | null): void {
    if (!this.#calls.delete(id)) return;
    this.#send({ type: "abort", id, timeout });
    if (this.#calls.size === 0) this.#idle();
  }

  /** Asks the thread to end, and terminates it if it does not. Its unfinished calls get no result. */
  async close(): Promise<void> {
    if (this.#over) return;
    this.#over = true;
    this.#calls.clear();
    clearInterval(this.#watch);
    this.#worker.ref();
    const gone = new Promise<void>((resolve) => this.#worker.once("exit", () => resolve()));
    this.#send({ type: "end" });
    const force = setTimeout(() => void this.#worker.terminate(), GRACE_MS);
    await gone;
    clearTimeout(force);
  }

  #send(message: ToThread): void {
    if (this.#outbox.push(message) > 1) return;
    setImmediate(() => {
      this.#worker.postMessage(this.#outbox);
      this.#outbox = [];
    });
  }

  #hear(message: FromThread): void {
    if (this.#over) return;
    switch (message.type) {
      case "done":
        for (const { id, outcome, ms } of message.results) {
          const call = this.#calls.get(id);
          if (call === undefined) continue;
          this.#calls.delete(id);
          call.pending.settle(outcome, ms);
        }
        if (this.#calls.size === 0) this.#idle();
        return;
      case "late":
        this.#options.late(message.message);
        return;
      case "broken":
        this.#loaded({ kind: "broken", message: message.message });
        this.#end({ kind: "ended", how: `could not be loaded again: ${message.message}` });
        return;
      case "no-function":
        this.#loaded({ kind: "no-function" });
        this.#end({ kind: "ended", how: "could not be loaded again" });
        return;
      default:
        this.#isLoaded = true;
        this.#beatAt = performance.now();
        this.#loaded({ kind: "loaded" });
        if (this.#calls.size === 0) this.#worker.unref();
    }
  }

  #busy(): void {
    this.#worker.ref();
    this.#lookedAt = performance.now();
    this.#beatAt = this.#lookedAt;
    // The timer does not have to keep the process alive, because the thread does.
    this.#watch ??= setInterval(() => this.#look(), LOOK_MS).unref();
  }

  /**
   * Lets the process end while no call is running. The timer that watches the calls goes on, because the next
   * call often comes at once; the timer stops itself when it finds no call.
   */
  #idle(): void {
    this.#worker.unref();
  }

  #look(): void {
    if (this.#calls.size === 0) {
      clearInterval(this.#watch);
      this.#watch = undefined;
      return;
    }
    const now = performance.now();
    const since = now - this.#lookedAt;
    this.#lookedAt = now;
    // The main thread itself was blocked, so results may have come too late to be read before this check.
    if (since > HELD_MS) return;
    if (!this.#isLoaded) return;
    const beat = Atomics.load(this.#state, SHARED.beat);
    if (beat !== this.#beat) {
      this.#beat = beat;
      this.#beatAt = now;
    }
    const begun = Atomics.load(this.#state, SHARED.begun);
    const late: [number, InThread][] = [];
    for (const [id, call] of this.#calls) {
      if (id <= begun) call.beganAt ??= now;
      if (call.beganAt !== undefined && now - call.beganAt >= call.pending.timeout_ms) late.push([id, call]);
    }
    const quiet = now - this.#beatAt;
    if (quiet >= Math.max(this.#patience(), HELD_MS)) {
      this.#end({ kind: "timeout" });
      return;
    }
    for (const [id, { pending }] of late) {
      // The thread seems to be blocked, perhaps by another call. This call is not ended until it is clear which
      // call blocks the thread.
      if (quiet >= Math.min(HELD_MS, Math.max(60, pending.timeout_ms / 2))) continue;
      this.forget(id, "no reply in time");
      pending.settle({ kind: "timeout" }, pending.timeout_ms);
    }
  }

  /**
   * How long the thread may be blocked, in milliseconds: the time limit of the running call. While it is not
   * known which call is running, the longest limit of all calls counts.
   */
  #patience(): number {
    const current = this.#calls.get(Atomics.load(this.#state, SHARED.current));
    if (current !== undefined) return current.pending.timeout_ms;
    let longest = 0;
    for (const { pending } of this.#calls.values()) longest = Math.max(longest, pending.timeout_ms);
    return longest;
  }

  #end(outcome: CallOutcome): void {
    if (this.#over) return;
    this.#over = true;
    clearInterval(this.#watch);
    const current = this.#calls.get(Atomics.load(this.#state, SHARED.current));
    const lastBegun = Atomics.load(this.#state, SHARED.begun);
    const begun = [...this.#calls].filter(([id]) => id <= lastBegun).map(([, call]) => call);
    const notBegun = [...this.#calls].filter(([id]) => id > lastBegun).map(([, { pending }]) => pending);
    const culprit = current ?? (begun.length === 1 ? begun[0] : undefined);
    this.#calls.clear();
    this.#loaded({
      kind: "broken",
      message: outcome.kind === "ended" ? `it ${outcome.how}` : "it blocked its thread during loading",
    });
    void this.#worker.terminate();
    this.#options.ended({
      loaded: this.#isLoaded,
      culprit: culprit?.pending,
      outcome,
      begun: begun.filter((call) => call !== culprit).map(({ pending }) => pending),
      notBegun,
    });
  }
}

function printLines(stream: NodeJS.ReadableStream, print: (line: string) => void): void {
  let held = "";
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    const lines = (held + text).split("\n");
    held = lines.pop() ?? "";
    for (const line of lines) print(line);
    // Limits the memory for a line without end.
    if (held.length > 64 * 1024) {
      print(held);
      held = "";
    }
  });
  stream.on("end", () => {
    if (held !== "") print(held);
  });
}

/** Starts the thread. In the build, its code is a separate file; from source, jiti loads the TypeScript. */
function startThread(options: WorkerOptions): Worker {
  const here = import.meta.url;
  if (!here.endsWith(".ts")) {
    const entry = here.includes("/chunks/") ? "../thread-entry.js" : "./thread-entry.js";
    return new Worker(new URL(entry, here), options);
  }
  const jiti = createRequire(here).resolve("jiti");
  const entry = fileURLToPath(new URL("./thread-entry.ts", here));
  const source = `require(${JSON.stringify(jiti)}).createJiti(${JSON.stringify(entry)}).import(${JSON.stringify(entry)});`;
  return new Worker(source, { ...options, eval: true });
}
