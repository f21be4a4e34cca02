import type { KeptAnswers } from "../../baselines/kept-answers.ts";
import { caseContentHash } from "../../domain/case.ts";
import type { Transcript } from "../../domain/transcript.ts";
import type { AnswerThen } from "../../run/judge-again.ts";
import type { Plan } from "../../run/plan.ts";
import { answerOfText, textAlone } from "../../run/text-alone.ts";
import type { Store, StoredRun } from "../../store/store.ts";

/** Where the answers of a baseline are: in the history, or in the file beside it. */
export interface AnswersOfBaseline {
  /** The stored run that it was made of; null where it is not in this history. */
  readonly run: Pick<StoredRun, "no"> | null;
  readonly kept: KeptAnswers | null;
}

type Then = Pick<AnswerThen, "transcript" | "pass">;

/**
 * Answers behind a baseline, as many of each case as a run asks, and others of them in each run of a series: so that what
 * one of them happened to be judged does not weigh on all runs.
 *
 * @param turn how many runs the series has already
 */
export function storedAnswers(
  plan: Plan,
  store: Store,
  { run, kept }: AnswersOfBaseline,
  turn: number,
): AnswerThen[] {
  const stored = run === null ? null : answersByCase(store, run.no);
  return Array.from({ length: plan.count }, (_, caseNo) => caseNo).flatMap((case_no) => {
    const golden = plan.kept(case_no);
    const own = stored?.get(golden.id);
    const isSame = own === undefined || own.content === caseContentHash(plan.golden(case_no));
    const all =
      own === undefined ? textsOf(kept, golden.id, answersWithText(plan)) : isSame ? own.answers() : [];
    return turned(all, plan.planned(case_no), turn).map((one) => ({ case_no, golden, ...one }));
  });
}

function turned(all: readonly Then[], count: number, turn: number): Then[] {
  const from = turn * count;
  return Array.from({ length: Math.min(count, all.length) }, (_, i) => all[(from + i) % all.length]).flatMap(
    (one) => one ?? [],
  );
}

function answersByCase(store: Store, runNo: number) {
  return new Map(
    store.cases(runNo).map((one) => [
      one.id,
      {
        content: one.content_hash,
        answers: (): Then[] =>
          store.trials(runNo, one.case_no).flatMap(({ trial, pass }) => {
            const found = pass === null ? undefined : store.transcript(runNo, one.case_no, trial);
            return found === undefined || pass === null ? [] : [{ transcript: found.transcript, pass }];
          }),
      },
    ]),
  );
}

/** A prompt and a model, and nothing between them: an answer is its text. */
const answersWithText = ({ model, target }: Plan): boolean =>
  model.provider.prompt === "required" && target.conversing === undefined;

function textsOf(kept: KeptAnswers | null, id: string, whole: boolean): Then[] {
  return (kept?.get(id) ?? []).flatMap(({ output, trials, pass }) => {
    const transcript: Transcript = whole ? answerOfText(output) : textAlone(output);
    return Array.from({ length: trials }, (_, i) => ({ transcript, pass: i < pass }));
  });
}
