import { EvalsError } from "../domain/problem.ts";
import type { OpenedRun } from "../domain/report.ts";
import type { CaseIndex, RunSummary, ViewedPart, ViewedRun, ViewedTranscript } from "../domain/viewed-run.ts";
import { labellingReply } from "./labelling-reply.ts";
import type { LabellingSession } from "./labelling-session.ts";
import type { Answer, Reply } from "./local-server.ts";
import type {
  HomeDocument,
  IndexDocument,
  LabelsDocument,
  TraceDocument,
  TrafficDocument,
} from "./page-documents.ts";
import { runDocument } from "./page-file.ts";
import { pageJson } from "./page-text.ts";

/** The data of the store that a live page requests. Runs may be added while the page is open. */
export interface ViewedHistory {
  /**
   * @param most maximum number of runs to return. When it is omitted, as many runs are returned as the list of runs
   * shows.
   */
  home(most?: number): Promise<HomeDocument>;
  /** @param key a run's id, or `a..b` to compare b with a. @throws {EvalsError} when the key names no run */
  run(key: string): Promise<OpenedRun>;
  /** Runs that are new or changed since the last call; the first call returns none. */
  changes(): Promise<readonly RunSummary[]>;
  labels(): Promise<LabelsDocument>;
  /** @param judge the judge to label for; null when the suite has at most one judge. @throws {EvalsError} */
  labelling(suite: string, judge: string | null): Promise<LabellingSession>;
  traffic(): Promise<TrafficDocument>;
  /** @throws {EvalsError} EVALS_TRACE_UNKNOWN */
  trace(id: string): Promise<TraceDocument>;
}

/** Maximum characters of each text sent with a case; the view of a trial has the whole text. */
const CASE_LETTERS = 40_000;
/** Maximum characters of a trial that is sent whole. Of a larger trial, only the start of each part is sent at first. */
const TRIAL_LETTERS = 400_000;
/** Maximum characters of each part of a larger trial that are sent at first. */
const FIRST_LETTERS = 300;
/** Maximum characters that are sent at once when the page requests more of a part. */
const STEP_LETTERS = 400_000;
/** Number of cases searched before other requests are handled. */
const SEARCH_STEP = 20;

/** Answers the page's requests with data from the store. */
export function viewAnswers(history: ViewedHistory, page: () => Promise<Reply>, watch: Watch): Answer {
  const trials = lastTrials(history);
  const indexes = writtenIndexes();
  const labelling = labellingSessions(history);
  return async (method, path, body, gone) => {
    if (method === "GET" && path === "/") return page();
    const [what = "", key = "", ...rest] = path.slice(1).split("/").map(decoded);
    if (what === "labels" && rest.length > 0)
      return labelling({ suite: key, judge: rest[0] || null }, { method, path: `/${rest[1]}`, body });
    const view = (): Promise<ViewedRun> => history.run(key).then((run) => run.view());
    try {
      switch (method === "GET" ? what : "") {
        case "home":
          return written(await history.home());
        case "events":
          return { kind: "events", begin: watch };
        case "run":
          return written(await runDocument({ key, run: await history.run(key) }));
        case "index":
          return { kind: "written", json: await indexes(await view()) };
        case "case":
          return written(await (await view()).caseAt(whole(rest[0]), CASE_LETTERS));
        case "trial":
          return written(skeleton(await trials(key, rest)));
        case "letters":
          return written(lettersOf(await trials(key, rest), whole(rest[3]), whole(rest[4])));
        case "search":
          return written(await found(await view(), rest[0] ?? "", gone));
        case "labels":
          return written(await history.labels());
        case "traffic":
          return written(await history.traffic());
        case "trace": {
          const trace = await history.trace(key);
          return rest.length === 0
            ? written({ ...trace, parts: skeletonOf(trace.parts) })
            : written(lettersOf(trace, whole(rest[0]), whole(rest[1])));
        }
        default:
          return refused("There is nothing at this address.");
      }
    } catch (error) {
      if (error instanceof EvalsError) return refused(whatOf(error));
      if (error instanceof RangeError) return refused(error.message);
      throw error;
    }
  };
}

