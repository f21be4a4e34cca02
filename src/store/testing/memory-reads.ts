import type { Page, PageRequest } from "../../domain/pages.ts";
import type { StoredTrial } from "../../domain/run.ts";
import { cursorNumbers, cursorOf, type FailedTrial, pageLimit, type StoreReads } from "../reads.ts";
import type { LostReply, Store, StoredRun, TrialRow } from "../store.ts";

/** An entry in the log of written trials. */
export interface Change {
  readonly run_no: number;
  readonly case_no: number;
  readonly trial: number;
}

/** Whole lists of what a store gives only page by page. */
export interface ReadInPages {
  trial(runNo: number, caseNo: number, trial: number): StoredTrial | undefined;
  answerIds(runNo: number): readonly number[];
  origins(runNo: number): ReadonlyMap<number, readonly string[]>;
  lostReplies(runNo: number): readonly LostReply[];
}

/**
 * Makes paged reads from reads that return everything at once. @param log every written trial, in the order of
 * writing
 */
export function readsOver(
  whole: Omit<Store, "read"> & ReadInPages,
  runOf: (no: number) => StoredRun | undefined,
  log: readonly Change[],
): StoreReads {
  const later =
    <A extends unknown[], R>(read: (...args: A) => R) =>
    async (...args: A): Promise<R> =>
      read(...args);
  return {
    runs: later((filter, page = {}) =>
      pageOf(whole.runs(filter).map(withoutReport), page, "r", ({ no }) => [-no]),
    ),
    run: later(runOf),
    runsByPrefix: later((prefix) => whole.runsByPrefix(prefix).slice(0, 20)),
    cases: later((no, page = {}) => pageOf(whole.cases(no), page, "c", ({ case_no }) => [case_no])),
    trials: later((no, page = {}) =>
      pageOf([...whole.scan(no)], page, "t", ({ case_no, trial }) => [case_no, trial]),
    ),
    scores: later((no, page = {}) =>
      pageOf([...whole.scanScores(no)], page, "s", ({ case_no, trial }) => [case_no, trial]),
    ),
    outcomes: later((no, page = {}) => {
      const rows = [...whole.scan(no)].map(({ case_no, trial, kind, pass }) => ({
        case_no,
        trial,
        kind,
        pass,
      }));
      return pageOf(rows, page, "u", ({ case_no, trial }) => [case_no, trial]);
    }),
    answerIds: later((no, page = {}) => numbered(whole.answerIds(no), page, "a")),
    origins: later((no, page = {}) => {
      const origins = [...whole.origins(no)].sort(([a], [b]) => a - b);
      const pairs = origins.flatMap(([case_no, runs]) => runs.map((run) => ({ case_no, run })));
      return numbered(pairs, page, "o");
    }),
    lostReplies: later((no, page = {}) => numbered(whole.lostReplies(no), page, "w")),
    fallbackAnswers: later(whole.fallbackAnswers),
    unscoredSpending: later(whole.unscoredSpending),
    judgeSpending: later(whole.judgeSpending),
    retries: later(whole.retries),
    transcript: later(whole.transcript),
    since: later((no, page = {}) => {
      const run = runOf(no);
      if (run === undefined) throw new RangeError(`no run ${no}`);
      const { status, process, ended_at, calls, judge_calls } = run;
      const limit = pageLimit(page);
      const from = cursorNumbers("l", page.after)?.[0] ?? 0;
      const trials = new Map<string, TrialRow>();
      let last = from;
      for (const { run_no, case_no, trial } of log.slice(from)) {
        if (trials.size === limit) break;
        last += 1;
        if (run_no !== no) continue;
        const row = [...whole.scan(no)].find((one) => one.case_no === case_no && one.trial === trial);
        if (row !== undefined) trials.set(`${case_no}.${trial}`, row);
      }
      return {
        state: { status, process, ended_at, calls, judge_calls },
        trials: [...trials.values()],
        next: cursorOf("l", last),
        more: last < log.length,
      };
    }),
    failedTrials: later((no, page = {}) => {
      const trials = whole
        .cases(no)
        .flatMap(({ case_no }) => whole.trials(no, case_no).map((trial) => ({ case_no, ...trial })));
      const failed = trials.filter(({ pass, error }) => pass === false || error === "simulator");
      const { items, next } = pageOf(failed, page, "f", ({ case_no, trial }) => [case_no, trial]);
      return { items: items.map(asFailed), next };
    }),
    trialsOfCase: later(whole.trials),
    trial: later(whole.trial),
    content: later(whole.content),
    request: later(whole.request),
    judgements: later(whole.judgements),
    judgementsOfCase: later(whole.judgementsOfCase),
    judgementRequest: later(whole.judgementRequest),
  };
}

function withoutReport({ report: _, ...listed }: StoredRun): Omit<StoredRun, "report"> {
  return listed;
}

/** A page of a list. @param key numbers of an item, which ascend along the list */
function pageOf<T>(
  list: readonly T[],
  page: PageRequest,
  kind: string,
  key: (item: T) => readonly number[],
): Page<T> {
  const limit = pageLimit(page);
  const behind = cursorNumbers(kind, page.after);
  const left = list.filter(
    (item) =>
      behind === null ||
      isBehind(
        key(item),
        behind.map((one) => (kind === "r" ? -one : one)),
      ),
  );
  const items = left.slice(0, limit);
  const last = items.at(-1);
  const next = last === undefined || left.length <= limit ? null : cursorOf(kind, ...key(last).map(Math.abs));
  return { items, next };
}

/** A page of a list that only grows at its end: a cursor is an index in it. */
function numbered<T>(list: readonly T[], page: PageRequest, kind: string): Page<T> {
  const places = list.map((item, place) => ({ item, place }));
  const { items, next } = pageOf(places, page, kind, ({ place }) => [place]);
  return { items: items.map(({ item }) => item), next };
}

function isBehind([a = 0, b = 0]: readonly number[], [c = 0, d = 0]: readonly number[]): boolean {
  return a > c || (a === c && b > d);
}

function asFailed({
  tries: _,
  void_reasons: __,
  kind: ___,
  answer,
  ...trial
}: StoredTrial & { case_no: number }): FailedTrial {
  if (answer === null) return { ...trial, answer };
  const { output, messages, tool_calls, finish_reason, refusal, trajectory } = answer;
  return {
    ...trial,
    answer: {
      ...{ output, messages, tool_calls, finish_reason, refusal },
      ...(trajectory && { trajectory }),
    },
  };
}
