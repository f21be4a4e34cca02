import { EXIT } from "../domain/exit-code.ts";
import type { Io } from "./io.ts";

/**
 * How signals stop a run. After one Ctrl-C no new trial starts, and trials in flight finish. A second Ctrl-C, or
 * SIGTERM, aborts everything.
 */
export interface StopSignals {
  readonly stopping: () => boolean;
  /** Aborted at the first Ctrl-C or SIGTERM. */
  readonly stopped: AbortSignal;
  /** Aborted at the second Ctrl-C or at SIGTERM: everything in flight ends. */
  readonly signal: AbortSignal;
  /** 130 or 143 when the run was aborted; undefined when it ended normally. */
  readonly exitCode: () => number | undefined;
  /** Starts handling signals. Before this call a signal ends the process as usual. */
  readonly listen: () => void;
  readonly close: () => void;
}

export function stopSignals(io: Io): StopSignals {
  const cut = new AbortController();
  const stop = new AbortController();
  let interrupts = 0;
  let code: number | undefined;
  let close = (): void => {};
  return {
    stopping: () => interrupts > 0,
    stopped: stop.signal,
    signal: cut.signal,
    exitCode: () => code,
    listen: () => {
      close = io.onSignal((name) => {
        interrupts++;
        stop.abort();
        if (name === "SIGTERM" || interrupts > 1) {
          code = name === "SIGTERM" ? EXIT.terminated : EXIT.interrupted;
          cut.abort();
          return;
        }
        io.stderr(
          "\nStopping: no new trial starts, and trials in flight finish. Press Ctrl-C again to abort them.\n",
        );
      });
    },
    close: () => close(),
  };
}

export function listenForStop(io: Io): StopSignals {
  const stop = stopSignals(io);
  stop.listen();
  return stop;
}

/** Runs `work`, and aborts its argument `stopped` at the first Ctrl-C or SIGTERM. */
export async function untilStopped<Value>(
  io: Io,
  work: (stopped: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const stop = new AbortController();
  const quiet = io.onSignal(() => stop.abort());
  try {
    return await work(stop.signal);
  } finally {
    quiet();
  }
}

/** Resolves at the first Ctrl-C or SIGTERM. @returns the exit code of a command that runs until it is stopped */
export function stopped(io: Io): Promise<number> {
  return new Promise((resolve) => {
    const quiet = io.onSignal((name) => {
      quiet();
      resolve(name === "SIGTERM" ? EXIT.terminated : EXIT.ok);
    });
  });
}

/** The first signal lets the calls in flight finish; a second signal aborts them. */
export function drainSignals(io: Io) {
  const stop = new AbortController();
  const cut = new AbortController();
  const close = io.onSignal(() => {
    if (stop.signal.aborted) {
      cut.abort();
      return;
    }
    io.stderr("Stopping: no new work is started, and calls in flight finish. A second signal aborts them.\n");
    stop.abort();
  });
  return { stopping: () => stop.signal.aborted, stopped: stop.signal, signal: cut.signal, close };
}
