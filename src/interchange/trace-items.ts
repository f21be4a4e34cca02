import { parseExactJson } from "../domain/exact-json.ts";
import { findJsonError } from "../domain/find-json-error.ts";
import type { Json } from "../domain/json.ts";
import { readSpans, type Span } from "../traces/span.ts";
import { isOtlp } from "../traces/trace-format.ts";
import type { Left, SourceFiles, SourcePlace } from "./imported.ts";
import { isObject } from "./reading/json-fields.ts";
import { isLeft, type JsonItem, jsonItems } from "./reading/json-items.ts";
import { braintrustSpans } from "./traces/braintrust-logs.ts";
import { heliconeSpans } from "./traces/helicone-requests.ts";
import { langfuseSpans } from "./traces/langfuse-observations.ts";
import { langsmithSpans } from "./traces/langsmith-runs.ts";
import { plainSpans } from "./traces/plain-spans.ts";

/** Spans from one location in a file. */
export interface PlacedSpans {
  readonly place: SourcePlace;
  readonly spans: readonly Span[];
  /** Descriptions of the parts that could not be read. */
  readonly unread: readonly string[];
}

/** Keys under which a platform's export lists its spans, traces, scores or other items. */
const LISTS = [
  "resourceSpans",
  "data",
  "spans",
  "runs",
  "events",
  "rows",
  "observations",
  "scores",
  "traces",
];

/** The platforms recognized by the members of their items, in the order in which they are tried. */
const PLATFORMS = [plainSpans, braintrustSpans, langsmithSpans, langfuseSpans, heliconeSpans];

/**
 * The spans of a trace file: OTLP as JSON or JSON Lines, or a platform's export.
 *
 * @throws {EvalsError} for a file that is missing or not JSON
 */
export async function* traceItems(files: SourceFiles, path: string): AsyncGenerator<PlacedSpans | Left> {
  for await (const item of jsonItems(files, path, LISTS, exactItem, isTrace)) {
    if (isLeft(item)) yield item;
    else yield* spansOfItem(item.value, item.place);
  }
}

/**
 * Whether a value is one trace or span of a platform. Such an item may contain lists (observations, events), which
 * must not be read as the list of items.
 */
const isTrace = (value: Json): boolean => isObject(value) && !isOtlp(value) && firstOf(value) !== undefined;

/** The spans of one item of a trace file, or of one received body. */
export function* spansOfItem(value: Json, place: SourcePlace): Generator<PlacedSpans | Left> {
  const document = isObject(value) && Array.isArray(value.scopeSpans) ? { resourceSpans: [value] } : value;
  if (isOtlp(document)) {
    yield { place, ...readSpans(document) };
    return;
  }
  const spans = isObject(value) ? firstOf(value) : undefined;
  yield spans === undefined
    ? {
        ...place,
        what: "an item that is not a trace",
        why: "The item is neither OTLP nor from a platform that evals knows.",
      }
    : { place, spans, unread: [] };
}

function firstOf(item: Parameters<typeof plainSpans>[0]): readonly Span[] | undefined {
  for (const read of PLATFORMS) {
    const spans = read(item);
    if (spans !== undefined) return spans;
  }
  return undefined;
}

/** An item with exact numbers, because times in nanoseconds exceed a double's precision. */
function exactItem(text: string, place: SourcePlace): JsonItem | Left {
  try {
    return { place, value: parseExactJson(text) as Json, text };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return {
      ...place,
      what: "a line that is not JSON",
      why: findJsonError(text)?.what ?? "It cannot be read.",
    };
  }
}
