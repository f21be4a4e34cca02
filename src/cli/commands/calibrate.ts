import type { Problem } from "../../domain/problem.ts";
import { calibrate, exitOfCalibration } from "../../operations/calibrate.ts";
import type { openCalibratedJudge } from "../../operations/judging/open-calibrated-judge.ts";
import { type NumberOption, readNumber, wholeNumber } from "../../operations/options/read-number.ts";
import { formatProblem } from "../../project/format-problems.ts";
import { calibrationDocument } from "../../reports/json/calibration.ts";
import { calibrationText, unansweredText } from "../../reports/terminal/calibration.ts";
import type { CalibrateCall } from "../declarations/calibrate.ts";
import { printResult } from "../print-result.ts";
import { listenForStop } from "../stop-signals.ts";

const REPEATS: NumberOption = {
  option: "--repeats",
  ...wholeNumber(1, 100),
  why: "--repeats is the number of times that the judge is asked about each labelled answer.",
  fix: "--repeats 3",
};

/** `evals calibrate <judge>`: measures how well a judge agrees with people's labels. */
export async function calibrateCommand(
  { io, options, args: [judge] }: CalibrateCall,
  open?: typeof openCalibratedJudge,
): Promise<number> {
  const input = {
    directory: options.directory,
    suite: options.suite,
    ...{ judge, repeats: readNumber(options.repeats, REPEATS) ?? 1, check: options.check === true },
  };
  const { stopping, signal, exitCode, close } = listenForStop(io);
  const width = io.stderrIsTerminal ? io.width : undefined;
  const onWarning = (problem: Problem): void => io.stderr(formatProblem(problem, "warning", width));
  try {
    const done = await calibrate(io, input, { stopping, signal, onWarning, open });
    const exit = exitCode() ?? exitOfCalibration(done);
    if (done.asked !== null) io.stderr(unansweredText(done.asked));
    return printResult(io, options, {
      exit,
      document: () => calibrationDocument(exit, done.report),
      text: (terminal) => calibrationText(done.report, terminal),
    });
  } finally {
    close();
  }
}
