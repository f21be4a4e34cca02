import type { KeptAnswers } from "../../baselines/kept-answers.ts";
import { caseContentHash } from "../../domain/case.ts";
import type { Transcript } from "../../domain/transcript.ts";
import type { AnswerThen } from "../../run/judge-again.ts";
import type { Plan } from "../../run/plan.ts";
import { answerOfText, textAlone } from "../../run/text-alone.ts";
import { allItems, type StoreReads } from "../../store/reads.ts";
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

/** A prompt and a model, and nothing between them: an answer is its text. */
const answersWithText = ({ model, target }: Plan): boolean =>
  model.provider.prompt === "required" && target.conversing === undefined;

function textsOf(kept: KeptAnswers | null, id: string, whole: boolean): Then[] {
  return (kept?.get(id) ?? []).flatMap(({ output, trials, pass }) => {
    const transcript: Transcript = whole ? answerOfText(output) : textAlone(output);
    return Array.from({ length: trials }, (_, i) => ({ transcript, pass: i < pass }));
  });
}
