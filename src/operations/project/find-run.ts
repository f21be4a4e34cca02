import { isAside } from "../../domain/aside-run.ts";
import { didYouMean } from "../../domain/did-you-mean.ts";
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
    const { items } = await store.read.runs({}, { limit: 50 });
    const ids = items.map((run) => run.header.id);
    throw noRun(word, ids, (await newestRun(store, id))?.header.id);
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

/** The error for a word that means no run. @param ofSuite id of the newest run, if the word is the name of a suite */
function noRun(word: string, known: readonly string[], ofSuite?: string): EvalsError {
  return new EvalsError({
    code: "EVALS_RUN_UNKNOWN",
    what:
      known.length === 0
        ? "There is no run in the history yet."
        : `No run is called "${word}".${didYouMean(word, ["latest", ...known])}`,
    why: "Runs are found by their id in the history in .evals of this project. A run that CI made is in .evals on the CI machine, or among the artifacts of its job.",
    fix:
      known.length === 0
        ? "evals run"
        : ofSuite === undefined
          ? "`evals history` lists the runs"
          : `${ofSuite} is the newest run of that suite; \`evals history ${word}\` lists all`,
  });
}
