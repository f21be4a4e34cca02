import type { Json } from "../domain/json.ts";
import type { RunHeader, RunStatus, StoredCase, StoredTrial } from "../domain/run.ts";
import type {
  CachedAnswer,
  KnownSpending,
  LostReply,
  RunFilter,
  StoredJudgement,
  StoredRun,
  TrialRow,
} from "./stored.ts";

/** A place in one list of one history, to go on from. Opaque: only the list that gave it can read it. */
export type Cursor = string;

/** Which part of a list is read. */
export interface PageRequest {
  /** Goes on after this place; null or absent for the beginning. */
  readonly after?: Cursor | null | undefined;
  /** At most so many items, from 1; default 1000. */
  readonly limit?: number | undefined;
}

/** A part of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next part begins; null at the end of the list. */
  readonly next: Cursor | null;
}

/** How far a run is at this moment. */
export interface RunState {
  readonly status: RunStatus;
  /** Id of the process of this machine that works on it now; null when none does. */
  readonly process: number | null;
  /** ISO 8601, UTC; null for a run that has not ended. */
  readonly ended_at: string | null;
  /** Requests sent over all sessions. */
  readonly calls: number;
  /** The same of those sent to judges. */
  readonly judge_calls: number;
}

/** A run without its report, which can be large. */
export interface ListedRun extends RunState {
  readonly no: number;
  readonly header: RunHeader;
}

/** A run that asked for an answer which a case of a later run took from the cache. */
export interface Origin {
  readonly case_no: number;
  /** Id of the run that asked. */
  readonly run: string;
}

/** What changed in a run after a cursor. */
export interface RunChanges {
  /** Read before the trials: once it says that the run has ended and `more` is false, nothing is missing. */
  readonly state: RunState;
  /** Trials that are new or have new scores, as they are now. One that changes again is given again. */
  readonly trials: readonly TrialRow[];
  /** To ask for what changes after this. */
  readonly next: Cursor;
  /** There is more already than fitted into the limit. */
  readonly more: boolean;
}

/**
 * Reads of the history for everything but the engine. They are asynchronous and come in parts, so that a history can stand
 * behind a network, and a large run is never in memory whole.
 *
 * A cursor of another list, or one that was altered, is a `RangeError`.
 */
export interface StoreReads {
  /** Newest first. The filter's `limit` is that of the whole list. */
  runs(filter: Omit<RunFilter, "limit">, page?: PageRequest): Promise<Page<ListedRun>>;
  /** One run with its report; undefined when there is none of that number. */
  run(runNo: number): Promise<StoredRun | undefined>;
  /** Runs whose id starts so, newest first; at most 20. */
  runsByPrefix(prefix: string): Promise<StoredRun[]>;
  /** In plan order. */
  cases(runNo: number, page?: PageRequest): Promise<Page<StoredCase>>;
  /** Numbers of a run's trials by case and trial; answers' texts stay on the disk. */
  trials(runNo: number, page?: PageRequest): Promise<Page<TrialRow>>;
  /** The same without what only the answers know: times, costs and tokens are unknown. Quicker, for no answer is looked at. */
  scores(runNo: number, page?: PageRequest): Promise<Page<TrialRow>>;
  /** Id of the answer of each trial that has one, by case and trial; answers of the cache included. */
  answerIds(runNo: number, page?: PageRequest): Promise<Page<number>>;
  /** The runs that asked for answers which a run took from the cache, by case and run. */
  origins(runNo: number, page?: PageRequest): Promise<Page<Origin>>;
  /** Replies of a run that gave no answer, in the order in which they were lost. */
  lostReplies(runNo: number, page?: PageRequest): Promise<Page<LostReply>>;
  /** How many of a run's answers a fallback gave in place of the model that was asked. */
  fallbackAnswers(runNo: number): Promise<number>;
  /** What was paid for the target's answers that have no scores, and for its replies that gave no answer. */
  unscoredSpending(runNo: number): Promise<KnownSpending>;
  /** Transcript and answer id of a stored trial. */
  transcript(runNo: number, caseNo: number, trial: number): Promise<CachedAnswer | undefined>;
  /**
   * What is new in a run since a cursor; without one, everything from the beginning. Follow `next` as long as `more` is true,
   * then ask again from time to time.
   */
  since(runNo: number, page?: PageRequest): Promise<RunChanges>;
  /** Whole trials of one case with their answers, by number. */
  trialsOfCase(runNo: number, caseNo: number): Promise<StoredTrial[]>;
  /** One of them. */
  trial(runNo: number, caseNo: number, trial: number): Promise<StoredTrial | undefined>;
  /** The case's input and expected, as they were. */
  content(runNo: number, caseNo: number): Promise<{ readonly input: Json; readonly expected?: Json } | null>;
  /** The request as it was prepared for the provider; null for recorded outputs. */
  request(runNo: number, caseNo: number): Promise<Json>;
  /** A judge's replies, in the order of the numbers; those that are not there are left out. */
  judgements(ids: readonly number[]): Promise<StoredJudgement[]>;
  /** A judge's replies that a run has paid for about one case, oldest first. */
  judgementsOfCase(runNo: number, caseId: string): Promise<StoredJudgement[]>;
  /** The request that a judge's reply answers, as it was sent. */
  judgementRequest(id: number): Promise<Json>;
}

/** How many items a page has when nobody says. */
const PAGE = 1000;

/** @throws {RangeError} for a limit below 1 */
export function pageLimit({ limit = PAGE }: PageRequest): number {
  if (!Number.isSafeInteger(limit) || limit < 1) throw new RangeError(`a page of ${limit} items`);
  return limit;
}

/**
 * The numbers of a cursor.
 * @param kind first letter of the cursors of this list
 * @returns null at the beginning of the list
 * @throws {RangeError} when it is no cursor of this list
 */
export function cursorNumbers(kind: string, after: Cursor | null | undefined): number[] | null {
  if (after === null || after === undefined) return null;
  const numbers = after.slice(1).split(".").map(Number);
  if (after[0] !== kind || !/^\w\d{1,15}(\.\d{1,15})*$/.test(after))
    throw new RangeError(`not a cursor of this list: ${JSON.stringify(after.slice(0, 40))}`);
  return numbers;
}

export function cursorOf(kind: string, ...numbers: readonly number[]): Cursor {
  return `${kind}${numbers.join(".")}`;
}

/** Every page of a list, one in memory at a time. */
export async function* everyPage<T>(
  read: (page: PageRequest) => Promise<Page<T>>,
  limit?: number,
): AsyncGenerator<readonly T[], void, undefined> {
  let after: Cursor | null = null;
  do {
    const page: Page<T> = await read({ after, limit });
    yield page.items;
    after = page.next;
  } while (after !== null);
}

/** Every item of a list, one page in memory at a time. */
export async function* everyItem<T>(
  read: (page: PageRequest) => Promise<Page<T>>,
  limit?: number,
): AsyncGenerator<T, void, undefined> {
  for await (const items of everyPage(read, limit)) yield* items;
}

/** A whole list at once: for one that is needed whole and is small beside what is made of it, like the cases of a run. */
export async function allItems<T>(read: (page: PageRequest) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  for await (const page of everyPage(read)) items.push(...page);
  return items;
}
