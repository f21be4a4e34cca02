import { EvalsError } from "../../domain/problem.ts";
import { calibrate, exitOfCalibration } from "../../operations/calibrate.ts";
import type { openCalibratedJudge } from "../../operations/judging/open-calibrated-judge.ts";
import { formatProblem } from "../../project/format-problems.ts";
import { calibrationDocument } from "../../reports/json/calibration.ts";
import { documentText } from "../../reports/json/documents.ts";
import { calibrationText, unansweredText } from "../../reports/terminal/calibration.ts";
import type { Io } from "../io.ts";
import { wantsColor } from "../reporting/wants-color.ts";
import { listenForStop } from "../stop-signals.ts";

/** Options of `evals calibrate`, as typed. */
export interface CalibrateOptions {
  readonly directory?: string | undefined;
  readonly suite?: string | undefined;
  readonly repeats?: string | undefined;
  readonly check?: boolean | undefined;
  readonly json?: boolean | undefined;
  readonly color?: boolean | undefined;
}

/** `evals calibrate <judge>`: what it is worth, by what people say of the same answers. */
export async function calibrateCommand(
  options: CalibrateOptions,
  judge: string,
  io: Io,
  open?: typeof openCalibratedJudge,
): Promise<number> {
  const input = {
    directory: options.directory,
    suite: options.suite,
    ...{ judge, repeats: readRepeats(options.repeats), check: options.check === true },
  };
  const { stopping, signal, exitCode, close } = listenForStop(io);
  const width = io.stderrIsTerminal ? io.width : undefined;
  const onWarning = (problem: Parameters<typeof formatProblem>[0]): void =>
    io.stderr(formatProblem(problem, "warning", width));
  try {
    const done = await calibrate(io, input, { stopping, signal, onWarning, open });
    const exit = exitCode() ?? exitOfCalibration(done);
    if (done.asked !== null) io.stderr(unansweredText(done.asked));
    io.stdout(
      options.json === true
        ? documentText(calibrationDocument(exit, done.report))
        : calibrationText(done.report, { width: io.width, color: wantsColor(io, options.color) }),
    );
    return exit;
  } finally {
    close();
  }
}

/** @throws {EvalsError} EVALS_OPTION_INVALID */
function readRepeats(given: string | undefined): number {
  const repeats = given === undefined ? 1 : Number(given);
  if (!Number.isInteger(repeats) || repeats < 1 || repeats > 100) {
    throw new EvalsError({
      code: "EVALS_OPTION_INVALID",
      what: "--repeats is not a whole number from 1 to 100.",
      why: "Each repeat asks the judge about every labelled answer once more.",
      fix: "--repeats 3",
    });
  }
  return repeats;
}
