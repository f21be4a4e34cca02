import type { Page, PageRequest } from "../../domain/pages.ts";
import { cursorNumbers, cursorOf, pageLimit, type RunChanges, type StoreReads } from "../reads.ts";
import type { Store, TrialRow } from "../store.ts";
import type { Database } from "./database.ts";
import { failedTrials, trialOf } from "./reader.ts";
import { answersBehind, originsBehind } from "./run-answers.ts";
import { listedRuns, runOf, runsByPrefix, stateOf } from "./run-rows.ts";
import { listCases, type TrialPages, trialPages } from "./scan.ts";
import { lostBehind } from "./spending.ts";
import { type TrialChanges, trialChanges } from "./trial-changes.ts";

/** The parts of the store that the paged reads use directly. */
type Whole = Pick<
  Store,
  | "trials"
  | "content"
  | "request"
  | "judgements"
  | "judgementsOfCase"
  | "judgementRequest"
  | "fallbackAnswers"
  | "unscoredSpending"
  | "judgeSpending"
  | "retries"
  | "transcript"
>;

/**
 * Every page is one short query that starts after the last item of the previous page. No statement stays open between
 * pages, so the same connection can write.
 */
export function pagedReads(db: Database, whole: Whole): StoreReads {
  let made: Lists | undefined;
  const later = laterOf(db);
  const failed = failedTrials(db);
  const lists = (): Lists => {
    made ??= { pages: trialPages(db), changes: trialChanges(db) };
    return made;
  };
  return {
    runs: later((filter, page = {}) => {
      const limit = pageLimit(page);
      const [before = null] = cursorNumbers("r", page.after) ?? [];
      return pageOf(listedRuns(db, filter, before, limit + 1), limit, ({ no }) => cursorOf("r", no));
    }),
    run: later((runNo) => runOf(db, runNo)),
    runsByPrefix: later((prefix) => runsByPrefix(db, prefix)),
    cases: later((runNo, page = {}) => {
      const limit = pageLimit(page);
      const [behind = -1] = cursorNumbers("c", page.after) ?? [];
      return pageOf(listCases(db, runNo, behind, limit + 1), limit, (one) => cursorOf("c", one.case_no));
    }),
    trials: later((runNo, page = {}) => {
      const limit = pageLimit(page);
      const [caseNo = -1, trial = 0] = cursorNumbers("t", page.after) ?? [];
      const rows = lists().pages.behind(runNo, caseNo, trial, limit + 1);
      return pageOf(rows, limit, (row) => cursorOf("t", row.case_no, row.trial));
    }),
    scores: later((runNo, page = {}) => {
      const limit = pageLimit(page);
      const [caseNo = -1, trial = 0] = cursorNumbers("s", page.after) ?? [];
      const rows = lists().pages.scoresBehind(runNo, caseNo, trial, limit + 1);
      return pageOf(rows, limit, (row) => cursorOf("s", row.case_no, row.trial));
    }),
    outcomes: later((runNo, page = {}) => {
      const limit = pageLimit(page);
      const [caseNo = -1, trial = 0] = cursorNumbers("u", page.after) ?? [];
      const rows = lists().pages.outcomesBehind(runNo, caseNo, trial, limit + 1);
      return pageOf(rows, limit, (row) => cursorOf("u", row.case_no, row.trial));
    }),
    answerIds: later((runNo, page = {}) => {
      const limit = pageLimit(page);
      const [caseNo = -1, trial = 0] = cursorNumbers("a", page.after) ?? [];
      const rows = answersBehind(db, runNo, caseNo, trial, limit + 1);
      const { items, next } = pageOf(rows, limit, (row) => cursorOf("a", row.case_no, row.trial));
      return { items: items.map(({ answer_id }) => answer_id), next };
    }),
    origins: later((runNo, page = {}) => {
      const limit = pageLimit(page);
      const [caseNo = -1, no = 0] = cursorNumbers("o", page.after) ?? [];
      const rows = originsBehind(db, runNo, caseNo, no, limit + 1);
      const { items, next } = pageOf(rows, limit, (row) => cursorOf("o", row.case_no, row.no));
      return { items: items.map(({ case_no, run }) => ({ case_no, run })), next };
    }),
    lostReplies: later((runNo, page = {}) => {
      const limit = pageLimit(page);
      const [id = 0] = cursorNumbers("w", page.after) ?? [];
      const { items, next } = pageOf(lostBehind(db, runNo, id, limit + 1), limit, (row) =>
        cursorOf("w", row.id),
      );
      return { items: items.map(({ reply }) => reply), next };
    }),
    fallbackAnswers: later(whole.fallbackAnswers),
    unscoredSpending: later(whole.unscoredSpending),
    judgeSpending: later(whole.judgeSpending),
    retries: later(whole.retries),
    transcript: later(whole.transcript),
    since: later((runNo, page = {}) => changesSince(db, lists(), runNo, page)),
    failedTrials: later((runNo, page = {}) => {
      const limit = pageLimit(page);
      const [caseNo = -1, trial = 0] = cursorNumbers("f", page.after) ?? [];
      const rows = failed(runNo, caseNo, trial, limit + 1);
      return pageOf(rows, limit, (row) => cursorOf("f", row.case_no, row.trial));
    }),
    trialsOfCase: later(whole.trials),
    trial: later((...at) => trialOf(db, ...at)),
    content: later(whole.content),
    request: later(whole.request),
    judgements: later(whole.judgements),
    judgementsOfCase: later(whole.judgementsOfCase),
    judgementRequest: later(whole.judgementRequest),
  };
}

interface Lists {
  readonly pages: TrialPages;
  readonly changes: TrialChanges;
}

/** Makes a read asynchronous, as a read over a network is: an error that it throws becomes a rejection. */
function laterOf(db: Database) {
  return <A extends unknown[], R>(read: (...args: A) => R): ((...args: A) => Promise<R>) => {
    return async (...args) => {
      try {
        return read(...args);
      } catch (error) {
        throw db.mistake(error);
      }
    };
  };
}

/**
 * Makes a page of items.
 *
 * @param found the items from the page's start on, up to one more than the limit; this extra item shows that a next
 * page exists
 */
function pageOf<T>(found: readonly T[], limit: number, cursor: (last: T) => string): Page<T> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, next: last === undefined || found.length <= limit ? null : cursor(last) };
}

/**
 * A cursor is `b<entry>.<case>.<trial>` while the initial trials are read, where `entry` was the newest log entry at
 * the start. It is `l<entry>` once the log is followed.
 */
function changesSince(db: Database, { pages, changes }: Lists, runNo: number, page: PageRequest): RunChanges {
  const limit = pageLimit(page);
  const state = stateOf(db, runNo);
  const newest = changes.newest();
  const result = (trials: readonly TrialRow[], next: string, more: boolean): RunChanges => {
    return { state, trials, next, more };
  };
  if (page.after?.startsWith("l")) {
    const [from = 0] = cursorNumbers("l", page.after) ?? [];
    const { trials, last } = changes.between(runNo, from, newest, limit);
    return result(pages.these(runNo, trials), cursorOf("l", last), last < newest);
  }
  const [entry = newest, caseNo = -1, trial = 0] = cursorNumbers("b", page.after) ?? [];
  const found = pages.behind(runNo, caseNo, trial, limit + 1);
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  if (last === undefined || found.length <= limit) return result(rows, cursorOf("l", entry), entry < newest);
  return result(rows, cursorOf("b", entry, last.case_no, last.trial), true);
}
