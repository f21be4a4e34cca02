import type { RunReport } from "../domain/report.ts";
import type { RunHooks } from "../operations/run-watcher.ts";
import { runName } from "../reports/headline.ts";
import type { Io } from "./io.ts";
import { showProgress, silentProgress } from "./progress.ts";
import { stopSignals } from "./stop-signals.ts";
import { keepHeapSmall, keepYoungSmall, optimizeLater } from "./v8-flags.ts";

/** A run of at least this many trials makes V8 collect garbage earlier than usual, to save memory. */
const MANY_TRIALS = 10_000;

export interface RunViewOptions {
  readonly quiet: boolean;
  /**
   * Whether workers on other machines do the trials. This process then mostly waits, so it saves memory at the cost
   * of processor time.
   */
  readonly workers?: boolean | undefined;
  /** Called when a run has ended, with its report. */
  readonly ended: (report: RunReport) => void;
  /** Called when no further run will start, with the reports of all runs that ended. */
  readonly over?: (reports: readonly RunReport[]) => void;
}

/** How a user at a terminal follows and stops runs. */
export interface RunView extends RunHooks {
  /** 130 or 143 when the runs were aborted; undefined when they ended normally. */
  readonly exitCode: () => number | undefined;
  readonly close: () => void;
}

export function runView(io: Io, { quiet, workers, ended, over }: RunViewOptions): RunView {
  const stop = stopSignals(io);
  const progress = quiet ? silentProgress : showProgress(io);
  return {
    control: stop,
    watcher: {
      planned: (plans) => {
        if (!plans.some(({ totalPlanned }) => totalPlanned >= MANY_TRIALS)) {
          optimizeLater();
          return;
        }
        keepHeapSmall();
        if (workers === true) keepYoungSmall();
      },
      began: stop.listen,
      started: (header, done) => progress.start(runName(header), header.planned, done),
      trial: progress.trial,
      retried: progress.retried,
      pressed: (header, done) => progress.start(`${runName(header)} under pressure`, header.planned, done),
      variant: progress.trial,
      answered: progress.end,
      ended,
      over: (reports) => {
        progress.end();
        over?.(reports);
      },
    },
    exitCode: stop.exitCode,
    close: () => {
      stop.close();
      progress.end();
    },
  };
}