/** Labelling sessions by suite and judge, each opened by its first request and kept until the user ends it. */
function labellingSessions(history: ViewedHistory) {
  const open = new Map<string, Promise<LabellingSession>>();
  return async (
    { suite, judge }: { readonly suite: string; readonly judge: string | null },
    asked: Parameters<typeof labellingReply>[1],
  ): Promise<Reply> => {
    const name = JSON.stringify([suite, judge]);
    const opened = open.get(name) ?? history.labelling(suite, judge);
    open.set(name, opened);
    try {
      // Catches only errors of opening the session; the next request then opens it again. An error of storing a label is
      // not caught: the page keeps the label and sends it again.
      await opened;
    } catch (error) {
      open.delete(name);
      if (error instanceof EvalsError) return refused(whatOf(error));
      throw error;
    }
    return labellingReply(await opened, asked, { onEnd: () => open.delete(name) });
  };
}

/** The index of a run as JSON, cached until the run changes. */
function writtenIndexes(): (view: ViewedRun) => Promise<string> {
  const made = new WeakMap<ViewedRun, Promise<string>>();
  return (view) => {
    const known = made.get(view) ?? view.index().then((index) => pageJson(wholeIndex(index)));
    made.set(view, known);
    return known;
  };
}

const wholeIndex = (index: CaseIndex): IndexDocument => ({ ...index, page_of: [], left_out: "" });

/** Starts sending changes of runs to a page; the returned function stops the sending. */
export type Watch = (send: (name: string, json: string) => void) => () => void;

const written = (value: unknown): Reply => ({ kind: "written", json: pageJson(value) });

/** An error as the page shows it: what is wrong and how to fix it. There is no room for the reason. */
const whatOf = ({ problems }: EvalsError): string =>
  problems.map(({ what, fix }) => `${what} Fix: ${fix}`).join(" ");

const refused = (error: string): Reply => ({ kind: "json", status: 404, value: { error } });

function decoded(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    return word;
  }
}

/** A number in an address. @throws {RangeError} when the word is not a whole number */
function whole(word: string | undefined): number {
  if (word === undefined || !/^\d{1,9}$/.test(word))
    throw new RangeError("A part of the address must be a whole number, but is not.");
  return Number(word);
}

/**
 * Returns a function that reads a trial by its address. The last three trials are cached, because a long trial is read
 * part by part.
 */
function lastTrials(history: ViewedHistory) {
  const kept = new Map<string, ViewedTranscript>();
  return async (key: string, [place, side, trial]: readonly string[]): Promise<ViewedTranscript> => {
    const name = [key, place, side, trial].join("/");
    const known = kept.get(name);
    if (known !== undefined) return known;
    const run = await history.run(key);
    const which = side === "before" ? "before" : "now";
    const read = await (await run.view()).transcript(
      whole(place),
      whole(trial),
      which,
      Number.POSITIVE_INFINITY,
    );
    if (read === null) throw new RangeError("There is no such trial.");
    if (run.report.status !== "running") kept.set(name, read);
    for (const old of kept.keys()) if (kept.size > 3) kept.delete(old);
    return read;
  };
}

/**
 * The whole transcript of a trial or, if it is long, only the start of each part; the page requests the rest
 * part by part.
 */
export function skeleton({ trial, parts }: ViewedTranscript): ViewedTranscript {
  const largest = largestShown(parts);
  return {
    trial: { ...trial, output: trial.output === null ? null : cutTo(largest, trial.output) },
    parts: skeletonOf(parts),
  };
}

function skeletonOf(parts: readonly ViewedPart[]): ViewedPart[] {
  const largest = largestShown(parts);
  return parts.map((part) => ({ ...part, passage: cutTo(largest, part.passage) }));
}

/** Maximum characters of each part that are sent at first. */
function largestShown(parts: readonly ViewedPart[]): number {
  const letters = parts.reduce((sum, { passage }) => sum + passage.letters, 0);
  return letters <= TRIAL_LETTERS ? TRIAL_LETTERS : Math.min(FIRST_LETTERS, TRIAL_LETTERS / parts.length);
}

function cutTo<T extends { readonly text: string }>(largest: number, passage: T): T {
  return { ...passage, text: passage.text.slice(0, largest) };
}

function lettersOf({ parts }: Pick<ViewedTranscript, "parts">, part: number, from: number): string {
  return parts[part]?.passage.text.slice(from, from + STEP_LETTERS) ?? "";
}

/** Indices of the cases that contain a text. The server keeps handling other requests while the search runs. */
async function found(view: ViewedRun, text: string, gone: AbortSignal): Promise<number[]> {
  const { ids } = await view.index();
  const indexes: number[] = [];
  const wanted = text.toLowerCase();
  for (let index = 0; index < ids.length && !gone.aborted; index++) {
    if (await view.containsText(index, wanted)) indexes.push(index);
    if (index % SEARCH_STEP === 0) await new Promise<void>((resolve) => setImmediate(resolve));
  }
  return indexes;
}
