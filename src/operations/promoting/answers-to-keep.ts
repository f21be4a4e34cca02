import { countAnswers, type KeptAnswers } from "../../baselines/kept-answers.ts";
import { everyItem } from "../../domain/pages.ts";
import type { Store, StoredRun } from "../../store/store.ts";

/** The distinct answers of a run, by case id. @param fresh whether to leave out answers from the cache */
export async function answersToKeep(
  { read }: Store,
  run: StoredRun,
  { fresh }: { readonly fresh: boolean },
): Promise<KeptAnswers> {
  const kept = new Map<string, ReturnType<typeof countAnswers>>();
  for await (const { id, case_no } of everyItem((page) => read.cases(run.no, page))) {
    const trials = (await read.trialsOfCase(run.no, case_no))
      .filter((one) => one.pass !== null && !(fresh && one.cached))
      .flatMap(({ answer, pass }) =>
        answer === null ? [] : [{ output: answer.output, pass: pass === true ? 1 : 0 }],
      );
    kept.set(id, countAnswers(trials));
  }
  return kept;
}
