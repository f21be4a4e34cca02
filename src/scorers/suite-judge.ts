import type { Json } from "../domain/json.ts";
import {
  type Judged,
  type JudgeFile,
  type JudgeHost,
  type SuiteJudge,
  UnreadJudge,
} from "../domain/judge.ts";
import { EvalsError, SettingMistake } from "../domain/problem.ts";
import type { ScoreInput } from "../domain/scorer.ts";
import { ScorerFailure } from "../domain/scorer.ts";
import type { Select, TextPlace } from "../domain/suite.ts";
import { Unselectable } from "./frame/parse-answer.ts";
import { twoOperands } from "./frame/scorer-mistakes.ts";
import { operandOf } from "./frame/scorer-operand.ts";
import { compileSelect } from "./frame/select-part.ts";
import { textReader } from "./frame/text-place.ts";
import { examineFile } from "./judge/examine-file.ts";
import { openJudgeFile } from "./judge/open-judge-file.ts";

/**
 * The settings of a judge in a suite's list of scorers. Two entries of one judge with equal settings judge in the
 * same way.
 */
export interface JudgeEntry {
  /** Alias of the model to ask instead of the judge's own model. */
  readonly model?: string | undefined;
  readonly threshold?: number | undefined;
  /** Location of the retrieved texts in the case; default `metadata.context`. */
  readonly context?: string | undefined;
  /** Which part of the answer is judged; default the whole text. */
  readonly select?: Select | undefined;
  /** Which text of the transcript is judged; default the answer. */
  readonly on?: TextPlace | undefined;
  /**
   * Location of the reference in the case, or `baseline`: the baseline's answer of the same trial. Default
   * `expected`.
   */
  readonly against?: string | undefined;
  /** A literal reference. */
  readonly value?: unknown;
}

/** The value of `against:` for a judge that compares with the baseline's answers. */
export const BASELINE = "baseline";

/**
 * Prepares a judge for a suite's answers. No call is made and no key is needed yet.
 *
 * @throws {SettingMistake} at a key of the entry
 * @throws {EvalsError} with the mistakes of the judge's file
 */
export async function openSuiteJudge(
  file: JudgeFile,
  entry: JudgeEntry,
  host: JudgeHost,
): Promise<SuiteJudge> {
  if (entry.against === BASELINE) return openAgainstBaseline(file, entry, host);
  const { select, against, value } = entry;
  const literal = value as Json | undefined;
  const reference = operandOf<Json | undefined>(
    {
      ...(literal === undefined ? {} : { value: literal }),
      ...(against === undefined ? {} : { against }),
    },
    { operand: "optional" },
    (one) => one,
  );
  const selected = await selectedPart(select);
  const text = textReader(entry.on);
  const judge = await openJudgeFile(file, { ...entry, subject: subjectOf(entry) }, host);
  const put = (golden: ScoreInput["golden"]): ScoreInput["golden"] => {
    const expected = reference.of(golden);
    return expected === undefined ? golden : { ...golden, expected };
  };
  const replaced = literal !== undefined || against !== undefined;
  return {
    ...judge,
    reads: [...reference.reads, ...judge.reads.filter((path) => path !== "expected" || !replaced)],
    refuses: (golden) => reference.refuses(golden) ?? judge.refuses(put(golden)),
    judge: async (input, repeat): Promise<Judged> => {
      const whole = text(input.transcript);
      const output = whole instanceof Unselectable ? whole : selected(whole);
      if (output instanceof Unselectable) return { verdict: "fail", score: 0, reason: output.reason };
      const transcript = { ...input.transcript, output };
      return judge.judge({ ...input, golden: put(input.golden), transcript }, repeat);
    },
  };
}

/**
 * Adds to the error for a judge's file what else is wrong in it, so that all mistakes are reported together. Any other
 * error is returned unchanged.
 */
