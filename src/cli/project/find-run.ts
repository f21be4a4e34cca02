import { didYouMean } from "../../domain/did-you-mean.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { Store, StoredRun } from "../../store/store.ts";

/**
 * The run that a word on the command line means: `latest`, an id, or the beginning of one (`run:` before it is fine).
 * @throws {EvalsError} when it means none or several
 */
export function findRun(store: Store, word: string): StoredRun {
  const id = word.replace(/^run:/, "");
  if (id === "latest") {
    const newest = store.runs({ limit: 1 })[0];
    if (newest !== undefined) return newest;
    throw noRun(word, []);
  }
  const found = id === "" ? [] : store.runsByPrefix(id);
  const [first, second] = found;
  if (first === undefined)
    throw noRun(
      word,
      store.runs({ limit: 50 }).map((run) => run.header.id),
    );
  if (second !== undefined && first.header.id !== id) {
    throw new EvalsError({
      code: "EVALS_RUN_AMBIGUOUS",
      what: `"${word}" begins the ids of ${found.length} runs: ${found.map((run) => run.header.id).join(", ")}.`,
      why: "Only one run is meant.",
      fix: "Write more of the id.",
    });
  }
  return first;
}

function noRun(word: string, known: readonly string[]): EvalsError {
  return new EvalsError({
    code: "EVALS_RUN_UNKNOWN",
    what:
      known.length === 0
        ? "There is no run in the history yet."
        : `No run is called "${word}".${didYouMean(word, ["latest", ...known])}`,
    why: "Runs are found by their id in .evals/history.db of this project.",
    fix: known.length === 0 ? "evals run" : "evals history lists them",
  });
}
