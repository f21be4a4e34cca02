import { EvalsError } from "../../domain/problem.ts";
import { isScoredFile } from "../../domain/scored-file.ts";
import { answerHash } from "../../labels/label-file.ts";
import type { Store, StoredRun } from "../../store/store.ts";
import { findRun } from "../project/find-run.ts";

/** One distinct answer of one case in a run, without its text. */
export interface RunAnswer {
  readonly case_no: number;
  readonly case: string;
  readonly answer_hash: string;
  readonly tags: readonly string[];
  /** Trials that gave it. */
  readonly trials: number;
  /** Of the verdicts that judges gave it, how many pass; null when no judge did. */
  readonly judged: { readonly pass: number; readonly of: number } | null;
}

/** The newest run of a suite that has an answer, or the run that a word names. @throws {EvalsError} */
export function runToLabel(store: Store, word: string): StoredRun {
  const runs = store.runs({ suite: word }).filter((run) => !isScoredFile(run));
  if (runs.length > 0) return runs.find((run) => hasAnswer(store, run)) ?? refuseEmpty(word);
  if (store.runs({ limit: 1 }).length === 0) throw noRunYet(word);
  const run = findRun(store, word);
  return hasAnswer(store, run) ? run : refuseEmpty(run.header.suite);
}

function hasAnswer(store: Store, run: StoredRun): boolean {
  for (const row of store.scan(run.no)) if (row.kind === "answered") return true;
  return false;
}

function refuseEmpty(suite: string): never {
  throw new EvalsError({
    code: "EVALS_LABEL_NO_ANSWER",
    what: `No run of the suite "${suite}" has an answer.`,
    why: "A person judges answers, and every trial errored or was skipped.",
    fix: `evals run ${suite}`,
  });
}

function noRunYet(word: string): EvalsError {
  return new EvalsError({
    code: "EVALS_RUN_UNKNOWN",
    what: "There is no run in the history yet.",
    why: "The answers to judge are those of a run, in the history in .evals of this project.",
    fix: /^[0-9a-f]{8}$/.test(word) ? "evals run" : `evals run ${word}`,
  });
}

/** Distinct answers of a run, case by case; their texts stay on the disk. */
export function answersOfRun(store: Store, run: StoredRun): RunAnswer[] {
  const judges = run.header.scorers.flatMap(({ type, judge }, at) =>
    type === "judge" || judge !== undefined ? [at] : [],
  );
  return store.cases(run.no).flatMap(({ case_no, id, tags }) => {
    const answers = new Map<string, { trials: number; pass: number; of: number }>();
    for (const { answer, scores } of store.trials(run.no, case_no)) {
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
    return [...answers].map(([answer_hash, { trials, pass, of }]) => ({
      ...{ case_no, case: id, answer_hash, tags, trials },
      judged: of === 0 ? null : { pass, of },
    }));
  });
}

/** An answer's text. */
export function answerText(store: Store, run: StoredRun, { case_no, answer_hash }: RunAnswer): string {
  for (const { answer } of store.trials(run.no, case_no))
    if (answer !== null && answerHash(answer.output) === answer_hash) return answer.output;
  throw new Error(`run ${run.header.id} has no answer ${answer_hash} of case ${case_no}`);
}
