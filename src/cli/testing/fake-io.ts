import { ownProcess } from "../../modules/own-process.ts";
import type { Io } from "../io.ts";

/** A fake environment for tests: it keeps what was printed, and its clock and random numbers are fixed. */
export interface FakeIo extends Io {
  readonly printed: { stdout: string; stderr: string };
  /** Calls all current signal handlers. */
  readonly signal: (name: "SIGINT" | "SIGTERM") => void;
  /** Calls every function that is to be called at regular times. */
  readonly tick: () => void;
  /** Does what Node does when a module ends the process. */
  readonly exit: () => void;
  /** Durations of all sleeps, in milliseconds. */
  readonly slept: number[];
  /** Addresses that were opened in the browser. */
  readonly opened: string[];
}

/** A replacement for random ids that counts: 00000001, 00000002, … */
export function countedIds(from = 0): Io["randomHex"] {
  let next = from;
  return (bytes) => (++next).toString(16).padStart(bytes * 2, "0");
}

export function fakeIo(cwd: string, changes: Partial<Io> = {}): FakeIo {
  const printed = { stdout: "", stderr: "" };
  const handlers = new Set<(name: "SIGINT" | "SIGTERM") => void>();
  const exits = new Set<() => void>();
  const regular = new Set<() => void>();
  const slept: number[] = [];
  const opened: string[] = [];
  return {
    cwd,
    env: {},
    stdout: (text) => {
      printed.stdout += text;
    },
    stderr: (text) => {
      printed.stderr += text;
    },
    notice: (text) => {
      printed.stderr += `${text}\n`;
    },
    stdoutIsTerminal: false,
    stderrIsTerminal: false,
    width: 80,
    modules: ownProcess,
    now: () => 0,
    date: () => new Date("2025-03-01T12:00:00.000Z"),
    randomHex: countedIds(),
    random: () => 0.5,
    sleep: async (ms) => {
      slept.push(ms);
    },
    openPage: (url) => void opened.push(url),
    every: (_ms, act) => {
      regular.add(act);
      return () => regular.delete(act);
    },
    onSignal: (handler) => {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
    onExit: (handler) => {
      exits.add(handler);
      return () => exits.delete(handler);
    },
    exit: () => {
      for (const handler of exits) handler();
    },
    tick: () => {
      for (const act of regular) act();
    },
    printed,
    slept,
    opened,
    signal: (name) => {
      for (const handler of handlers) handler(name);
    },
    ...changes,
  };
}
