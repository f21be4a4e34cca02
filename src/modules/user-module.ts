import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { isLfsPointer } from "../domain/file-text.ts";
import { functionAt } from "./exported-suite.ts";
import { keepDescriptorFree } from "./free-stdout.ts";
import { loadModule } from "./load-module.ts";
import type { Loading } from "./module-thread.ts";
import { ownProcess } from "./own-process.ts";
import { thrownMessage } from "./returned-value.ts";
import { type CalledOnce, type ModuleOptions, poolFor } from "./thread-pool.ts";
import {
  argumentsOf,
  type CallOutcome,
  type FunctionCall,
  isThenable,
  returned,
  threw,
  type UserFunction,
} from "./user-function.ts";

/** A user's module that is ready to be called. */
export interface UserModule {
  /**
   * Calls the module's function: the default export, or what `gives` selects. Never rejects.
   *
   * @param timeout_ms from the start of the call, excluding the wait for other calls
   * @param signal aborts the call
   */
  call(call: FunctionCall, timeout_ms: number, signal: AbortSignal | null): Promise<CalledOnce>;
  close(): Promise<void>;
}

/** The module cannot be used. The message is for users. */
export class UnusableModule extends Error {
  readonly why: "broken" | "no-function";

  constructor(why: "broken" | "no-function", message: string, options?: ErrorOptions) {
    super(message, options);
    this.why = why;
  }
}

/**
 * Opens a user's module.
 *
 * @param isolate false: the module runs in the main thread, where code that blocks cannot be interrupted
 * @throws {UnusableModule} when importing the module fails, or its default export, or what `gives` selects, is not a
 *   function
 */
export async function openUserModule(options: ModuleOptions, isolate: boolean): Promise<UserModule> {
  if (!isolate) return openHere(options);
  const known = FAILED_SLOWLY.get(slowKey(options));
  if (known !== undefined && performance.now() - known.at < REMEMBERED_MS) throw known.error;
  const pool = poolFor(options);
  const started = performance.now();
  try {
    checkLoading(await pool.loading(), options);
  } catch (error) {
    const at = performance.now();
    if (at - started > SLOW_MS) FAILED_SLOWLY.set(slowKey(options), { at, error });
    await pool.leave();
    throw error;
  }
  let open = true;
  return {
    call: (call, timeout_ms, signal) => pool.call(call, timeout_ms, signal),
    close: async () => {
      if (!open) return;
      open = false;
      await pool.leave();
    },
  };
}

/**
 * Modules that failed to load only after a long time, with the failure. Where a command opens a module once more, to
 * report all mistakes together, it does not wait as long again.
 */
const FAILED_SLOWLY = new Map<string, { readonly at: number; readonly error: unknown }>();
/** How long a load has to take to be slow, in milliseconds. */
const SLOW_MS = 5000;
/** How long a slow failure is remembered, in milliseconds. */
const REMEMBERED_MS = 5000;

const slowKey = ({ root, file, gives }: ModuleOptions): string => JSON.stringify([root, file, gives]);

function checkLoading(loading: Loading, options: ModuleOptions): void {
  if (loading.kind === "broken") throw broken(options, loading.message);
  if (loading.kind === "no-function") throw noFunction();
}

/** The failed import of a module. A Git LFS pointer would be reported as a mistake of its code. */
function broken(
  { root, file }: Pick<ModuleOptions, "root" | "file">,
  message: string,
  cause?: unknown,
): UnusableModule {
  const words = isPointer(resolve(root, file))
    ? `it is a Git LFS pointer; fetch the file itself with git lfs pull --include "${file}"`
    : message;
  return new UnusableModule("broken", words, { cause });
}

function isPointer(path: string): boolean {
  try {
    return isLfsPointer(readFileSync(path));
  } catch {
    return false;
  }
}

function noFunction(): UnusableModule {
  return new UnusableModule("no-function", "its default export is not a function");
}

let descriptorIsFree = false;

/** Runs the module in this thread, so its changes to globals affect the whole program. */
async function openHere({ root, file, env, gives, events = ownProcess }: ModuleOptions): Promise<UserModule> {
  if (events.keepsStdout && !descriptorIsFree) {
    descriptorIsFree = true;
    keepDescriptorFree();
  }
  let agent: unknown;
  try {
    const exports = await loadModule(root, file);
    agent = typeof gives === "object" ? functionAt(exports, gives.export) : exports.default;
  } catch (error) {
    throw broken({ root, file }, thrownMessage(error), error);
  }
  if (typeof agent !== "function") throw noFunction();
  return {
    call: (call, timeout_ms, signal) => callHere(agent as UserFunction, { call, env, timeout_ms, signal }),
    close: async () => {},
  };
}

interface CallHere {
  readonly call: FunctionCall;
  readonly env: ModuleOptions["env"];
  readonly timeout_ms: number;
  readonly signal: AbortSignal | null;
}

function callHere(agent: UserFunction, { call, env, timeout_ms, signal }: CallHere): Promise<CalledOnce> {
  const controller = new AbortController();
  return new Promise((resolve) => {
    const settle = (outcome: CallOutcome): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", giveUp);
      resolve({ outcome, waited_ms: 0 });
    };
    const giveUp = (): void => {
      controller.abort(new Error("cancelled"));
      settle({ kind: "aborted" });
    };
    const timer = setTimeout(() => {
      controller.abort(Object.assign(new Error("no reply in time"), { name: "TimeoutError" }));
      settle({ kind: "timeout" });
    }, timeout_ms);
    signal?.addEventListener("abort", giveUp, { once: true });
    void outcomeOf(agent, argumentsOf(call, { signal: controller.signal, env })).then(settle);
  });
}

async function outcomeOf(agent: UserFunction, given: readonly unknown[]): Promise<CallOutcome> {
  try {
    const value = agent(...given);
    return returned(isThenable(value) ? await value : value);
  } catch (error) {
    return threw(error);
  }
}
