import type { Page, PageRequest } from "../../domain/pages.ts";
import {
  meets,
  type TrafficFilter,
  type TrafficRow,
  type TrafficScore,
  type TrafficTrace,
} from "../../domain/traffic.ts";
import { cursorNumbers, cursorOf, pageLimit } from "../reads.ts";
import type { TrafficStore } from "../traffic.ts";

/** Traces in memory. */
export interface TrafficMemory {
  readonly traces: Map<string, KeptTrace>;
  readonly scores: Map<string, TrafficScore>;
}

interface KeptTrace {
  readonly no: number;
  readonly kept_at: number;
  readonly trace: TrafficTrace;
  readonly source: string;
}

export const emptyTraffic = (): TrafficMemory => ({ traces: new Map(), scores: new Map() });

export const timeOf = ({ at }: TrafficRow): number => (at === null ? 0 : Date.parse(at));

export function trafficIn(memory: TrafficMemory, now: number): TrafficStore {
  const chosen = ({ where = [], since, until }: TrafficFilter): KeptTrace[] =>
    [...memory.traces.values()]
      .filter(({ trace }) => where.every((condition) => meets(trace, condition)))
      .filter(({ trace }) => since === undefined || (trace.at !== null && timeOf(trace) >= since))
      .filter(({ trace }) => until === undefined || (trace.at !== null && timeOf(trace) < until))
      .sort((a, b) => timeOf(b.trace) - timeOf(a.trace) || b.no - a.no);
  const pageOf = async <T>(
    filter: TrafficFilter,
    page: PageRequest = {},
    read: (trace: TrafficTrace) => T,
  ): Promise<Page<T>> => {
    const limit = pageLimit(page);
    const [at, no = 0] = cursorNumbers("w", page.after) ?? [];
    const left = chosen(filter).filter(
      (one) => at === undefined || timeOf(one.trace) < at || (timeOf(one.trace) === at && one.no < no),
    );
    const items = left.slice(0, limit);
    const last = items.at(-1);
    const next =
      last === undefined || left.length <= limit ? null : cursorOf("w", timeOf(last.trace), last.no);
    return { items: items.map(({ trace }) => read(trace)), next };
  };
  return {
    salt: async () => "5a17".repeat(16),
    record: async (ids, next) => {
      const made = ids.map((id) => [id, next(id, memory.traces.get(id)?.source ?? null)] as const);
      for (const [id, record] of made) {
        if (record === null) continue;
        const { no, kept_at } = memory.traces.get(id) ?? { no: memory.traces.size + 1, kept_at: now };
        memory.traces.set(id, { no, kept_at, ...record });
      }
    },
    rows: (filter, page) => pageOf(filter, page, ({ transcript: _, ...row }) => row),
    traces: (filter, page) => pageOf(filter, page, (trace) => trace),
    trace: async (id) => memory.traces.get(id)?.trace,
    idsByPrefix: async (prefix) =>
      [...memory.traces.keys()]
        .filter((id) => id.startsWith(prefix))
        .sort()
        .slice(0, 20),
    count: async (filter) => {
      const rows = chosen(filter).map(({ trace }) => trace);
      const different = (values: readonly (string | null)[]) =>
        new Set(values.filter((one) => one !== null)).size;
      return {
        traces: rows.length,
        sessions: different(rows.map(({ session }) => session)),
        users: different(rows.map(({ user }) => user)),
      };
    },
    recordScores: async (scores) => {
      for (const one of scores) if (memory.traces.has(one.trace)) memory.scores.set(scoreKey(one), one);
    },
    scores: async (ids) =>
      [...memory.scores.entries()]
        .filter(([, { trace }]) => ids.includes(trace))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, score]) => score),
  };
}

const scoreKey = ({ trace, suite, scorer }: TrafficScore): string => [trace, suite, scorer].join("\0");
