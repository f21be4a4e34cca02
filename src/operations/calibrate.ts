import type { CalibrationReport, DriftCheck } from "../domain/calibration.ts";
import { EXIT } from "../domain/exit-code.ts";
import type { OpenJudge } from "../domain/judge.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import {
  type CalibrationResult,
  calibrate as calibrateLabels,
  verdictsByAnswer,
} from "../labels/calibrate.ts";
import { writeCalibration } from "../labels/calibration-file.ts";
import { driftCheck } from "../labels/drift-check.ts";
import { answerKey, changedCasesWarning, unknownCases } from "../labels/label-file.ts";
import { labelsPath } from "../labels/labels-path.ts";
import type { JudgeVerdict } from "../labels/verdict-file.ts";
import { plural } from "../reports/format-numbers.ts";
import type { Environment } from "./environment.ts";
import { type Asked, askVerdicts, type VerdictQuestion } from "./judging/ask-verdicts.ts";
import { type CalibrationSubject, readSubject } from "./judging/calibrated-judge.ts";
import { calibrationReport, suiteCalibration } from "./judging/calibration-report.ts";
import { completeVerdicts, concurrencyOf, type VerdictSession } from "./judging/complete-verdicts.ts";
import { changedCases } from "./judging/counting-verdicts.ts";
import { openCalibratedJudge } from "./judging/open-calibrated-judge.ts";
import { answersOfRun, newestAnswered } from "./labelling/answers-of-run.ts";
import { hasStoredHistory, openStoredHistory } from "./project/stored-history.ts";

export interface CalibrateInput {
  readonly directory?: string | undefined;
  /** `name`, or `name@1.2.0` for another version than the suite's. */
  readonly judge: string;
  /** The suite whose labels are used; by default the only suite that has labels. */
  readonly suite?: string | undefined;
  /** Number of verdicts that the judge gives on each answer; at least 1. */
  readonly repeats: number;
  /** Whether to judge the labelled answers again, to detect drift of the judge. */
  readonly check: boolean;
}

/** Callbacks and cancellation, provided by the caller. */
export interface CalibrateControl {
  /** When it returns true, no new question is asked. */
  readonly stopping: () => boolean;
  /** Aborts the calls in flight. */
  readonly signal: AbortSignal;
  /** Called for each warning about the labels, before the judge is asked. */
  readonly onWarning: (problem: Problem) => void;
  /** Opens the judge; by default `openCalibratedJudge`. */
  readonly open?: typeof openCalibratedJudge | undefined;
}

export interface Calibrated {
  readonly report: CalibrationReport;
  /** The judge calls of this calibration; null when every verdict was already stored. */
  readonly asked: Asked | null;
}

/** The exit code: 1 when the judge has drifted, 3 while requested verdicts are missing, else 0. */
export function exitOfCalibration({ report, asked }: Calibrated): number {
  if (report.check?.drifted === true) return EXIT.failed;
  return asked !== null && (asked.stopped || asked.failed > 0) ? EXIT.undecided : EXIT.ok;
}

/** Measures how well a judge agrees with people's labels. @throws {EvalsError} when nothing can be compared */
export async function calibrate(
  io: Environment,
  input: CalibrateInput,
  { stopping, signal, onWarning, open = openCalibratedJudge }: CalibrateControl,
): Promise<Calibrated> {
  const subject = await readSubject(io, input.judge, input);
  const { judge, troubles, close } = await open(subject, io, signal);
  for (const problem of warnings(subject, judge)) onWarning(problem);
  const session: VerdictSession = { subject, judge, troubles, stopping, io };
  try {
    const { verdicts, asked } = await completeVerdicts(session, input.repeats);
    const result = calibrateLabels(subject.labels, verdicts, tagsOf(subject));
    if (result.pairs.length === 0) throw nothingToCompare(subject, result, asked);
    const check = input.check ? await checkDrift(session, result, verdicts) : null;
    const report = calibrationReport(subject, {
      result,
      judge,
      check,
      unlabelled: await unlabelledAnswers(io, subject, result),
      file: judge === null ? null : keep(subject, judge, result),
    });
    return { report, asked };
  } finally {
    await close();
  }
}

function warnings(subject: CalibrationSubject, judge: OpenJudge | null): Problem[] {
  const path = labelsPath(subject.suite);
  const ids = subject.cases === null ? null : [...subject.cases.keys()];
  const changed = changedCases(subject, judge);
  return [
    ...(ids === null ? [] : unknownCases(subject.labels, path, ids)),
    ...changedCasesWarning(changed, path),
  ];
}

