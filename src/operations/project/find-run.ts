import { isAside } from "../../domain/aside-run.ts";
import { didYouMean, nearest } from "../../domain/did-you-mean.ts";
import { everyItem } from "../../domain/pages.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { Store, StoredRun } from "../../store/store.ts";

/** The newest run of one suite, or of all suites; undefined when there is none. */
export async function newestRun({ read }: History, suite?: string): Promise<StoredRun | undefined> {
  for await (const run of everyItem((page) => read.runs({ suite }, page), FEW))
    if (!isAside(run)) return read.run(run.no);
  return undefined;
}

type History = Pick<Store, "read">;

/** Number of runs read at once. It is small, because the newest run that matches is nearly always among the first. */
const FEW = 8;

/**
 * The run that a word on the command line means: `latest`, or an id or the beginning of one, also after `run:`.
 *
 * @throws {EvalsError} when the word means no run, or several
 */
export async function findRun(store: History, word: string): Promise<StoredRun> {
  const id = word.replace(/^run:/, "");
  if (id === "latest") {
    const newest = await newestRun(store);
    if (newest !== undefined) return newest;
    throw noRun(word, []);
  }
  const found = id === "" ? [] : await store.read.runsByPrefix(id);
  const [first, second] = found;
  if (first === undefined) {
    const known = await runWords(store);
    throw noRun(word, known, await newestRun(store, nearest(id, known) ?? id));
  }
  if (second !== undefined && first.header.id !== id) {
    throw new EvalsError({
      code: "EVALS_RUN_AMBIGUOUS",
      what: `The ids of ${found.length} runs begin with "${word}": ${found.map((run) => run.header.id).join(", ")}.`,
      why: "The command needs exactly one run.",
      fix: "Write more of the id.",
    });
  }
  return first;
}

/**
 * What a word for a run may have been meant to be: `latest`, or the id or the suite of a recent run. Empty before the
 * first run.
 */
export async function runWords({ read }: History): Promise<string[]> {
  const { items } = await read.runs({}, { limit: 50 });
  const words = items.flatMap(({ header }) => [header.id, header.suite]);
  return words.length === 0 ? [] : ["latest", ...new Set(words)];
}

/** The error for a word that means no run. @param ofSuite the newest run of the suite that the word names, or nearly */
function noRun(word: string, known: readonly string[], ofSuite?: StoredRun): EvalsError {
  return new EvalsError({
    code: "EVALS_RUN_UNKNOWN",
    what:
      known.length === 0
        ? "There is no run in the history yet."
        : `No run is called "${word}".${didYouMean(
            word,
            known.filter((one) => one !== word),
          )}`,
    why: "Runs are found by their id in the history in .evals of this project. A run that CI made is in .evals on the CI machine, or among the artifacts of its job.",
    fix:
      known.length === 0
        ? "evals run"
        : ofSuite === undefined
          ? "`evals history` lists the runs"
          : `${ofSuite.header.id} is the newest run of that suite; \`evals history ${ofSuite.header.suite}\` lists all`,
  });
}
