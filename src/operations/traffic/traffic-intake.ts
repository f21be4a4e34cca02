import type { Redaction } from "../../domain/redaction.ts";
import type { Left } from "../../interchange/imported.ts";
import type { PlacedSpans } from "../../interchange/trace-items.ts";
import type { TrafficRecord, TrafficStore } from "../../store/traffic.ts";
import { joinedSpans, keptSpan, spansOfText, textOfSpans } from "../../traces/kept-span.ts";
import { conventionsOf } from "../../traces/read-span.ts";
import type { Span } from "../../traces/span.ts";
import { trafficOfSpans } from "../../traces/traffic-of-spans.ts";
import { spanCleaner } from "./clean-span.ts";
import { TraceLosses } from "./trace-losses.ts";

/** The totals of imported traces so far. */
export interface Intake {
  /** Number of new traces, and of existing traces that were extended. */
  readonly traces: number;
  /** Number of traces that existed already and did not change. */
  readonly duplicates: number;
  /** Number of existing traces that were extended; included in `traces`. */
  readonly completed: number;
  /** The conventions by which the imported spans name their attributes, most frequent first. */
  readonly conventions: readonly { readonly name: string; readonly traces: number }[];
  /** What was not imported, and why. */
  readonly left: readonly Left[];
}

export interface TrafficIntake {
  add(item: PlacedSpans | Left): Promise<void>;
  /** Stores pending spans. */
  flush(): Promise<void>;
  /** Stores pending spans and returns the totals. */
  end(): Promise<Intake>;
}

/** How many spans, and characters of spans, are kept in memory before they are stored. */
const MAX_SPANS = 10_000;
const MAX_LETTERS = 64_000_000;
/** How many traces without a call of a model or tool are kept, because such a call may come later in the file. */
const MAX_WAITING = 20_000;

type Status = "new" | "completed" | "same";

/**
 * Imports spans, in any order. The spans of one trace may come in parts: they are merged with the spans of this trace
 * that the store has already. Before anything is stored, texts are redacted and users are hashed.
 */
export async function trafficIntake(
  traffic: TrafficStore,
  redaction: Redaction | undefined,
  { dryRun = false }: { readonly dryRun?: boolean } = {},
): Promise<TrafficIntake> {
  const cleaner = spanCleaner(redaction, await traffic.salt());
  const losses = new TraceLosses();
  const statuses = new Map<string, Status>();
  const conventions = new Map<string, string>();
  let waiting = new Map<string, Span[]>();
  let spans = 0;
  let letters = 0;

  /** The new record of a trace; null to leave it unchanged. Called again if the store's connection was lost. */
  const become = (id: string, source: string | null): TrafficRecord | null => {
    const earlier = source === null ? [] : spansOfText(source);
    const joined = joinedSpans(earlier, waiting.get(id) ?? []);
    const text = textOfSpans(joined);
    const names = conventionsOf(joined).join(", ");
    if (names !== "") conventions.set(id, names);
    if (text === source) {
      if (!statuses.has(id)) statuses.set(id, "same");
      return null;
    }
    const trace = trafficOfSpans(id, joined);
    if (trace === undefined) return null;
    const status = statuses.get(id);
    if (status !== "new") statuses.set(id, source === null ? "new" : "completed");
    return dryRun ? null : { trace, source: text };
  };
  const flush = async (): Promise<void> => {
    await traffic.record([...waiting.keys()], become);
    const left = [...waiting].filter(([id]) => !statuses.has(id));
    waiting = new Map(left.slice(-MAX_WAITING));
    spans = 0;
    letters = 0;
    cleaner.forget();
  };
  return {
    flush,
    add: async (item) => {
      if (!("spans" in item)) {
        losses.add({ ...item, what: cleaner.text(item.what), why: cleaner.text(item.why) });
        return;
      }
      const { place } = item;
      for (const what of item.unread)
        losses.add({ ...place, what, why: "This part of the source could not be read." });
      for (const one of item.spans) {
        const { span: kept, known, dropped } = keptSpan(one);
        if (!known) losses.count(place, `span ${cleaner.text(one.name)}`, FOREIGN, "span");
        for (const name of dropped) losses.count(place, `attribute ${cleaner.text(name)}`, UNHELD, "span");
        const span = cleaner.span(kept);
        const list = waiting.get(span.trace);
        if (list === undefined) waiting.set(span.trace, [span]);
        else list.push(span);
        spans++;
        letters += lettersIn(span);
      }
      if (spans >= MAX_SPANS || letters >= MAX_LETTERS) await flush();
    },
    end: async () => {
      await flush();
      const alien = waiting.size;
      if (alien > 0) {
        const what = `${alien} traces without a call of a model or a tool`;
        losses.add({
          ...(losses.all()[0] ?? { path: "", line: 1 }),
          what,
          why: "These traces contain no conversation.",
        });
      }
      const count = (status: Status): number => [...statuses.values()].filter((one) => one === status).length;
      return {
        traces: count("new") + count("completed"),
        duplicates: count("same"),
        completed: count("completed"),
        conventions: counted(conventions.values()),
        left: losses.all(),
      };
    },
  };
}

const FOREIGN = "This span is not a call of a model, a tool or a search.";
const UNHELD = "No field of a trace can store this attribute.";

function lettersIn({ attributes, events }: Span): number {
  let sum = 0;
  for (const one of [attributes, ...events.map((event) => event.attributes)])
    for (const value of Object.values(one)) sum += typeof value === "string" ? value.length : 100;
  return sum;
}

function counted(names: Iterable<string>): Intake["conventions"] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .map(([name, traces]) => ({ name, traces }))
    .sort((a, b) => b.traces - a.traces || (a.name < b.name ? -1 : 1));
}
