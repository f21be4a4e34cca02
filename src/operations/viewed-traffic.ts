import type { TraceDocument, TrafficDocument } from "../page/page-documents.ts";
import type { Store } from "../store/store.ts";
import type { Environment } from "./environment.ts";
import { listTraffic } from "./list-traffic.ts";
import { showTrace } from "./traffic/show-trace.ts";
import { cutLetters } from "./viewing/short-input.ts";
import { traceParts } from "./viewing/transcript-parts.ts";
import { passage } from "./viewing/view-case.ts";

/** Maximum number of traces listed, newest first. */
const MAX_TRACES = 1_000;
/** Maximum characters of an answer in the list. */
const ANSWER_LETTERS = 300;

/** The newest traces of production, and the counts of all traces. */
export async function viewedTraffic(
  io: Environment,
  directory: string | undefined,
): Promise<TrafficDocument> {
  const { counts, first, last, listed } = await listTraffic(io, { directory, limit: MAX_TRACES });
  return {
    ...{ counts, first, last },
    listed: listed.map((one) => ({ ...one, output: cutLetters(one.output, ANSWER_LETTERS) })),
  };
}

/** One trace with all its parts. @throws {EvalsError} EVALS_TRACE_UNKNOWN, EVALS_TRACE_AMBIGUOUS */
export async function viewedTrace(store: Store, id: string): Promise<TraceDocument> {
  const { trace, scores } = await showTrace(store, id);
  const { transcript: _, convention: __, ...row } = trace;
  const parts = traceParts(trace).map(({ kind, title, text }) => ({
    ...{ kind, title },
    passage: passage(text, Number.POSITIVE_INFINITY),
  }));
  return { trace: row, parts, scores };
}
