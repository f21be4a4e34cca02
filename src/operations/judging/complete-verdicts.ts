import type { OpenJudge } from "../../domain/judge.ts";
import { EvalsError, type Problem } from "../../domain/problem.ts";
import { verdictsByAnswer } from "../../labels/calibrate.ts";
import { calibrateAlone } from "../../labels/one-calibration.ts";
import { labelledAnswers } from "../../labels/truth.ts";
import { appendVerdict, type JudgeVerdict, sortVerdicts } from "../../labels/verdict-file.ts";
import { plural } from "../../reports/format-numbers.ts";
import type { Environment } from "../environment.ts";
import { type Asked, askVerdicts, type VerdictQuestion } from "./ask-verdicts.ts";
import type { CalibrationSubject } from "./calibrated-judge.ts";
import { contentOf, countingVerdicts, staying } from "./counting-verdicts.ts";

/** Default number of concurrent questions to a judge. */
const CONCURRENCY = 8;

/** What a calibration needs to ask its judge. */
export interface VerdictSession {
  readonly subject: CalibrationSubject;
  /** Null when the judge's file is missing or has mistakes; see `troubles`. */
  readonly judge: OpenJudge | null;
  readonly troubles: readonly Problem[];
  readonly stopping: () => boolean;
  readonly io: Environment;
}

/** The judge's verdicts on all labelled answers. Missing verdicts are asked for, and each is stored as it arrives. */
export async function completeVerdicts(
  session: VerdictSession,
  repeats: number,
): Promise<{ verdicts: readonly JudgeVerdict[]; asked: Asked | null }> {
  const { subject, judge, troubles } = session;
  const known = countingVerdicts(subject, judge, subject.verdicts);
  if (known.length === 0 && judge === null) throw new EvalsError(troubles);
  if (judge === null || missingVerdicts(subject, known, repeats).length === 0)
    return { verdicts: known, asked: null };
  const done = calibrateAlone(subject.root, subject);
  try {
    return await askForVerdicts(session, judge, repeats);
  } finally {
    done();
  }
}

function missingVerdicts(
  { labels, cases }: CalibrationSubject,
  known: readonly JudgeVerdict[],
  repeats: number,
): VerdictQuestion[] {
  const there = verdictsByAnswer(known);
  return labelledAnswers(labels).flatMap((labelled): VerdictQuestion[] => {
    const golden = cases?.get(labelled.case);
    if (golden === undefined) return [];
    const verdicts = there.get(labelled.key) ?? [];
    return missingRepeats(verdicts, repeats).map((repeat) => ({ labelled, golden, repeat }));
  });
}

async function askForVerdicts({ subject, stopping, io }: VerdictSession, judge: OpenJudge, repeats: number) {
  const { root, judge: name, version } = subject;
  // The judge's file may have changed under the same version. Verdicts from before the change must not count.
  const stays = staying(subject, judge);
  const known = countingVerdicts(subject, judge, sortVerdicts(root, name, version, stays));
  const questions = missingVerdicts(subject, known, repeats);
  io.notice(`Asking ${name} ${version} about ${plural(questions.length, "answer")}.`);
  const asked = await askVerdicts(judge, questions, {
    concurrency: concurrencyOf(subject),
    stopping,
    onVerdict: ({ labelled, golden, repeat }, { verdict, orders }) => {
      const { case: id, answer_hash } = labelled;
      const one = { case: id, answer_hash, repeat, verdict, judge: judge.hash, content: contentOf(golden) };
      appendVerdict(root, name, version, orders === undefined ? one : { ...one, orders: [...orders] });
    },
  });
  return { verdicts: countingVerdicts(subject, judge, sortVerdicts(root, name, version, stays)), asked };
}

/** The numbers, from 1, of the verdicts that an answer still needs. Imported verdicts may start at 0. */
function missingRepeats(verdicts: readonly JudgeVerdict[], wanted: number): number[] {
  const taken = new Set(verdicts.map((one) => one.repeat));
  const missing: number[] = [];
  for (let repeat = 1; verdicts.length + missing.length < wanted; repeat++)
    if (!taken.has(repeat)) missing.push(repeat);
  return missing;
}

/** Maximum number of concurrent questions to the judge. */
export function concurrencyOf({ loaded, project }: CalibrationSubject): number {
  return loaded?.suite.concurrency ?? project?.config.defaults.concurrency ?? CONCURRENCY;
}
