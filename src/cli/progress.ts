import { progressLine } from "../reports/terminal/progress-line.ts";
import type { TrialEvent } from "../run/engine-job.ts";
import type { Io } from "./io.ts";

/**
 * Shows the progress of a run on stderr: an updated line on a terminal, else a plain line every ten seconds. It is
 * shown also while no trial ends, so that a model that does not answer is seen.
 */
export interface Progress {
  start(suite: string, total: number, done: number): void;
  trial(event: TrialEvent): void;
  retried(): void;
  end(): void;
}

const REDRAW_MS = 100;
const PLAIN_MS = 10_000;
/** Milliseconds between two updates of the line while no trial ends. */
const WAITING_MS = 1000;

export const silentProgress: Progress = {
  start: () => {},
  trial: () => {},
  retried: () => {},
  end: () => {},
};

export function showProgress(io: Io): Progress {
  let suite = "";
  let total = 0;
  let before = 0;
  let done = 0;
  let retries = 0;
  let usd = 0;
  let started = 0;
  let drawnAt = 0;
  let drawn = 0;
  let stopWaiting = (): void => {};
  const errors = new Map<string, number>();

  const draw = (now: boolean): void => {
    const at = io.now();
    if (!now && at - drawnAt < (io.stderrIsTerminal ? REDRAW_MS : PLAIN_MS)) return;
    drawnAt = at;
    const progress = { suite, total, before, done, retries, usd, errors, elapsed_ms: at - started };
    const text = progressLine(progress, io.stderrIsTerminal ? io.width - 1 : null);
    io.stderr(io.stderrIsTerminal ? `\r${text.padEnd(drawn)}` : `${text}\n`);
    drawn = text.length;
  };
  return {
    start: (name, all, already) => {
      suite = name;
      total = all;
      before = already;
      done = already;
      usd = 0;
      retries = 0;
      errors.clear();
      started = io.now();
      drawnAt = started;
      drawn = 0;
      stopWaiting();
      stopWaiting = io.every(WAITING_MS, () => draw(false));
    },
    trial: (event) => {
      done++;
      if (event.kind === "errored") errors.set(event.error, (errors.get(event.error) ?? 0) + 1);
      else if (!event.cached) usd += event.cost_usd ?? 0;
      if (done % 64 === 0 || io.now() - drawnAt > REDRAW_MS) draw(false);
    },
    retried: () => {
      retries++;
    },
    end: () => {
      stopWaiting();
      if (io.stderrIsTerminal && drawn > 0) io.stderr(`\r${" ".repeat(drawn)}\r`);
    },
  };
}
