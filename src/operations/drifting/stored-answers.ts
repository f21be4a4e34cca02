import type { KeptAnswers } from "../../baselines/kept-answers.ts";
import { caseContentHash } from "../../domain/case.ts";
import { allItems } from "../../domain/pages.ts";
import type { Transcript } from "../../domain/transcript.ts";
import type { AnswerThen } from "../../run/judge-again.ts";
import type { Plan } from "../../run/plan.ts";
import { answerOfText, textAlone } from "../../run/text-alone.ts";
import type { StoreReads } from "../../store/reads.ts";
import type { Store, StoredRun } from "../../store/store.ts";

/** Where the answers behind a baseline are: in the store, or in the file beside the baseline. */
export interface AnswersOfBaseline {
  /** The stored run from which the baseline was made; null when it is not in this store. */
  readonly run: Pick<StoredRun, "no"> | null;
  /** The answers in the file beside the baseline; null when there is no such file. */
  readonly kept: KeptAnswers | null;
}

type Then = Pick<AnswerThen, "transcript" | "pass">;

/**
 * Answers behind a baseline: for each case at most as many as a run has trials. Each run of a drift series gets the
 * next answers in turn, so that the verdict on a single answer does not affect all runs.
 *
 * @param turn number of runs that the series has already
 */
export async function storedAnswers(
  plan: Plan,
  store: Store,
  { run, kept }: AnswersOfBaseline,
  turn: number,
): Promise<AnswerThen[]> {
  const stored = run === null ? null : await answersByCase(store, run.no);
  const found: AnswerThen[] = [];
  for (let case_no = 0; case_no < plan.count; case_no++) {
    const golden = plan.kept(case_no);
    const own = stored?.get(golden.id);
    const isSame = own === undefined || own.content === caseContentHash(plan.golden(case_no));
    const all =
      own === undefined ? textsOf(kept, golden.id, answersWithText(plan)) : isSame ? await own.answers() : [];
    for (const one of turned(all, plan.planned(case_no), turn)) found.push({ case_no, golden, ...one });
  }
  return found;
}

function turned(all: readonly Then[], count: number, turn: number): Then[] {
  const from = turn * count;
  return Array.from({ length: Math.min(count, all.length) }, (_, i) => all[(from + i) % all.length]).flatMap(
    (one) => one ?? [],
  );
}

async function answersByCase({ read }: Store, runNo: number) {
  const cases = await allItems((page) => read.cases(runNo, page));
  return new Map(
    cases.map(({ id, case_no, content_hash: content }) => [
      id,
      { content, answers: () => answersOfCase(read, runNo, case_no) },
    ]),
  );
}

async function answersOfCase(read: StoreReads, runNo: number, caseNo: number): Promise<Then[]> {
  const answers: Then[] = [];
  for (const { trial, pass } of await read.trialsOfCase(runNo, caseNo)) {
    const found = pass === null ? undefined : await read.transcript(runNo, caseNo, trial);
    if (found !== undefined && pass !== null) answers.push({ transcript: found.transcript, pass });
  }
  return answers;
}

/** Whether an answer is only its text: true for a prompt and a model without a conversation. */
const answersWithText = ({ model, target }: Plan): boolean =>
  model.provider.prompt === "required" && target.conversing === undefined;

function textsOf(kept: KeptAnswers | null, id: string, whole: boolean): Then[] {
  return (kept?.get(id) ?? []).flatMap(({ output, trials, pass }) => {
    const transcript: Transcript = whole ? answerOfText(output) : textAlone(output);
    return Array.from({ length: trials }, (_, i) => ({ transcript, pass: i < pass }));
  });
}
