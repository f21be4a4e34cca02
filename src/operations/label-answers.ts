import type { Label } from "../domain/label.ts";
import type { LabellingTask } from "../domain/labelling.ts";
import { answerKey, readLabels, removeLabel, saveLabel } from "../labels/label-file.ts";
import { wordsForJudge } from "../labels/label-of.ts";
import { labelsPath } from "../labels/labels-path.ts";
import { ADJUDICATED } from "../labels/truth.ts";
import { LabellingSession } from "../page/labelling-session.ts";
import type { Environment } from "./environment.ts";
import { runToLabel } from "./labelling/answers-of-run.ts";
import { judgeCriteria } from "./labelling/judge-criteria.ts";
import { judgeOfLabels, labelsBeside, measuredInRun } from "./labelling/judge-of-labels.ts";
import {
  type AnswerChoice,
  conflicts,
  countConflicts,
  knownQuestions,
  pickedQuestions,
} from "./labelling/label-questions.ts";
import { type AddressFile, addressFile } from "./labelling/labelling-address.ts";
import { raterName } from "./labelling/rater-name.ts";
import { selfChecksFile } from "./labelling/self-checks-file.ts";
import { locate } from "./project/open-project.ts";
import { openStoredHistory } from "./project/stored-history.ts";

export interface LabelAnswersInput extends AnswerChoice {
  readonly directory?: string | undefined;
  /** The run whose answers are labelled: a run id, or the name of a suite, which means its newest run. */
  readonly word: string;
  /** The rater; default the user's e-mail address in git. */
  readonly rater?: string | undefined;
  /** The judge or scorer that the labels are to measure; needed only if the suite has several. */
  readonly judge?: string | undefined;
}

/** A labelling session that is ready to start; each label is stored at once. */
export interface Labelling {
  readonly task: LabellingTask;
  readonly session: LabellingSession;
  /** The file that keeps the address of this person's labelling page. */
  readonly address: AddressFile;
}

/** Picks the answers of a run to be labelled. @throws {EvalsError} for an unknown run, rater, judge or tag */
export async function labelAnswers(io: Environment, input: LabelAnswersInput): Promise<Labelling> {
  const place = locate(io, input.directory);
  const { root } = place;
  const store = await openStoredHistory(root, io);
  try {
    const run = await runToLabel(store, input.word);
    const { suite } = run.header;
    const person = await raterName(io, root, input.rater);
    const adjudicates = input.how === "adjudicate";
    const rater = adjudicates ? `${ADJUDICATED}${person}` : person;
    const scorers = measuredInRun(run.header);
    const of = judgeOfLabels(suite, input.judge, scorers);
    const labels = labelsBeside(readLabels(root, suite), of, scorers);
    const source = { store, run, rater, labels, of };
    const questions = await (adjudicates ? conflicts(source) : pickedQuestions(source, input));
    const own = labels.filter((one) => one.rater === rater);
    const judged = new Set(own.map(answerKey));
    const checks = selfChecksFile(root, suite);
    const named = input.judge === undefined ? null : wordsForJudge(input.judge, scorers);
    const judges = run.header.scorers.flatMap((one) => one.judge?.name ?? []);
    const task: LabellingTask = {
      ...{ suite, run: run.header.id, word: input.word, person },
      ...{ how: input.how, count: input.count, judge: input.judge, path: labelsPath(suite) },
      questions: questions.length,
      labelledBefore: questions.filter((one) => judged.has(answerKey(one))).length,
      elsewhere: adjudicates ? Math.max(0, countConflicts(labels) - questions.length) : 0,
      judges: [...new Set(judges.filter((name) => named === null || named.has(name)))],
    };
    const session = new LabellingSession({
      ...{ suite, rater: person, questions, labels: own },
      purpose: adjudicates ? "adjudicate" : "label",
      criteria: await judgeCriteria(place, run.header, of),
      known: adjudicates ? [] : await knownQuestions(source),
      checks: checks.read().filter((one) => one.rater === rater),
      book: {
        save: (label: Label) => saveLabel(root, suite, labelOfJudge({ ...label, rater }, of, labels)),
        remove: (label: Label) => removeLabel(root, suite, labelOfJudge({ ...label, rater }, of, labels)),
        noteCheck: checks.add,
        dropCheck: checks.remove,
      },
      ...{ now: io.date, random: io.random },
    });
    return { task, session, address: addressFile(root, suite, rater) };
  } finally {
    store.close();
  }
}

/**
 * Adds the judge's name to a label. If the label replaces an earlier label of this rater, it keeps the judge of the
 * earlier label.
 */
function labelOfJudge(label: Label, of: string | undefined, there: readonly Label[]): Label {
  const before = there.find((one) => one.rater === label.rater && answerKey(one) === answerKey(label));
  const judged = before === undefined ? of : before.of;
  return judged === undefined ? label : { ...label, of: judged };
}
