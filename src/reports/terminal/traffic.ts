import type { ListedTrace, TrafficListing } from "../../domain/traffic-listing.ts";
import { plural } from "../format-numbers.ts";
import { plainLine } from "../plain-text.ts";
import { cut } from "./cut.ts";
import { columns } from "./style.ts";

/** Maximum number of sessions, of users, and of values of a field that are listed by name. */
const NAMED = 5;

/** The stored traces, with their sessions, users and times. @param width of the terminal */
export function trafficText(listing: TrafficListing, width: number): string {
  const { counts, first, last, listed, sessions, users, values } = listing;
  if (counts.traces === 0) return `${noneText(listing)}\n`;
  const span = first === null ? "without a time" : `${minute(first)} to ${minute(last ?? first)} UTC`;
  const seen = (one: { readonly traces: number; readonly first: string | null }): string =>
    `${plural(one.traces, "trace")}${one.first === null ? "" : ` since ${minute(one.first)}`}`;
  return `${[
    `${plural(counts.traces, "trace")} in ${plural(counts.sessions, "session")} of ${plural(counts.users, "user")}, ${span}`,
    "",
    ...columns(
      Object.entries(values).flatMap(([field, found]) =>
        found.length === 0
          ? []
          : [[`  ${field}`, named(found.map(({ value, traces }) => `${plainLine(value)} ${traces}`))]],
      ),
    ).map((line) => cut(line, width)),
    ...titled("sessions", sessions, ({ session, ...one }) => [plainLine(session), seen(one)], width),
    ...titled("users", users, ({ user, ...one }) => [user, seen(one)], width),
    "",
    ...columns(listed.map(cells), "  ").map((line) => cut(line, width)),
    "",
    ...(listed.length < counts.traces
      ? [
          `  ${listed.length} of ${counts.traces}, the newest: --limit lists more, --json lists all sessions and users`,
        ]
      : []),
    `  one trace: evals show trace:${plainLine(listed[0]?.id ?? "<id>")}`,
  ].join("\n")}\n`;
}

function noneText({ where, grep, since }: TrafficListing): string {
  return where.length === 0 && grep === null && since === null
    ? "There is no traffic. To import traces: evals import traces <file>"
    : "No trace matches. `evals traffic` counts all stored traces, with their tags, prompts and models.";
}

function titled<T>(
  title: string,
  list: readonly T[],
  row: (one: T) => readonly string[],
  width: number,
): string[] {
  if (list.length === 0) return [];
  const more = list.length > NAMED ? [`  … and ${list.length - NAMED} more`] : [];
  return [
    "",
    title,
    ...columns(list.slice(0, NAMED).map((one) => [`  ${row(one)[0]}`, ...row(one).slice(1)])).map((line) =>
      cut(line, width),
    ),
    ...more,
  ];
}

function named(values: readonly string[]): string {
  const more = values.length > NAMED ? `, … ${values.length - NAMED} more` : "";
  return values.slice(0, NAMED).join(", ") + more;
}

function cells({ at, short_id, session, prompt_version: version, error, output }: ListedTrace): string[] {
  const text = error === null ? output : `failed: ${error}`;
  return [
    at === null ? "no time" : minute(at),
    plainLine(short_id),
    plainLine(session ?? "–"),
    plainLine(version ?? "–"),
    plainLine(text),
  ];
}

const minute = (at: string): string => at.slice(0, 16).replace("T", " ");
