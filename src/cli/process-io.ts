import { spawn } from "node:child_process";
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
    openPage,
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

const OPENERS: Readonly<Record<string, readonly string[]>> = {
  darwin: ["open"],
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
};

function openPage(url: string): void {
  const hasScreen = process.platform in OPENERS || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (!hasScreen) return;
  const [program = "xdg-open", ...args] = OPENERS[process.platform] ?? [];
  const child = spawn(program, [...args, url], { stdio: "ignore", detached: true });
  // The address is printed too, so a browser that does not come up is no failure.
  child.on("error", () => {});
  child.unref();
}
