import { count, dollars, duration } from "../format-numbers.ts";
import { cut } from "../plain-text.ts";

/** The progress of a run. */
export interface RunProgress {
  readonly suite: string;
  readonly total: number;
  /** Trials that were stored before this session. */
  readonly before: number;
  /** Trials that are stored now, including those stored before this session. */
  readonly done: number;
  /** Number of requests that were sent again in this session. */
  readonly retries: number;
  /** Cost of this session so far, in US dollars. */
  readonly usd: number;
  /** Number of errored trials by kind of error. */
  readonly errors: ReadonlyMap<string, number>;
  /** Duration of this session so far, in milliseconds. */
  readonly elapsed_ms: number;
}

const BAR = 20;

/** Columns of a suite's name that are always shown. */
const SHORT_NAME = 16;

/**
 * One line: suite, trials, speed, remaining time, cost and errors so far. Until the first trial of this session has
 * ended, the line has the time since the start instead of speed and remaining time.
 *
 * @param width columns of the terminal, for a line with a bar: where it is too long, a long name is cut and then the bar
 *   left out, because the numbers matter more; null for a line without a bar
 */
export function progressLine(progress: RunProgress, width: number | null): string {
  const { suite, total, before, done, retries, usd, errors } = progress;
  const rate = (done - before) / Math.max(0.001, progress.elapsed_ms / 1000);
  const speed = [
    `${rate < 10 ? rate.toFixed(1) : count(Math.round(rate))}/s`,
    ...(done === total ? [] : [`ETA ${duration(((total - done) / rate) * 1000)}`]),
  ];
  const full = total === 0 ? BAR : Math.floor((done / total) * BAR);
  const numbers = [
    `${count(done)}/${count(total)}`,
    ...(done > before || done === total ? speed : [`no answer yet, ${duration(progress.elapsed_ms)}`]),
    ...(usd > 0 ? [dollars(usd)] : []),
    ...(retries > 0 ? [`${retries} retried`] : []),
    ...[...errors].map(([kind, many]) => `${many} ${kind}`),
  ].join("  ");
  if (width === null) return `${suite}  ${numbers}`;
  const withBar = `${"█".repeat(full)}${"░".repeat(BAR - full)}  ${numbers}`;
  const parts = [withBar, numbers].find(
    (one) => width - one.length - 2 >= Math.min(SHORT_NAME, suite.length),
  );
  const rest = parts ?? numbers;
  return cut(`${shortName(suite, Math.max(SHORT_NAME, width - rest.length - 2))}  ${rest}`, width);
}

/**
 * A suite's name in at most `width` letters, with both ends, which tell names apart. These names are of letters that are
 * one column wide.
 */
function shortName(name: string, width: number): string {
  if (name.length <= width) return name;
  const end = Math.floor((width - 1) / 2);
  return `${name.slice(0, width - 1 - end)}…${name.slice(-end)}`;
}
