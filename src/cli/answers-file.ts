import { sha256 } from "../domain/json.ts";
import type { Store, StoredRun } from "../store/store.ts";

/** One distinct answer of a case: what was said, how often, how often it passed. */
interface CountedAnswer {
  readonly answer_hash: string;
  readonly output: string;
  trials: number;
  pass: number;
}

/**
 * The distinct answers behind a baseline, beside it: `triage.answers.jsonl`. A fresh clone can then show before and
 * after, and score both sides again.
 */
export function answersFile(
  store: Store,
  run: StoredRun,
  baseline: string,
): { readonly path: string; readonly text: string } {
  const cases = [...store.cases(run.no)].sort((a, b) => (a.id < b.id ? -1 : 1));
  const lines = cases.map(({ id, case_no }) => {
    const answers = new Map<string, CountedAnswer>();
    for (const trial of store.trials(run.no, case_no)) {
      if (trial.answer === null) continue;
      const { output } = trial.answer;
      const one = answers.get(output) ?? { answer_hash: sha256(output), output, trials: 0, pass: 0 };
      one.trials++;
      if (trial.pass === true) one.pass++;
      answers.set(output, one);
    }
    return JSON.stringify({
      case: id,
      answers: [...answers.values()].sort((a, b) => b.trials - a.trials || (a.output < b.output ? -1 : 1)),
    });
  });
  return { path: baseline.replace(/\.jsonl$/, ".answers.jsonl"), text: `${lines.join("\n")}\n` };
}
