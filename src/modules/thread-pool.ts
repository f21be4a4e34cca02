import type { ModuleEvents } from "../domain/module-events.ts";
import { type Loading, ModuleThread, type PendingCall, type ThreadEnd } from "./module-thread.ts";
import { ownProcess } from "./own-process.ts";
import type { ModuleGives } from "./thread-messages.ts";
import type { CallOutcome, FunctionCall } from "./user-function.ts";

export interface CalledOnce {
  readonly outcome: CallOutcome;
  /** Milliseconds that the call waited: until other calls had run, or until it was repeated alone. */
  readonly waited_ms: number;
}

export interface ModuleOptions {
  /** Absolute path of the project root. */
  readonly root: string;
  /** Relative to the root. */
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The part of the module's exports that is used. When absent, the default export is the function to call. */
  readonly gives?: ModuleGives | undefined;
  /** Files of other modules that are loaded into the same thread. Only tools may come from several modules. */
  readonly beside?: readonly string[] | undefined;
  /** Removes secrets from what the module prints. */
  readonly clean?: ((text: string) => string) | undefined;
  /** Default: `ownProcess`. */
  readonly events?: ModuleEvents | undefined;
}

/**
 * One pool per module of a project. All models and scorers that use the module share its pool, and so the
 * module's state.
 */
const pools = new Map<string, ThreadPool>();

/** The pool of a module as one of its users (a model or a scorer) sees it. */
export interface JoinedPool extends Pick<ThreadPool, "loading" | "call"> {
  /** Ends the use of the pool; called once per user. When the last user leaves, the threads end. */
  leave(): Promise<void>;
}

export function poolFor(options: ModuleOptions): JoinedPool {
  const key = JSON.stringify([options.root, options.file, options.env, options.gives, options.beside]);
  let pool = pools.get(key);
  if (pool === undefined) {
    pool = new ThreadPool(options, () => pools.delete(key));
    pools.set(key, pool);
  }
  const joined = pool;
  const events = options.events ?? ownProcess;
  joined.join(events);
  return {
    loading: () => joined.loading(),
    call: (...given) => joined.call(...given),
    leave: () => joined.leave(events),
  };
}

/**
 * One thread that runs all calls of a module concurrently. If the thread was blocked or ended and several calls
 * may be the cause, each of these calls is repeated alone in a thread.
 */
class ThreadPool {
  readonly #options: ModuleOptions;
  readonly #gone: () => void;
  /** The event handlers of each user, in the order of joining. */
  readonly #users: ModuleEvents[] = [];
  #thread: ModuleThread | undefined;
  #alone: ModuleThread | undefined;
  /** Calls that may have blocked or ended a thread, and now wait to be run alone. */
  readonly #suspects: PendingCall[] = [];
  /** The thread of each running call. */
  readonly #places = new Map<PendingCall, { readonly thread: ModuleThread; readonly id: number }>();
  #closed = false;

  constructor(options: ModuleOptions, gone: () => void) {
    this.#options = options;
    this.#gone = gone;
  }

  join(events: ModuleEvents): void {
    this.#users.push(events);
  }

  loading(): Promise<Loading> {
    return this.#shared().loading;
  }

  call(call: FunctionCall, timeout_ms: number, signal: AbortSignal | null): Promise<CalledOnce> {
    const asked = performance.now();
    return new Promise((resolve) => {
      const pending: PendingCall = {
        call,
        timeout_ms,
        settle: (outcome, ms) => {
          this.#places.delete(pending);
          signal?.removeEventListener("abort", giveUp);
          resolve({ outcome, waited_ms: Math.max(0, performance.now() - asked - ms) });
          this.#next();
        },
      };
      const giveUp = (): void => {
        this.#forget(pending);
        pending.settle({ kind: "aborted" }, 0);
      };
      if (signal?.aborted || this.#closed) return giveUp();
      signal?.addEventListener("abort", giveUp, { once: true });
      this.#put(pending, this.#shared());
    });
  }

  async leave(events: ModuleEvents): Promise<void> {
    this.#users.splice(this.#users.indexOf(events), 1);
    if (this.#users.length > 0) return;
    this.#closed = true;
    this.#gone();
    for (const pending of [...this.#places.keys(), ...this.#suspects.splice(0)])
      pending.settle({ kind: "aborted" }, 0);
    await Promise.all([this.#thread?.close(), this.#alone?.close()]);
  }

  #shared(): ModuleThread {
    if (this.#thread === undefined || this.#thread.over) this.#thread = this.#start();
    return this.#thread;
  }

  #start(): ModuleThread {
    const { root, file, env, gives, beside, clean = (text: string) => text } = this.#options;
    return new ModuleThread({
      root,
      file,
      env,
      gives,
      beside,
      print: (line) => this.#users[0]?.printed(`[${file}] ${clean(line)}`),
      ended: (end) => this.#ended(end),
      late: (message) => {
        const error = new Error(`${file}: ${clean(message)}`);
        for (const events of new Set(this.#users)) events.threwOutside(error);
      },
    });
  }

  #put(pending: PendingCall, thread: ModuleThread): void {
    this.#places.set(pending, { thread, id: thread.ask(pending) });
  }

  #ended({ loaded, culprit, outcome, begun, notBegun }: ThreadEnd): void {
    culprit?.settle(outcome, culprit.timeout_ms);
    if (this.#closed) return;
    if (!loaded) {
      for (const one of [...begun, ...notBegun]) one.settle(outcome, 0);
      return;
    }
    for (const one of culprit === undefined ? notBegun : [...begun, ...notBegun])
      this.#put(one, this.#shared());
    if (culprit === undefined) {
      for (const one of begun) this.#places.delete(one);
      this.#suspects.push(...begun);
    }
    this.#next();
  }

  /** Starts the next call that may have blocked or ended a thread. */
  #next(): void {
    if (this.#closed || this.#suspects.length === 0) return;
    if (this.#alone === undefined || this.#alone.over) this.#alone = this.#start();
    if (this.#alone.size > 0) return;
    const next = this.#suspects.shift();
    if (next !== undefined) this.#put(next, this.#alone);
  }

  #forget(pending: PendingCall): void {
    const place = this.#places.get(pending);
    place?.thread.forget(place.id, null);
    const at = this.#suspects.indexOf(pending);
    if (at !== -1) this.#suspects.splice(at, 1);
  }
}
