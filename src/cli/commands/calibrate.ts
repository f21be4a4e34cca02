import type { CalibrationReport, DriftCheck } from "../../domain/calibration.ts";
import type { OpenJudge } from "../../domain/judge.ts";
import { EvalsError, type Problem } from "../../domain/problem.ts";
import { type CalibrationResult, calibrate, verdictsByAnswer } from "../../labels/calibrate.ts";
import { writeCalibration } from "../../labels/calibration-file.ts";
import { driftCheck } from "../../labels/drift-check.ts";
import { answerKey, changedCasesWarning, labelsPath, unknownCases } from "../../labels/label-file.ts";
import type { JudgeVerdict } from "../../labels/verdict-file.ts";
import { type Asked, askVerdicts, type VerdictQuestion } from "../../operations/judging/ask-verdicts.ts";
import { type CalibrationSubject, readSubject } from "../../operations/judging/calibrated-judge.ts";
import { calibrationReport, suiteCalibration } from "../../operations/judging/calibration-report.ts";
import {
  completeVerdicts,
  concurrencyOf,
  type VerdictSitting,
} from "../../operations/judging/complete-verdicts.ts";
import { changedCases } from "../../operations/judging/counting-verdicts.ts";
import { openCalibratedJudge } from "../../operations/judging/open-calibrated-judge.ts";
import { answersOfRun, runToLabel } from "../../operations/labelling/answers-of-run.ts";
import { formatProblem } from "../../project/format-problems.ts";
import { plural } from "../../reports/format-numbers.ts";
import { documentText } from "../../reports/json/documents.ts";
import { plainLine } from "../../reports/plain-text.ts";
import { calibrationText } from "../../reports/terminal/calibration.ts";
import { hasHistory } from "../../store/history-file.ts";
import { openStore } from "../../store/open-store.ts";
import { EXIT } from "../exit-code.ts";
import type { Io } from "../io.ts";
import { wantsColor } from "../reporting/wants-color.ts";
import { listenForStop } from "../stop-signals.ts";

interface Options {
  readonly directory: string | undefined;
  readonly suite: string | undefined;
  readonly repeats: number;
  readonly check: boolean;
  readonly json: boolean;
  readonly color: boolean;
}

