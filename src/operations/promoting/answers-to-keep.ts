import { countAnswers, type KeptAnswers } from "../../baselines/kept-answers.ts";
import type { Store, StoredRun } from "../../store/store.ts";

/** The distinct answers of a run by case. @param fresh only those that it asked for itself */
export function answersToKeep(
  store: Store,
  run: StoredRun,
  { fresh }: { readonly fresh: boolean },
): KeptAnswers {
  return new Map(
    store.cases(run.no).map(({ id, case_no }) => {
      const trials = store
        .trials(run.no, case_no)
        .filter((one) => one.pass !== null && !(fresh && one.cached))
        .flatMap(({ answer, pass }) =>
          answer === null ? [] : [{ output: answer.output, pass: pass === true ? 1 : 0 }],
        );
      return [id, countAnswers(trials)];
    }),
  );
}
