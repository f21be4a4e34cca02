import { contentText } from "../domain/content-text.ts";
import { everyItem } from "../domain/pages.ts";
import { EvalsError } from "../domain/problem.ts";
import type { TrafficFilter, TrafficRow, TrafficTrace } from "../domain/traffic.ts";
import type { ListedTrace, Seen, TrafficListing } from "../domain/traffic-listing.ts";
import type { Store } from "../store/store.ts";
import type { Environment } from "./environment.ts";
import { withHistory } from "./store-care/open-history.ts";
import { storedFilter, type TypedFilter, trafficFilter } from "./traffic/traffic-filter.ts";

export interface ListTrafficInput extends TypedFilter {
  readonly directory?: string | undefined;
  /** Text to search for in the answers, ignoring case. */
  readonly grep?: string | undefined;
  /** Maximum number of traces listed. */
  readonly limit: number;
}

/**
 * Lists stored traffic with its sessions, users and times.
 *
 * @throws {EvalsError} EVALS_OPTION_INVALID
 */
export async function listTraffic(io: Environment, input: ListTrafficInput): Promise<TrafficListing> {
  const { directory, grep, limit } = input;
  if (grep === "") throw emptyGrep();
  const filter = trafficFilter(io, input);
  const asked: Asked = { filter, grep: grep ?? null };
  const empty = countedTraffic(asked);
  return withHistory(io, directory, empty.listing(), async (store) => {
    const counted = countedTraffic(asked);
    const wanted = { ...asked, filter: await storedFilter(filter, store.traffic) };
    for await (const row of matching(store, wanted)) counted.add(row);
    const listed: ListedTrace[] = [];
    if (limit > 0)
      for await (const trace of matchingTraces(store, wanted)) {
        listed.push(await listedTrace(store, trace, limit));
        if (listed.length === limit) break;
      }
    return { ...counted.listing(), listed };
  });
}

interface Asked {
  readonly filter: TrafficFilter;
  readonly grep: string | null;
}

/** The traces that match the request. Their texts are loaded only to search in them. */
function matching(store: Store, asked: Asked): AsyncIterable<TrafficRow> {
  return asked.grep === null
    ? everyItem((page) => store.traffic.rows(asked.filter, page))
    : matchingTraces(store, asked);
}

async function* matchingTraces({ traffic }: Store, { filter, grep }: Asked): AsyncGenerator<TrafficTrace> {
  const wanted = grep?.toLowerCase();
  for await (const trace of everyItem((page) => traffic.traces(filter, page), PAGE))
    if (wanted === undefined || answersOf(trace).some((text) => text.toLowerCase().includes(wanted)))
      yield trace;
}

/** Number of traces read at once. It is small, because a conversation may be large. */
const PAGE = 200;

/** The texts of all answers of a trace: its output, and every assistant message. */
function answersOf({ transcript: { output, messages } }: TrafficTrace): readonly string[] {
  const replies = messages
    .filter(({ role }) => role === "assistant")
    .map(({ content }) => contentText(content));
  return [output, ...replies];
}

async function listedTrace(
  { traffic }: Store,
  { transcript, convention: _, ...row }: TrafficTrace,
  limit: number,
): Promise<ListedTrace> {
  const short_id = limit > ABBREVIATED ? row.id : await shortId(traffic, row.id);
  return { ...row, output: transcript.output, short_id };
}

/** In a listing of more traces than this, ids are not abbreviated, because each short id costs a query. */
const ABBREVIATED = 1_000;
const SHORTEST_ID = 8;

/**
 * The shortest beginning of an id that no other stored id has. It may be long: ids that begin with a time (UUIDv7,
 * ULID) begin like other ids of the same minute.
 */
async function shortId(traffic: Store["traffic"], id: string): Promise<string> {
  for (let length = SHORTEST_ID; length < id.length; length += 4) {
    const short = id.slice(0, length);
    if ((await traffic.idsByPrefix(short)).length < 2) return short;
  }
  return id;
}

interface MutableSeen {
  traces: number;
  first: string | null;
  last: string | null;
}

const unseen = (): MutableSeen => ({ traces: 0, first: null, last: null });

function see(seen: MutableSeen, at: string | null): void {
  seen.traces++;
  if (at === null) return;
  if (seen.first === null || at < seen.first) seen.first = at;
  if (seen.last === null || at > seen.last) seen.last = at;
}

const FIELDS = ["service", "environment", "model", "prompt", "arm", "tag", "error"] as const;

function valuesOf(row: TrafficRow): readonly (readonly [(typeof FIELDS)[number], string | null])[] {
  const { prompt, prompt_version: version } = row;
  const named = prompt === null ? version : version === null ? prompt : `${prompt}@${version}`;
  return [
    ["service", row.service],
    ["environment", row.environment],
    ["model", row.model],
    ["prompt", named],
    ["arm", row.arm],
    ["error", row.error],
    ...row.tags.map((tag) => ["tag", tag] as const),
  ];
}

function countedTraffic({ filter, grep }: Asked) {
  const all = unseen();
  const sessions = new Map<string, MutableSeen & { users: Set<string> }>();
  const users = new Map<string, MutableSeen & { sessions: Set<string> }>();
  const values = new Map(FIELDS.map((field) => [field, new Map<string, number>()] as const));
  return {
    add: (row: TrafficRow): void => {
      see(all, row.at);
      if (row.session !== null) {
        const known = sessions.get(row.session) ?? { ...unseen(), users: new Set() };
        sessions.set(row.session, known);
        see(known, row.at);
        if (row.user !== null) known.users.add(row.user);
      }
      if (row.user !== null) {
        const known = users.get(row.user) ?? { ...unseen(), sessions: new Set() };
        users.set(row.user, known);
        see(known, row.at);
        if (row.session !== null) known.sessions.add(row.session);
      }
      for (const [field, value] of valuesOf(row)) {
        const counts = values.get(field);
        if (value !== null) counts?.set(value, (counts.get(value) ?? 0) + 1);
      }
    },
    listing: (): TrafficListing => ({
      where: filter.where ?? [],
      grep,
      since: filter.since === undefined ? null : new Date(filter.since).toISOString(),
      counts: { traces: all.traces, sessions: sessions.size, users: users.size },
      ...all,
      sessions: byTraces(
        [...sessions].map(([session, { users: theirs, ...seen }]) => ({
          session,
          ...seen,
          users: [...theirs],
        })),
      ),
      users: byTraces(
        [...users].map(([user, { sessions: theirs, ...seen }]) => ({ user, ...seen, sessions: theirs.size })),
      ),
      values: Object.fromEntries(
        [...values].map(([field, counts]) => [
          field,
          byTraces([...counts].sort().map(([value, traces]) => ({ value, traces }))),
        ]),
      ),
      listed: [],
    }),
  };
}

function byTraces<T extends Pick<Seen, "traces">>(list: readonly T[]): T[] {
  return [...list].sort((a, b) => b.traces - a.traces);
}

function emptyGrep(): EvalsError {
  return new EvalsError({
    code: "EVALS_OPTION_INVALID",
    what: "--grep has no text.",
    why: "The text is searched for in the answers.",
    fix: 'evals traffic --grep "cannot help"',
  });
}
