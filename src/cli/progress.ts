import { count, dollars, duration } from "../reports/format-numbers.ts";
import type { TrialEvent } from "../run/engine.ts";
import type { Io } from "./io.ts";

/** Shows the progress of a run on stderr: an updated line on a terminal, else a plain line every ten seconds. */
export interface Progress {
  start(suite: string, total: number, done: number): void;
  trial(event: TrialEvent): void;
  retried(): void;
  end(): void;
}

const REDRAW_MS = 100;
const PLAIN_MS = 10_000;
const BAR = 20;

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
  const errors = new Map<string, number>();

  const line = (): string => {
    const seconds = Math.max(0.001, (io.now() - started) / 1000);
    const rate = (done - before) / seconds;
    const left = rate > 0 ? (total - done) / rate : null;
    const full = total === 0 ? BAR : Math.floor((done / total) * BAR);
    const bar = io.stderrIsTerminal ? [`${"█".repeat(full)}${"░".repeat(BAR - full)}`] : [];
    const trouble = [...errors].map(([kind, many]) => `${many} ${kind}`);
    return [
      suite,
      ...bar,
      `${count(done)}/${count(total)}`,
      `${rate < 10 ? rate.toFixed(1) : count(Math.round(rate))}/s`,
      ...(left === null || done === total ? [] : [`ETA ${duration(left * 1000)}`]),
      ...(usd > 0 ? [dollars(usd)] : []),
      ...(retries > 0 ? [`${retries} retried`] : []),
      ...trouble,
    ].join("  ");
  };
  const draw = (now: boolean): void => {
    const at = io.now();
    if (!now && at - drawnAt < (io.stderrIsTerminal ? REDRAW_MS : PLAIN_MS)) return;
    drawnAt = at;
    const text = line().slice(0, io.stderrIsTerminal ? io.width - 1 : undefined);
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
      if (io.stderrIsTerminal && drawn > 0) io.stderr(`\r${" ".repeat(drawn)}\r`);
    },
  };
}
