import * as z from "zod";
import { calibrate as calibrateIn, exitOfCalibration } from "../operations/calibrate.ts";
import { type CalibrateDocument, calibrationDocument } from "../reports/json/calibration.ts";
import { documented } from "./call.ts";
import { flag, readOptions, type StoppableOptions, stoppableOptions, text } from "./options.ts";

export interface CalibrateOptions extends StoppableOptions {
  /** The judge: `name`, or `name@1.2.0` for another version than the suite's. */
  readonly judge: string;
  /** The suite whose labels are used; default: the only suite that has labels. */
  readonly suite?: string | undefined;
  /** How often the judge is asked about each answer, 1 to 100; default 1. */
  readonly repeats?: number | undefined;
  /**
   * Asks the judge about the labelled answers again, to detect drift of the judge; exit 1 when it has drifted.
   */
  readonly check?: boolean | undefined;
}

const calibrateOptions = z.strictObject({
  ...stoppableOptions,
  judge: text,
  suite: text.optional(),
  repeats: z.int().min(1).max(100).optional(),
  check: flag.optional(),
}) satisfies z.ZodType<CalibrateOptions>;

/**
 * Measures how well a judge agrees with people's labels, like `evals calibrate`.
 *
 * @returns the document of `evals calibrate --json`
 */
export function calibrate(options: CalibrateOptions): Promise<CalibrateDocument> {
  return documented(
    "calibrate",
    () => readOptions("calibrate", calibrateOptions, options),
    async ({ directory, judge, suite, repeats = 1, check = false }, { environment, control }) => {
      const input = { directory, judge, suite, repeats, check };
      const done = await calibrateIn(environment, input, {
        ...control,
        onWarning: ({ what, fix }) => environment.notice(`${what} ${fix}`),
      });
      return calibrationDocument(exitOfCalibration(done), done.report);
    },
  );
}
