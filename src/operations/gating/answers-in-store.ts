import type { Baseline, BaselineCase } from "../../baselines/baseline-file.ts";
import { countAnswers, isWhole, type KeptAnswer, type KeptAnswers } from "../../baselines/kept-answers.ts";
import { everyItem } from "../../domain/pages.ts";
import type { Store, StoredRun } from "../../store/store.ts";

/** A stored run that a baseline was made of. */
interface CountedRun {
  readonly run: StoredRun;
  readonly places: ReadonlyMap<string, { readonly caseNo: number; readonly content: string }>;
  /** By case number, the ids of the runs from which the run took answers. */
  readonly origins: ReadonlyMap<number, ReadonlySet<string>>;
}

/**
 * The answers behind a baseline that `evals promote --add` made of several runs, read from the store.
 *
 * @returns null unless the store has an answer for every trial that the baseline counts
 */
export async function answersInStore(baseline: Baseline, store: Store): Promise<KeptAnswers | null> {
  const runs = new Map<string, CountedRun | null>();
  const answers = new Map<string, readonly KeptAnswer[]>();
  for (const line of baseline.cases) {
    for (const id of line.runs) if (!runs.has(id)) runs.set(id, await countedRun(id, store));
    const counted = await answersOfCase(line, runs, store);
    if (counted === null) return null;
    answers.set(line.case, counted);
  }
  return isWhole(answers, baseline) ? answers : null;
}

async function countedRun(id: string, { read }: Store): Promise<CountedRun | null> {
  const run = (await read.runsByPrefix(id)).find(({ header }) => header.id === id);
  if (run === undefined) return null;
  const places = new Map<string, { caseNo: number; content: string }>();
  for await (const one of everyItem((page) => read.cases(run.no, page)))
    places.set(one.id, { caseNo: one.case_no, content: one.content_hash });
  const origins = new Map<number, Set<string>>();
  for await (const { case_no, run: origin } of everyItem((page) => read.origins(run.no, page)))
    origins.set(case_no, (origins.get(case_no) ?? new Set()).add(origin));
  return { run, places, origins };
}

/**
 * The answers of one line. Of its first run all answers count, those from the cache too; the line then also names the
 * runs that had asked for them. Of each run that was added later, only those count for which it asked itself.
 */
async function answersOfCase(
  { case: id, content, runs: ids }: BaselineCase,
  runs: ReadonlyMap<string, CountedRun | null>,
  { read }: Store,
): Promise<readonly KeptAnswer[] | null> {
  const outputs: { output: string; pass: number }[] = [];
  let reused: ReadonlySet<string> = new Set();
  for (const [index, name] of ids.entries()) {
    if (reused.has(name)) continue;
    const counted = runs.get(name) ?? null;
    const place = counted?.places.get(id);
    if (counted === null || place === undefined || place.content !== content) return null;
    if (index === 0) reused = counted.origins.get(place.caseNo) ?? reused;
    for (const { answer, pass, cached } of await read.trialsOfCase(counted.run.no, place.caseNo))
      if (answer !== null && pass !== null && !(cached && index > 0))
        outputs.push({ output: answer.output, pass: pass ? 1 : 0 });
  }
  return countAnswers(outputs);
}
