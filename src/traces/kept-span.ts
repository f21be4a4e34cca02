import { membersIn } from "../domain/found-documents.ts";
import { toolValue } from "../domain/tool-text.ts";
import { CHOICE_EVENT, CONTENT_EVENTS, LISTS, MESSAGE_EVENTS, NAMES, SIGNS } from "./attribute-names.ts";
import { contentOf } from "./read-span.ts";
import type { Attributes, Span, SpanEvent } from "./span.ts";
import {
  FEEDBACK_EVENT,
  FLAG_EVENTS,
  METADATA_OBJECTS,
  METADATA_PREFIXES,
  TRAFFIC_NAMES,
} from "./traffic-names.ts";

/** The stored form of a span, and the names of what was dropped from the span. */
export interface KeptSpan {
  readonly span: Span;
  /** Whether the span is part of a conversation or has feedback on one. Any other span is stored without name and texts. */
  readonly known: boolean;
  /** Names of dropped attributes and events; list indices are replaced by `*`. */
  readonly dropped: readonly string[];
}

const ABOUT: ReadonlySet<string> = new Set(Object.values(TRAFFIC_NAMES).flat());
const CONTENTS: ReadonlySet<string> = new Set([
  ...Object.values(NAMES).flat(),
  ...SIGNS.flatMap(([, names]) => names),
  "traceloop.entity.name",
]);
const LIST_NAMES: readonly string[] = Object.values(LISTS)
  .flat()
  .map((name) => `${name}.`);
const EVENTS: ReadonlySet<string> = new Set([
  ...Object.keys(MESSAGE_EVENTS),
  ...CONTENT_EVENTS,
  ...FLAG_EVENTS,
  CHOICE_EVENT,
  FEEDBACK_EVENT,
  "exception",
]);

/** Reduces a span to the attributes and events from which a trace is read, so that nothing else is stored. */
export function keptSpan(span: Span): KeptSpan {
  const isContent = contentOf(span) !== undefined;
  const all = withMetadata(span.attributes);
  const isKept = (name: string): boolean =>
    ABOUT.has(name) ||
    (isContent && (CONTENTS.has(name) || LIST_NAMES.some((beginning) => name.startsWith(beginning))));
  const attributes = Object.fromEntries(Object.entries(all).filter(([name]) => isKept(name)));
  const events = span.events.filter(({ name }) => EVENTS.has(name) && (isContent || name === FEEDBACK_EVENT));
  const known = isContent || events.length > 0;
  const resource = Object.fromEntries(Object.entries(span.resource).filter(([name]) => ABOUT.has(name)));
  return {
    span: { ...span, name: isContent ? span.name : "", attributes, events, resource },
    known,
    dropped: known ? droppedNames(all, isKept, span.events) : [],
  };
}

function droppedNames(
  attributes: Attributes,
  isKept: (name: string) => boolean,
  events: readonly SpanEvent[],
): readonly string[] {
  return [
    ...Object.keys(attributes)
      .filter((name) => !isKept(name))
      .map((name) => name.replace(/\.\d+(?=\.|$)/g, ".*")),
    ...events.filter(({ name }) => !EVENTS.has(name)).map(({ name }) => `event ${name}`),
  ];
}

/** The attributes, with all application metadata renamed to `metadata.<key>`, whatever prefix the producer uses. */
function withMetadata(attributes: Attributes): Attributes {
  const made: Record<string, unknown> = Object.create(null);
  for (const [name, value] of Object.entries(attributes)) {
    const prefix = METADATA_PREFIXES.find((one) => name.startsWith(one));
    if (prefix !== undefined) made[`metadata.${name.slice(prefix.length)}`] = value;
    else if (METADATA_OBJECTS.has(name))
      for (const [key, member] of Object.entries(membersIn(toolValue(value))))
        made[`metadata.${key}`] = member;
    else made[name] = value;
  }
  return made;
}

/** Formats spans as one JSON text; `spansOfText` parses it. */
export function textOfSpans(spans: readonly Span[]): string {
  return JSON.stringify(spans, (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value));
}

export function spansOfText(text: string): readonly Span[] {
  const spans = JSON.parse(text) as readonly (Omit<Span, "start" | "end"> & { start: string; end: string })[];
  return spans.map((span) => ({ ...span, start: BigInt(span.start), end: BigInt(span.end) }));
}

/**
 * Merges two copies of a trace. For a span that is in both copies, the more complete version is used: the version
 * with the later end, or else the version with more attributes and events. If both versions are equally complete,
 * the version of the earlier copy is used.
 */
export function joinedSpans(earlier: readonly Span[], later: readonly Span[]): readonly Span[] {
  const spans = new Map(earlier.map((span) => [span.id, span]));
  for (const span of later) {
    const known = spans.get(span.id);
    if (known === undefined || knowsMore(span, known)) spans.set(span.id, span);
  }
  return [...spans.values()].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

function knowsMore(a: Span, b: Span): boolean {
  if (a.end !== b.end) return a.end > b.end;
  const size = ({ attributes, events }: Span) => Object.keys(attributes).length + events.length;
  return size(a) > size(b);
}
