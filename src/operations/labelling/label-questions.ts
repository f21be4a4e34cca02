import { didYouMean } from "../../domain/did-you-mean.ts";
import { sha256 } from "../../domain/json.ts";
import type { Label } from "../../domain/label.ts";
import type { AnswerPicking } from "../../domain/labelling.ts";
import { allItems } from "../../domain/pages.ts";
import { EvalsError } from "../../domain/problem.ts";
import { disputedAnswers } from "../../labels/disputed.ts";
import { answerKey } from "../../labels/label-file.ts";
import { type PickedAnswer, pickAnswers } from "../../labels/pick-answers.ts";
import { isAdjudicated, isTied, type LabelledAnswer, labelledAnswers } from "../../labels/truth.ts";
import type { Opinion, Question } from "../../page/labelling-shapes.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import { answersOfRun, answerText, type RunAnswer } from "./answers-of-run.ts";

/** What a rater's questions are made from. */
export interface QuestionSource {
  readonly store: Store;
  readonly run: StoredRun;
  readonly rater: string;
  readonly labels: readonly Label[];
  /** The judge or scorer that the labels measure; undefined for the only one of the suite. */
  readonly of: string | undefined;
}

/** Which answers to ask about. */
export interface AnswerChoice {
  readonly how: AnswerPicking;
  /** Maximum number of answers to pick. */
  readonly count: number;
  /** Only cases with one of these tags; all when empty. */
  readonly tags: readonly string[];
}

/** Maximum number of the rater's latest labels whose answers are asked about again. */
const MAX_KNOWN = 200;

/** The answers of a run to be labelled, in this rater's own order. @throws {EvalsError} EVALS_TAG_UNKNOWN */
export async function pickedQuestions(source: QuestionSource, options: AnswerChoice): Promise<Question[]> {
  const { store, run, rater, of } = source;
  const answers = withTags(await answersOfRun(store, run, of), options.tags);
  const picks =
    options.how === "disputed" ? disputes(source, answers, options.count) : sample(source, answers, options);
  const questions: Question[] = [];
  for (const pick of inOrderOf(picks, rater))
    questions.push(await questionOf(source, pick, await answerText(store, run, pick.answer)));
  return questions;
}

/**
 * Picks the same answers for every rater, so that raters can be compared. A larger count picks the same
 * answers and some more.
 */
function sample(
  { run }: QuestionSource,
  answers: readonly RunAnswer[],
  { count, how, tags }: AnswerChoice,
): PickedAnswer<RunAnswer>[] {
  const anyJudged = answers.some((one) => one.judged !== null);
  const by = how !== "stratified" ? "random" : anyJudged ? "verdict" : "tag";
  const picks = pickAnswers(answers, { count, by, seed: `${run.header.id} ${tags.join(" ")}` });
  // Answers with certain tags are not a random sample of the whole run.
  return tags.length === 0 ? picks : picks.map((pick) => ({ ...pick, picked: "stratified" }));
}

/** The most disputed answers that this rater has not labelled. Each represents only the trials that gave it. */
function disputes(
  { labels, rater }: QuestionSource,
  answers: readonly RunAnswer[],
  count: number,
): PickedAnswer<RunAnswer>[] {
  const judged = new Set(labels.filter((one) => one.rater === rater).map(answerKey));
  return disputedAnswers(answers, labels)
    .filter(({ answer }) => !judged.has(answerKey(answer)))
    .slice(0, count)
    .map(({ answer }) => ({ answer, picked: "stratified", weight: answer.trials }));
}

/** Puts answers into an order that does not reveal why each was picked, and that differs between raters. */
function inOrderOf(picks: readonly PickedAnswer<RunAnswer>[], rater: string): PickedAnswer<RunAnswer>[] {
  return picks
    .map((pick) => ({ pick, at: sha256(`${rater}\n${answerKey(pick.answer)}`) }))
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .map(({ pick }) => pick);
}

function withTags(answers: readonly RunAnswer[], tags: readonly string[]): readonly RunAnswer[] {
  if (tags.length === 0) return answers;
  const known = new Set(answers.flatMap((one) => one.tags));
  const unknown = tags.filter((tag) => !known.has(tag));
  if (unknown.length === 0) return answers.filter((one) => tags.some((tag) => one.tags.includes(tag)));
  throw new EvalsError(
    unknown.map((tag) => ({
      code: "EVALS_TAG_UNKNOWN",
      what: `No answered case of this run has the tag "${tag}".${didYouMean(tag, [...known])}`,
      why: "There would be no answer to label.",
      fix: known.size === 0 ? "Leave --tag out: no case has a tag." : `One of: ${[...known].join(", ")}`,
    })),
  );
}

/** The answers on which raters disagree and that nobody has settled, each with the raters' verdicts. */
export async function conflicts(source: QuestionSource): Promise<Question[]> {
  const caseNumbers = await caseNumbersOf(source);
  const questions: Question[] = [];
  for (const { labels, ...answer } of labelledAnswers(source.labels).filter(isConflict)) {
    const case_no = caseNumbers.get(answer.case);
    if (case_no === undefined) continue;
    const { case: id, answer_hash, picked, weight } = answer;
    const found = { case_no, case: id, answer_hash, tags: [], trials: 1, judged: null };
    const question = await questionOf(source, { answer: found, picked, weight }, answer.answer);
    questions.push({ ...question, opinions: labels.map(opinionOf) });
  }
  return questions;
}

async function caseNumbersOf({ store, run }: QuestionSource): Promise<ReadonlyMap<string, number>> {
  const cases = await allItems((page) => store.read.cases(run.no, page));
  return new Map(cases.map((one) => [one.id, one.case_no]));
}

/** Number of answers in a file of labels on which raters disagree, whichever runs gave these answers. */
export function countConflicts(labels: readonly Label[]): number {
  return labelledAnswers(labels).filter(isConflict).length;
}

/** Whether raters disagree and nobody has settled it, or those who adjudicated are evenly divided. */
function isConflict(answer: LabelledAnswer): boolean {
  const { labels } = answer;
  if (labels.some(isAdjudicated)) return isTied(answer);
  return new Set(labels.map((one) => one.verdict)).size > 1;
}

function opinionOf({ rater, verdict, criteria, comment }: Label): Opinion {
  return { rater, verdict, criteria, comment };
}

/** Answers that this rater has labelled, latest first, to find out whether the rater gives the same verdict again. */
export async function knownQuestions(source: QuestionSource): Promise<Question[]> {
  const caseNumbers = await caseNumbersOf(source);
  const own = source.labels.flatMap((label) => {
    const case_no = caseNumbers.get(label.case);
    return label.rater !== source.rater || case_no === undefined ? [] : [{ label, case_no }];
  });
  const latest = own.sort((a, b) => (a.label.at < b.label.at ? 1 : -1)).slice(0, MAX_KNOWN);
  const questions: Question[] = [];
  for (const { label, case_no } of latest) {
    const { case: id, answer_hash, picked, weight } = label;
    const found = { case_no, case: id, answer_hash, tags: [], trials: 1, judged: null };
    questions.push(await questionOf(source, { answer: found, picked, weight }, label.answer));
  }
  return questions;
}

async function questionOf(
  { store, run }: QuestionSource,
  { answer, picked, weight }: PickedAnswer<RunAnswer>,
  text: string,
): Promise<Question> {
  const { case: id, answer_hash, case_no } = answer;
  const content = await store.read.content(run.no, case_no);
  return {
    id: sha256(answerKey(answer)).slice(0, 16),
    ...{ case: id, answer_hash, answer: text, picked, weight },
    input: content?.input ?? null,
    expected: content?.expected,
  };
}
