import { randomBytes } from "node:crypto";
import { setMaxListeners } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import type { Environment } from "./environment.ts";

/** The environment of an operation in this process. The caller decides where messages and modules' output go. */
export function processEnvironment(
  own: Pick<Environment, "notice" | "modules"> & Partial<Pick<Environment, "env">>,
): Environment {
  return {
    cwd: process.cwd(),
    env: process.env,
    now: () => performance.now(),
    date: () => new Date(),
    randomHex: (bytes) => randomBytes(bytes).toString("hex"),
    random: Math.random,
    sleep: (ms, signal) => {
      // All waiting retries listen to the same signal. Without this line, Node would warn of a leak.
      if (signal !== undefined) setMaxListeners(0, signal);
      return wait(ms, undefined, { signal }).catch(() => undefined);
    },
    onExit: (handler) => {
      process.on("exit", handler);
      return () => process.off("exit", handler);
    },
    ...own,
  };
}
