import type { Narrowing } from "../domain/run.ts";
import type { RunWriter, Store, TrialRecord } from "../store/store.ts";

/** Whether a run asks only cases that somebody chose. A shard alone is not a choice. */
export function isOfChosenCases(narrowing: Narrowing | null): boolean {
  if (narrowing === null) return false;
  const { cases, tags, words, failing } = narrowing;
  return cases.length > 0 || tags.length > 0 || words !== undefined || failing !== undefined;
}

/**
 * Keeps the cache's answer to a request when the request is asked again: the new answer belongs to its own run
 * only. Otherwise somebody could ask only the failing cases again until they pass, and the next run of all cases
 * would take those answers from the cache and pass.
 *
 * @param askedHash the key of a case's request in the cache
 */
export function keepingFirst(
  writer: RunWriter,
  { cached }: Pick<Store, "cached">,
  askedHash: (caseNo: number) => string,
): RunWriter {
  const beside = (record: TrialRecord): TrialRecord =>
    record.kind === "answered" && cached(askedHash(record.case_no), record.trial) !== undefined
      ? { ...record, uncached: true }
      : record;
  return {
    ...writer,
    arrived: (record) => writer.arrived(beside(record)),
    record: (record) => writer.record(beside(record)),
  };
}
