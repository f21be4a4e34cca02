import { randomBytes } from "node:crypto";
import { setMaxListeners } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import type { Environment } from "./environment.ts";

/** This process as the environment of an operation. Whoever starts the work says where notices and what modules print go. */
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
      // As many retries as there are calls in flight wait for one stop: Node would warn of a leak.
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
