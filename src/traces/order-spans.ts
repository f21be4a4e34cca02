import type { Span } from "./span.ts";

/**
 * Sorts the spans of a trace: a parent before its children, and children by start time. Time alone is not enough,
 * because clocks of different services differ. A span with a missing parent counts as a root.
 */
export function orderedSpans(spans: readonly Span[]): readonly Span[] {
  const byId = new Map(spans.map((span) => [span.id, span]));
  const children = new Map<string, Span[]>();
  const roots: Span[] = [];
  for (const span of spans) {
    if (span.parent === span.id || !byId.has(span.parent)) roots.push(span);
    else children.set(span.parent, [...(children.get(span.parent) ?? []), span]);
  }
  const ordered: Span[] = [];
  const seen = new Set<Span>();
  const open = byStart(roots).reverse();
  for (let span = open.pop(); span !== undefined; span = open.pop()) {
    if (seen.has(span)) continue;
    seen.add(span);
    ordered.push(span);
    open.push(...byStart(children.get(span.id) ?? []).reverse());
  }
  // Spans whose parents form a cycle are not reached from any root. They come last.
  return [...ordered, ...byStart(spans.filter((span) => !seen.has(span)))];
}

function byStart(spans: readonly Span[]): Span[] {
  return [...spans].sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
}

/** The traces of a document by start time, each with its spans sorted. */
export function tracesOf(spans: readonly Span[]): readonly (readonly Span[])[] {
  const traces = new Map<string, Span[]>();
  for (const span of spans) {
    const trace = traces.get(span.trace);
    if (trace === undefined) traces.set(span.trace, [span]);
    else trace.push(span);
  }
  const began = (trace: readonly Span[]): bigint =>
    trace.reduce((least, { start }) => (start < least ? start : least), trace[0]?.start ?? 0n);
  return [...traces.values()]
    .sort((a, b) => (began(a) < began(b) ? -1 : began(a) > began(b) ? 1 : 0))
    .map(orderedSpans);
}
