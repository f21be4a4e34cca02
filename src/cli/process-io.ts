import { spawn } from "node:child_process";
import { EXIT } from "../domain/exit-code.ts";
import { ownProcess } from "../modules/own-process.ts";
import { processEnvironment } from "../operations/process-environment.ts";
import type { Io } from "./io.ts";
import { outliveReader } from "./lost-output.ts";

/**
 * Prevents a closed or full stdout from killing a run. Lost output is reported, and a pass becomes undecided.
 */
export function outliveReaders(): void {
  outliveReader(process.stderr, () => {});
  outliveReader(process.stdout, (code) => {
    process.stderr.write(`The output could not be written (${code}). The results are stored.\n`);
    process.once("exit", () => {
      process.exitCode ||= EXIT.undecided;
    });
  });
}

/** The environment of this process. */
export function processIo(): Io {
  return {
    ...processEnvironment({
      notice: (text) => void process.stderr.write(`${text}\n`),
      modules: ownProcess,
    }),
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    stdoutIsTerminal: process.stdout.isTTY === true,
    stderrIsTerminal: process.stderr.isTTY === true,
    width: process.stdout.columns || process.stderr.columns || 80,
    openPage,
    every: (ms, act) => {
      const timer = setInterval(act, ms).unref();
      return () => clearInterval(timer);
    },
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
  // The address is printed too, so a browser that does not start is not an error.
  child.on("error", () => {});
  child.unref();
}
