import { isAside } from "../../domain/aside-run.ts";
import { everyItem } from "../../domain/pages.ts";
import { EvalsError } from "../../domain/problem.ts";
import { resumeCommand } from "../../domain/resume-command.ts";
import { answerHash } from "../../labels/label-file.ts";
import { wordsForJudge } from "../../labels/label-of.ts";
import type { StoreReads } from "../../store/reads.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import { findRun } from "../project/find-run.ts";
import { measuredInRun } from "./judge-of-labels.ts";

/** A distinct answer of a case in a run, without its text. */
export interface RunAnswer {
  readonly case_no: number;
  readonly case: string;
  readonly answer_hash: string;
  readonly tags: readonly string[];
  /** Number of trials that gave this answer. */
  readonly trials: number;
  /** How many verdicts of judges pass the answer, out of how many; null when no judge rated it. */
  readonly judged: { readonly pass: number; readonly of: number } | null;
}

/**
 * The run that a word means. The name of a suite means the suite's newest run with an answer; any other word is a run
 * id.
 *
 * @throws {EvalsError} for an unknown run, and when the run or every run of the suite has no answer
 */
export async function runToLabel({ read }: History, word: string): Promise<StoredRun> {
  const newest = await newestAnswered({ read }, word);
  if (newest !== null) return newest ?? refuseEmpty(word);
  if ((await read.runs({}, { limit: 1 })).items.length === 0) throw noRunYet(word);
  const run = await findRun({ read }, word);
  if (await hasAnswer(read, run.no)) return run;
  throw withoutAnswer(run.header);
}

/** The newest run of a suite with an answer; undefined when no run has one, null when the suite has no run. */
export async function newestAnswered(
  { read }: History,
  suite: string,
): Promise<StoredRun | undefined | null> {
  let none: undefined | null = null;
  for await (const run of everyItem((page) => read.runs({ suite }, page))) {
    if (isAside(run)) continue;
    none = undefined;
    const whole = (await hasAnswer(read, run.no)) ? await read.run(run.no) : undefined;
    if (whole !== undefined) return whole;
  }
  return none;
}

type History = Pick<Store, "read">;

async function hasAnswer(read: StoreReads, runNo: number): Promise<boolean> {
  for await (const row of everyItem((page) => read.trials(runNo, page)))
    if (row.kind === "answered") return true;
  return false;
}

function refuseEmpty(suite: string): never {
  throw new EvalsError({
    code: "EVALS_LABEL_NO_ANSWER",
    what: `No run of the suite "${suite}" has an answer.`,
    why: "Only answers can be labelled, and every trial errored or was skipped.",
    fix: `evals run ${suite}`,
  });
}

function withoutAnswer(header: StoredRun["header"]): EvalsError {
  const { id, suite } = header;
  return new EvalsError({
    code: "EVALS_LABEL_NO_ANSWER",
    what: `Run ${id} of suite "${suite}" has no answer.`,
    why: "Only answers can be labelled, and every trial of this run errored or was skipped.",
    fix: `${resumeCommand(header)}, or label the answers of another run: evals history ${suite}`,
  });
}

function noRunYet(word: string): EvalsError {
  return new EvalsError({
    code: "EVALS_RUN_UNKNOWN",
    what: "There is no run in the history yet.",
    why: "Only answers of a run can be labelled, and runs are in the history in .evals of this project.",
    fix: /^[0-9a-f]{8}$/.test(word) ? "evals run" : `evals run ${word}`,
  });
}

/**
 * The distinct answers of a run, case by case, without their texts.
 *
 * @param of the judge or scorer whose verdicts are counted, because several judges answer different questions; undefined
 * for all judges of the run
 */
export async function answersOfRun(
  { read }: History,
  run: StoredRun,
  of: string | undefined,
): Promise<RunAnswer[]> {
  const words = of === undefined ? null : wordsForJudge(of, measuredInRun(run.header));
  const judges = run.header.scorers.flatMap(({ type, judge, name }, at) => {
    const isMeant = words === null || words.has(name) || words.has(judge?.name ?? name);
    return isMeant && (type === "judge" || judge !== undefined) ? [at] : [];
  });
  const found: RunAnswer[] = [];
  for await (const { case_no, id, tags } of everyItem((page) => read.cases(run.no, page))) {
    const answers = new Map<string, { trials: number; pass: number; of: number }>();
    for (const { answer, scores } of await read.trialsOfCase(run.no, case_no)) {
      if (answer === null) continue;
      const hash = answerHash(answer.output);
      const one = answers.get(hash) ?? { trials: 0, pass: 0, of: 0 };
      answers.set(hash, one);
      one.trials++;
      for (const score of judges.flatMap((at) => scores[at] ?? [])) {
        one.of++;
        if (score.pass) one.pass++;
      }
    }
    for (const [answer_hash, { trials, pass, of }] of answers) {
      const judged = of === 0 ? null : { pass, of };
      found.push({ case_no, case: id, answer_hash, tags, trials, judged });
    }
  }
  return found;
}

/** An answer's text. */
export async function answerText(
  { read }: History,
  run: StoredRun,
  { case_no, answer_hash }: RunAnswer,
): Promise<string> {
  for (const { answer } of await read.trialsOfCase(run.no, case_no))
    if (answer !== null && answerHash(answer.output) === answer_hash) return answer.output;
  throw new Error(`run ${run.header.id} has no answer ${answer_hash} of case ${case_no}`);
}
