import { answerEnd } from "../domain/finish-reason.ts";
import type { Transcript } from "../domain/transcript.ts";
import type { CachedAnswer, Store, StoredRun } from "../store/store.ts";
import type { Plan } from "./plan.ts";
import type { RunSettings } from "./run-settings.ts";

/**
 * Whether a scorer of the plan needs answers as they were before redaction. The store has only redacted answers,
 * so such a scorer cannot score any stored answer.
 */
export function seesRaw({ scorers, redaction }: Plan): boolean {
  return redaction !== null && scorers.some((one) => one.raw === true);
}

/**
 * Whether the target must be asked for any trial of a plan, because no recording, cache or earlier session has its
 * answer.
 */
export async function asksAnything(plan: Plan, settings: AskSettings, store: Store): Promise<boolean> {
  return (await unanswered(plan, settings, store).next()).done !== true;
}

export type AskSettings = Pick<RunSettings, "useCache" | "resume" | "notFromCache">;

/**
 * The case number of each trial for which the target must be asked, because no recording, cache or earlier session
 * has its answer.
 */
export async function* unanswered(
  plan: Plan,
  { useCache, resume, notFromCache }: AskSettings,
  store: Store,
): AsyncGenerator<number, void, undefined> {
  if (plan.target.client.immediate === true) return;
  const before = resume === null ? null : answeredBefore(resume, store);
  const cached = useCache ? await cacheFor(plan, store, notFromCache) : null;
  for (let caseNo = 0; caseNo < plan.count; caseNo++) {
    for (let trial = 1; trial <= plan.planned(caseNo); trial++) {
      if (before?.has(`${caseNo}/${trial}`)) continue;
      const hit = cached?.(plan.askedHash(caseNo), trial);
      if (hit === undefined || !isReusable(plan, caseNo, hit.transcript)) yield caseNo;
    }
  }
}

/** Trials of an earlier session that need no further answer, as `case number/trial`. */
function answeredBefore(run: StoredRun, store: Store): ReadonlySet<string> {
  const answered = new Set<string>();
  for (const { case_no, trial, pass, error } of store.scan(run.no))
    if (pass !== null || (error !== "simulator" && store.transcript(run.no, case_no, trial) !== undefined))
      answered.add(`${case_no}/${trial}`);
  return answered;
}

/**
 * Whether an answer in the cache may be used again. Earlier versions of evals stored some failed replies as answers.
 */
export function isReusable(plan: Plan, caseNo: number, transcript: Transcript): boolean {
  return answerEnd(transcript.finish_reason) !== "failed" && !plan.isSpoiled(caseNo, transcript);
}

/**
 * A function that finds an answer of an earlier run in the cache. Null when answers of earlier runs must not be
 * reused, or when nothing is asked.
 */
export async function cacheFor(
  plan: Plan,
  store: Pick<Store, "cached">,
  readNot: RunSettings["notFromCache"],
) {
  if (!plan.target.cacheable || plan.target.client.immediate || seesRaw(plan)) return null;
  const not = await readNot?.();
  if (not === undefined || not.size === 0) return store.cached;
  return (askedHash: string, trial: number): CachedAnswer | undefined => {
    const hit = store.cached(askedHash, trial);
    return hit === undefined || not.has(hit.answer_id) ? undefined : hit;
  };
}
