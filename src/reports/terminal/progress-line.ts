import { count, dollars, duration } from "../format-numbers.ts";

/** How far a run is. */
export interface RunProgress {
  readonly suite: string;
  readonly total: number;
  /** Trials that were stored before this session. */
  readonly before: number;
  /** All that are there now, those from before included. */
  readonly done: number;
  readonly retries: number;
  /** US dollars of this session. */
  readonly usd: number;
  /** How many trials errored, by the kind of error. */
  readonly errors: ReadonlyMap<string, number>;
  /** Of this session, in milliseconds. */
  readonly elapsed_ms: number;
}

const BAR = 20;

/** One line: suite, a bar where there is a terminal, trials, speed, what is left, cost and errors so far. */
export function progressLine(progress: RunProgress, bar: boolean): string {
  const { suite, total, before, done, retries, usd, errors } = progress;
  const rate = (done - before) / Math.max(0.001, progress.elapsed_ms / 1000);
  const left = rate > 0 ? (total - done) / rate : null;
  const full = total === 0 ? BAR : Math.floor((done / total) * BAR);
  return [
    suite,
    ...(bar ? [`${"█".repeat(full)}${"░".repeat(BAR - full)}`] : []),
    `${count(done)}/${count(total)}`,
    `${rate < 10 ? rate.toFixed(1) : count(Math.round(rate))}/s`,
    ...(left === null || done === total ? [] : [`ETA ${duration(left * 1000)}`]),
    ...(usd > 0 ? [dollars(usd)] : []),
    ...(retries > 0 ? [`${retries} retried`] : []),
    ...[...errors].map(([kind, many]) => `${many} ${kind}`),
  ].join("  ");
}
