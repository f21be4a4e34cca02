import { randomBytes } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { Io } from "./io.ts";

/** This process as the outside. */
export function processIo(): Io {
  return {
    cwd: process.cwd(),
    env: process.env,
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    stdoutIsTerminal: process.stdout.isTTY === true,
    stderrIsTerminal: process.stderr.isTTY === true,
    width: process.stdout.columns || process.stderr.columns || 80,
    now: () => performance.now(),
    date: () => new Date(),
    randomHex: (bytes) => randomBytes(bytes).toString("hex"),
    random: Math.random,
    sleep: (ms, signal) => wait(ms, undefined, { signal }).catch(() => undefined),
    onSignal: (handler) => {
      const stops = (["SIGINT", "SIGTERM"] as const).map((name) => {
        const listener = () => handler(name);
        process.on(name, listener);
        return () => process.off(name, listener);
      });
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}