function keep(subject: CalibrationSubject, judge: OpenJudge, result: CalibrationResult): string {
  return writeCalibration(subject.root, subject, subject.suite, suiteCalibration(subject, judge, result));
}

function tagsOf({ cases }: CalibrationSubject): ((id: string) => readonly string[]) | null {
  return cases === null ? null : (id) => cases.get(id)?.tags ?? [];
}

/** Judges the labelled answers again. The current time is the repeat number, so that no stored reply is used. */
async function checkDrift(
  { subject, judge, troubles, stopping, io }: VerdictSession,
  { pairs }: CalibrationResult,
  verdicts: readonly JudgeVerdict[],
): Promise<DriftCheck> {
  if (judge === null) throw new EvalsError(troubles);
  const repeat = Math.floor(io.date().getTime() / 1000);
  const questions = pairs.flatMap(({ labelled }): VerdictQuestion[] => {
    const golden = subject.cases?.get(labelled.case);
    return golden === undefined ? [] : [{ labelled, golden, repeat }];
  });
  if (questions.length === 0) throw nothingToAsk(subject);
  io.notice(`Asking ${subject.judge} ${subject.version} again about ${plural(questions.length, "answer")}.`);
  const now = new Map<string, "pass" | "fail">();
  const asked = await askVerdicts(judge, questions, {
    concurrency: concurrencyOf(subject),
    stopping,
    onVerdict: ({ labelled }, { verdict }) => now.set(labelled.key, verdict),
  });
  if (now.size === 0) throw noVerdict(subject, asked);
  const repeats = verdictsByAnswer(verdicts);
  return driftCheck(
    pairs.flatMap(({ labelled, truth, verdict, weight }) => {
      const fresh = now.get(labelled.key);
      const [first, second] = repeats.get(labelled.key) ?? [];
      if (fresh === undefined) return [];
      const repeatDiffers = second === undefined ? null : first?.verdict !== second.verdict;
      return [{ truth, before: verdict, now: fresh, weight, repeatDiffers }];
    }),
  );
}

/** The answers of the newest run that have a judge's verdict and no label, to suggest which to label. */
async function unlabelledAnswers(
  io: Environment,
  { root, suite, judge }: CalibrationSubject,
  { answers }: CalibrationResult,
) {
  if (!hasStoredHistory(root, io)) return [];
  const store = await openStoredHistory(root, io);
  try {
    const run = await newestAnswered(store, suite);
    if (run == null) return [];
    const labelled = new Set(answers.map((one) => one.key));
    const found = await answersOfRun(store, run, judge);
    return found.flatMap(({ case: id, answer_hash, judged }) => {
      if (judged === null || labelled.has(answerKey({ case: id, answer_hash }))) return [];
      const verdict: "pass" | "fail" = 2 * judged.pass >= judged.of ? "pass" : "fail";
      return [{ case: id, answer_hash, verdict }];
    });
  } finally {
    store.close();
  }
}

function nothingToCompare(
  { suite, judge, labelCommand }: CalibrationSubject,
  { labels }: CalibrationResult,
  asked: Asked | null,
): EvalsError {
  if (asked?.failure != null) return noVerdict({ judge }, asked);
  const undecided = labels.pass + labels.fail === 0;
  return new EvalsError({
    code: "EVALS_CALIBRATE_NOTHING",
    what: undecided
      ? `People are unsure or divided about every one of the ${labels.n} labelled answers of "${suite}".`
      : `${judge} has no verdict on any labelled answer of "${suite}", and cannot be asked for one: the cases of these answers are no longer in the dataset.`,
    why: "A judge is measured on answers that both the judge and people have called pass or fail.",
    fix: undecided ? `${labelCommand} --adjudicate` : labelCommand,
  });
}

function noVerdict({ judge }: Pick<CalibrationSubject, "judge">, { failed, failure }: Asked): EvalsError {
  return new EvalsError({
    code: "EVALS_JUDGE_NO_VERDICT",
    what: `${judge} gave no usable verdict on any of the ${plural(failed, "answer")} it was asked about: ${(failure ?? "it was stopped").replace(/\.+$/, "")}.`,
    why: "A missing verdict counts neither as a pass nor as a fail, so there is nothing to measure.",
    fix: `Correct the judge, or the settings of its model in evalconfig.yaml, then: evals calibrate ${judge}`,
  });
}

function nothingToAsk({ suite, labelCommand }: CalibrationSubject): EvalsError {
  return new EvalsError({
    code: "EVALS_CALIBRATE_NOTHING",
    what: `None of the labelled cases is in the dataset of "${suite}" any more.`,
    why: "A question to the judge contains the case's input, which only the dataset has.",
    fix: labelCommand,
  });
}
