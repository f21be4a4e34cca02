import { everyItem } from "../domain/pages.ts";
import type { CaseExample, Comparison } from "../domain/report.ts";
import type { RunHeader, StoredTrial } from "../domain/run.ts";
import type { Store, StoredRun } from "../store/store.ts";
import type { KeptAnswer, KeptAnswers } from "./kept-answers.ts";

/** Maximum number of broken cases, and of fixed cases, shown with answers. */
const SHOWN = 10;

/**
 * Adds to a comparison the answers of the cases that changed most. The answers of a side come from its stored run.
 *
 * @param kept the answers that were committed with the baseline; they are used when `base` is null
 */
export async function withExamples(
  comparison: Comparison,
  store: Store,
  base: StoredRun | null,
  candidate: { readonly no: number; readonly header: RunHeader },
  kept: KeptAnswers | null = null,
): Promise<Comparison> {
  if (candidate.header.restricted === true || base?.header.restricted === true) return comparison;
  const { broken, fixed } = comparison.cases;
  const shown = new Set([...broken.slice(0, SHOWN), ...fixed.slice(0, SHOWN)]);
  if (shown.size === 0) return comparison;
  const before = base === null ? null : await numbersOf(store, base.no, shown);
  const after = await numbersOf(store, candidate.no, shown);
  const worse = new Set(broken);
  const examples: CaseExample[] = [];
  for (const id of shown) {
    const answer = before === null ? pickKept(kept?.get(id), worse.has(id)) : null;
    const input = await inputText(store, candidate.no, after.get(id));
    examples.push({
      ...(await exampleFor(id)),
      ...(input === undefined ? {} : { input }),
      ...(answer === null ? {} : { before: answer }),
    });
  }
  return { ...comparison, examples };

  async function exampleFor(id: string): Promise<CaseExample> {
    const old = await trialsOf(store, base?.no, before?.get(id));
    const now = await trialsOf(store, candidate.no, after.get(id));
    return worse.has(id)
      ? exampleOf(id, pick(old, true), pick(now, false), failureOf(pick(now, false), candidate.header))
      : exampleOf(
          id,
          pick(old, false),
          pick(now, true),
          failureOf(pick(old, false), base?.header ?? candidate.header),
        );
  }
}

async function inputText(
  { read }: Store,
  runNo: number,
  caseNo: number | undefined,
): Promise<string | undefined> {
  const input = caseNo === undefined ? undefined : (await read.content(runNo, caseNo))?.input;
  return input === undefined || typeof input === "string" ? input : JSON.stringify(input);
}

/**
 * Of the answers committed with a baseline, the most frequent answer that passed (if `passing`) or failed (if not).
 * Without such an answer, the most frequent of all. Null when no answer was committed.
 */
function pickKept(answers: readonly KeptAnswer[] | undefined, passing: boolean): string | null {
  const fits = answers?.find(({ trials, pass }) => (passing ? pass > 0 : pass < trials));
  return (fits ?? answers?.[0])?.output ?? null;
}

async function numbersOf(
  { read }: Store,
  runNo: number,
  wanted: ReadonlySet<string>,
): Promise<Map<string, number>> {
  const numbers = new Map<string, number>();
  for await (const { id, case_no } of everyItem((page) => read.cases(runNo, page)))
    if (wanted.has(id)) numbers.set(id, case_no);
  return numbers;
}

async function trialsOf(
  { read }: Store,
  runNo: number | undefined,
  caseNo: number | undefined,
): Promise<StoredTrial[]> {
  return runNo === undefined || caseNo === undefined ? [] : read.trialsOfCase(runNo, caseNo);
}

/** A trial that passed (if `passing`) or failed (if not); without such a trial, any answered one. */
function pick(trials: readonly StoredTrial[], passing: boolean): StoredTrial | undefined {
  return trials.find((one) => one.pass === passing) ?? trials.find((one) => one.answer !== null);
}

function exampleOf(
  id: string,
  before: StoredTrial | undefined,
  after: StoredTrial | undefined,
  failure: { readonly scorer: string; readonly reason: string },
): CaseExample {
  return { id, before: before?.answer?.output ?? null, after: after?.answer?.output ?? null, ...failure };
}

function failureOf(
  trial: StoredTrial | undefined,
  header: RunHeader,
): { readonly scorer: string; readonly reason: string } {
  const at =
    trial?.scores.findIndex(
      (one, index) => one?.pass === false && header.scorers[index]?.required === true,
    ) ?? -1;
  return { scorer: header.scorers[at]?.name ?? "", reason: trial?.scores[at]?.reason ?? "" };
}
