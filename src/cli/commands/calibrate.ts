import { calibrate, exitOfCalibration } from "../../operations/calibrate.ts";
import type { openCalibratedJudge } from "../../operations/judging/open-calibrated-judge.ts";
import { formatProblem } from "../../project/format-problems.ts";
import { calibrationDocument } from "../../reports/json/calibration.ts";
import { calibrationText, unansweredText } from "../../reports/terminal/calibration.ts";
import type { Io } from "../io.ts";
import { type CommandOptions, printResult } from "../print-result.ts";
import { type NumberOption, readNumber, wholeNumber } from "../read-number.ts";
import { listenForStop } from "../stop-signals.ts";

/** Options of `evals calibrate`, as typed. */
export interface CalibrateOptions extends CommandOptions {
  readonly suite?: string | undefined;
  readonly repeats?: string | undefined;
  readonly check?: boolean | undefined;
}

const REPEATS: NumberOption = {
  option: "--repeats",
  ...wholeNumber(1, 100),
  why: "Each repeat asks the judge about every labelled answer once more.",
  fix: "--repeats 3",
};

/** `evals calibrate <judge>`: how well it agrees with people's labels. */
export async function calibrateCommand(
  options: CalibrateOptions,
  judge: string,
  io: Io,
  open?: typeof openCalibratedJudge,
): Promise<number> {
  const input = {
    directory: options.directory,
    suite: options.suite,
    ...{ judge, repeats: readNumber(options.repeats, REPEATS) ?? 1, check: options.check === true },
  };
  const { stopping, signal, exitCode, close } = listenForStop(io);
  const width = io.stderrIsTerminal ? io.width : undefined;
  const onWarning = (problem: Parameters<typeof formatProblem>[0]): void =>
    io.stderr(formatProblem(problem, "warning", width));
  try {
    const done = await calibrate(io, input, { stopping, signal, onWarning, open });
    const exit = exitCode() ?? exitOfCalibration(done);
    if (done.asked !== null) io.stderr(unansweredText(done.asked));
    printResult(io, options, {
      document: () => calibrationDocument(exit, done.report),
      text: (terminal) => calibrationText(done.report, terminal),
    });
    return exit;
  } finally {
    close();
  }
}