/** `evals calibrate <judge>`: what it is worth, by what people say of the same answers. */
export async function calibrateCommand(
  raw: Record<string, unknown>,
  spec: string,
  io: Io,
  open: typeof openCalibratedJudge = openCalibratedJudge,
): Promise<number> {
  const options = readOptions(raw);
  const subject = await readSubject(io, spec, options);
  const stop = listenForStop(io);
  const { judge, troubles, close } = await open(subject, io, stop.signal);
  for (const problem of warnings(subject, judge))
    io.stderr(formatProblem(problem, "warning", io.stderrIsTerminal ? io.width : undefined));
  const sitting: VerdictSitting = { subject, judge, troubles, stopping: stop.stopping, io };
  try {
    const { verdicts, asked } = await completeVerdicts(sitting, options.repeats);
    const result = calibrate(subject.labels, verdicts, tagsOf(subject));
    if (result.pairs.length === 0) throw nothingToCompare(subject, result, asked);
    const check = options.check ? await checkDrift(sitting, result, verdicts) : null;
    const report = calibrationReport(subject, {
      result,
      judge,
      check,
      unlabelled: await unlabelledAnswers(subject, result),
      file: judge === null ? null : keep(subject, judge, result),
    });
    const exit = stop.exitCode() ?? exitOf(check, asked);
    print(report, { exit, asked, options, io });
    return exit;
  } finally {
    stop.close();
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

function exitOf(check: DriftCheck | null, asked: Asked | null): number {
  if (check?.drifted === true) return EXIT.failed;
  return asked !== null && (asked.stopped || asked.failed > 0) ? EXIT.undecided : EXIT.ok;
}

function print(
  report: CalibrationReport,
  { exit, asked, options, io }: { exit: number; asked: Asked | null; options: Options; io: Io },
): void {
  if (asked !== null && asked.failed > 0)
    io.stderr(
      `The judge gave no usable verdict of ${plural(asked.failed, "answer")}, for instance: ${plainLine(asked.failure ?? "")}\n`,
    );
  if (asked?.stopped === true)
    io.stderr("Stopped. Nothing that was judged is lost: the same command goes on with the rest.\n");
  if (options.json) {
    const { judge, suite, labels, confusion, agreement, kappa, ac1, sensitivity, specificity, ...more } =
      report;
    io.stdout(
      documentText({
        schema: "evals.calibrate/1",
        exit,
        ...{ judge, suite, labels, confusion, agreement, kappa, ac1, sensitivity, specificity, ...more },
      }),
    );
    return;
  }
  const color = wantsColor(io, options.color);
  io.stdout(calibrationText(report, { width: io.width, color }));
}

function tagsOf({ cases }: CalibrationSubject): ((id: string) => readonly string[]) | null {
  return cases === null ? null : (id) => cases.get(id)?.tags ?? [];
}

/** Judges the labelled answers afresh: under a repeat of this moment, which no memory can know. */
async function checkDrift(
  { subject, judge, troubles, stopping, io }: VerdictSitting,
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

/** Answers of the newest run that a judge has judged and nobody has labelled: where to find what is scarce. */
async function unlabelledAnswers({ root, suite }: CalibrationSubject, { answers }: CalibrationResult) {
  if (!hasHistory(root)) return [];
  const store = await openStore(root);
  try {
    if (store.runs({ suite, limit: 1 }).length === 0) return [];
    const labelled = new Set(answers.map((one) => one.key));
    return answersOfRun(store, runToLabel(store, suite)).flatMap(({ case: id, answer_hash, judged }) => {
      if (judged === null || labelled.has(answerKey({ case: id, answer_hash }))) return [];
      const verdict: "pass" | "fail" = 2 * judged.pass >= judged.of ? "pass" : "fail";
      return [{ case: id, answer_hash, verdict }];
    });
  } finally {
    store.close();
  }
}

/** @throws {EvalsError} EVALS_OPTION_INVALID */
function readOptions(raw: Record<string, unknown>): Options {
  const repeats = raw.repeats === undefined ? 1 : Number(raw.repeats);
  if (!Number.isInteger(repeats) || repeats < 1 || repeats > 100) {
    throw new EvalsError({
      code: "EVALS_OPTION_INVALID",
      what: "--repeats is not a whole number from 1 to 100.",
      why: "Each repeat asks the judge about every labelled answer once more.",
      fix: "--repeats 3",
    });
  }
  return {
    directory: raw.directory as string | undefined,
    suite: raw.suite as string | undefined,
    repeats,
    check: raw.check === true,
    json: raw.json === true,
    color: raw.color !== false,
  };
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
      ? `People are unsure or divided about each of the ${labels.n} labelled answers of "${suite}".`
      : `${judge} has no verdict of any labelled answer of "${suite}", and none of their cases is in the dataset any more.`,
    why: "What a judge is worth follows from answers that both people and the judge decided.",
    fix: undecided ? `${labelCommand} --adjudicate` : labelCommand,
  });
}

function noVerdict({ judge }: Pick<CalibrationSubject, "judge">, { failed, failure }: Asked): EvalsError {
  return new EvalsError({
    code: "EVALS_JUDGE_NO_VERDICT",
    what: `${judge} gave no usable verdict of any of the ${plural(failed, "answer")} it was asked about: ${(failure ?? "it was stopped").replace(/\.+$/, "")}.`,
    why: "A missing verdict is neither a pass nor a fail.",
    fix: "Correct the judge or its model, then calibrate again.",
  });
}

function nothingToAsk({ suite, labelCommand }: CalibrationSubject): EvalsError {
  return new EvalsError({
    code: "EVALS_CALIBRATE_NOTHING",
    what: `None of the labelled cases is in the dataset of "${suite}" any more.`,
    why: "A judge is asked with the case's input, and only the dataset has it.",
    fix: labelCommand,
  });
}
