import { itemAt } from "../domain/item-at.ts";
import type { ErrorReport } from "../domain/report.ts";
import type { Tally } from "../metrics/tally.ts";
import type { Store } from "../store/store.ts";

/**
 * Maximum number of cases with errors that are read to find a second message for each kind of error. Without this
 * limit, a run with only errors would be read as a whole once more.
 */
const LOOKED_AT = 100;

/** Whether two messages differ at most in their numbers and ids. */
const sameWords = (a: string, b: string): boolean => withoutNumbers(a) === withoutNumbers(b);
const withoutNumbers = (text: string): string => text.replace(/\b[\w-]*\d[\w-]*\b/g, "#");

/** The number of errored trials of each kind, with one or two messages as examples. */
export async function errorReports(
  tally: Tally,
  runNo: number,
  { read }: Pick<Store, "read">,
): Promise<ErrorReport[]> {
  if (tally.totalErrored === 0) return [];
  const wanted = new Map(tally.errors);
  const examples = new Map<string, string[]>();
  const unanswered = new Set<string>();
  let looked = 0;
  for (let caseNo = 0; caseNo < tally.cases; caseNo++) {
    if (looked >= LOOKED_AT && examples.size >= wanted.size) break;
    if (itemAt(tally.errored, caseNo) === 0) continue;
    looked++;
    for (const one of await read.trialsOfCase(runNo, caseNo)) {
      if (one.error === null) continue;
      // An answer that a simulated user spoiled is asked for again.
      if (one.answer === null || one.error === "simulator") unanswered.add(one.error);
      const found = examples.get(one.error) ?? [];
      examples.set(one.error, found);
      const message = one.message ?? "";
      if (found.length < 2 && !found.some((other) => sameWords(other, message))) found.push(message);
    }
  }
  return [...wanted]
    .map(([kind, count]) => ({
      ...{ kind, count, message: examples.get(kind)?.join("; another: ") ?? "" },
      ...(unanswered.has(kind) ? {} : ({ answered: true } as const)),
    }))
    .sort((a, b) => b.count - a.count);
}