export async function withFileMistakes(
  error: unknown,
  instead: Pick<JudgeEntry, "model" | "threshold">,
  host: JudgeHost,
): Promise<unknown> {
  if (!(error instanceof UnreadJudge)) return error;
  const { draft, problems } = error;
  try {
    const examined = await examineFile(draft, instead, host);
    return new EvalsError([...problems, ...examined.problems]);
  } catch (mistake) {
    if (!(mistake instanceof SettingMistake)) throw mistake;
    const { problems: own } = await examineFile(draft, { threshold: instead.threshold }, host);
    // The suite's model has no place in the judge's file; the caller knows the entry that names it.
    return new EvalsError([...problems, ...own, mistake.problem]);
  }
}

/** The part of an answer that is judged, as text. */
async function selectedPart(select: Select | undefined): Promise<(output: string) => string | Unselectable> {
  const part = await compileSelect(select);
  return (output) => {
    const found = part(output);
    return typeof found === "string" || found instanceof Unselectable ? found : JSON.stringify(found);
  };
}

/**
 * A pairwise judge that compares with the baseline's answer of the same case and trial. Two equal answers are a tie,
 * for which no call is made.
 */
async function openAgainstBaseline(file: JudgeFile, entry: JudgeEntry, host: JudgeHost): Promise<SuiteJudge> {
  if (entry.value !== undefined) throw twoOperands();
  if (file.settings.kind !== "pairwise") throw notPairwise(file);
  const selected = await selectedPart(entry.select);
  if (entry.on !== undefined && entry.on !== "answer") throw onlyAnswers();
  const judge = await openJudgeFile(file, { ...entry, subject: subjectOf(entry) }, host);
  const put = (golden: ScoreInput["golden"], other: string) => ({ ...golden, expected: other });
  return {
    ...judge,
    reads: judge.reads.filter((path) => path !== "expected"),
    refuses: (golden) => judge.refuses(put(golden, "")),
    judge: async (input, repeat): Promise<Judged> => {
      const { golden, trial, transcript } = input;
      const baselineAnswer = await host.baseline?.(golden.id, trial);
      if (baselineAnswer === undefined)
        throw new ScorerFailure(
          "judge",
          `the baseline's answer of case ${golden.id}, trial ${trial}, is not stored here`,
        );
      const output = selected(transcript.output);
      const other = selected(baselineAnswer);
      if (output instanceof Unselectable) return { verdict: "fail", score: 0, reason: output.reason };
      if (other instanceof Unselectable)
        return {
          verdict: "pass",
          score: 1,
          reason: `the baseline's answer cannot be compared: ${other.reason}`,
        };
      if (output === other) return SAME_ANSWER;
      return judge.judge(
        { ...input, golden: put(golden, other), transcript: { ...transcript, output } },
        repeat,
      );
    },
  };
}

const SAME_ANSWER: Judged = {
  verdict: "pass",
  score: 0.5,
  reason: "a tie: the same answer as the baseline's",
  orders: ["tie", "tie"],
};

function onlyAnswers(): SettingMistake {
  return new SettingMistake(["on"], {
    code: "EVALS_JUDGE_BASELINE",
    what: "A judge with `against: baseline` cannot have `on`: it reads only the answer.",
    why: "A baseline keeps the answers of its trials, but not always their conversations.",
    fix: "Delete `on`, or delete `against: baseline`.",
  });
}

function notPairwise({ settings }: JudgeFile): SettingMistake {
  return new SettingMistake(["against"], {
    code: "EVALS_JUDGE_BASELINE",
    what: `A judge of kind ${settings.kind} does not compare two answers.`,
    why: "The baseline's answer may be wrong, so it is not a reference. Only a pairwise judge compares an answer with it.",
    fix: "Write `kind: pairwise` in the judge's file, or `against: expected` in the suite.",
  });
}

/** The settings of an entry that decide what is judged; they are part of the judge's hash. */
function subjectOf({
  select,
  on,
  against,
  value,
}: JudgeEntry): { readonly [name: string]: Json } | undefined {
  const subject = {
    ...(select === undefined ? {} : { select: select as unknown as Json }),
    ...(on === undefined || on === "answer" ? {} : { on: on as unknown as Json }),
    ...(value !== undefined ? { value: value as Json } : {}),
    ...(against === undefined || against === "expected" ? {} : { against }),
  };
  return Object.keys(subject).length === 0 ? undefined : subject;
}
