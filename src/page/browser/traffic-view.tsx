import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { count, dollars, duration, plural } from "../../reports/format-numbers.ts";
import type { TraceDocument, TrafficDocument } from "../page-documents.ts";
import { useLoaded } from "./loaded.ts";
import { go } from "./page-state.ts";
import { Parts } from "./parts-view.tsx";
import { addressOf, type Route } from "./route.ts";
import { SearchField } from "./search-field.tsx";
import type { LiveParts } from "./source.ts";
import { Await } from "./status-lines.tsx";
import { timeText } from "./verdict.tsx";
import { VirtualGrid } from "./virtual-grid.tsx";

type Listed = TrafficDocument["listed"][number];

/** Traces of production, newest first. */
export function TrafficView({ live }: { live: LiveParts }): JSX.Element {
  const traffic = useLoaded(() => live.traffic(), [live]);
  return (
    <>
      <h1 tabIndex={-1}>Traffic</h1>
      <Await of={traffic}>
        {(known) =>
          known.counts.traces === 0 ? (
            <p>
              No trace yet. <code>evals import traces</code> brings them in.
            </p>
          ) : (
            <>
              <p>{countsText(known)}</p>
              <TraceList traffic={known} />
            </>
          )
        }
      </Await>
    </>
  );
}

function countsText({ counts: { traces, sessions, users }, first, last }: TrafficDocument): string {
  const times = first === null || last === null ? "" : `, ${timeText(first)} to ${timeText(last)}`;
  return `${plural(traces, "trace")}, ${plural(sessions, "session")}, ${plural(users, "user")}${times}`;
}

const trace = ({ id }: Listed): Route => ({ view: "trace", id });

function TraceList({ traffic: { counts, listed } }: { traffic: TrafficDocument }): JSX.Element {
  const query = useSignal("");
  const selected = useSignal(-1);
  const hits = useMemo(() => foundTraces(listed, query.value), [listed, query.value]);
  return (
    <>
      <SearchField
        value={query.value}
        change={(text) => {
          query.value = text;
          selected.value = -1;
        }}
        enter={() => {
          selected.value = foundTraces(listed, query.value).length > 0 ? 0 : -1;
          document.querySelector<HTMLElement>(".grid")?.focus({ preventScroll: true });
        }}
        placeholder="search: service, model, user, tag, words of an answer"
        status={`${hits.length === listed.length ? "" : `${count(hits.length)} of `}${plural(listed.length, "trace")}`}
      />
      <VirtualGrid
        shape="traffic"
        label="traces"
        count={hits.length}
        selected={selected.value}
        select={(index) => {
          selected.value = index;
        }}
        open={(index) => {
          const one = hits[index];
          if (one !== undefined) go(trace(one));
        }}
        head={["trace", "service", "model", "time", "cost", "started"].map((name) => (
          <span key={name} role="columnheader">
            {name}
          </span>
        ))}
        row={(index) => {
          const one = hits[index];
          return one === undefined ? null : <TraceCells one={one} />;
        }}
      />
      {counts.traces > listed.length ? (
        <p class="faint">
          Older traces are not in this list: <code>evals traffic --where … --grep …</code>
        </p>
      ) : null}
    </>
  );
}

/** The traces that a search finds: every word must occur in a field that the list shows. */
export function foundTraces(listed: readonly Listed[], query: string): readonly Listed[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return listed;
  return listed.filter((one) => {
    const { id, session, user, service, environment, arm, model, prompt, prompt_version, tags, error } = one;
    const fields = [id, session, user, service, environment, arm, model, prompt, prompt_version, error];
    const text = [...fields, ...tags, one.output].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

function TraceCells({ one }: { one: Listed }): JSX.Element {
  return (
    <>
      <span role="gridcell" class="what">
        <a href={addressOf(trace(one))} tabIndex={-1}>
          {one.id}
        </a>
        <span class="faint line">
          {one.error === null ? one.output : <span class="bad">{one.error}</span>}
        </span>
      </span>
      <span role="gridcell" class="line">
        {one.service ?? ""}
      </span>
      <span role="gridcell" class="line">
        {one.model ?? ""}
      </span>
      <span role="gridcell">{one.latency_ms === null ? "unknown" : duration(one.latency_ms)}</span>
      <span role="gridcell">{one.cost_usd === null ? "unknown" : dollars(one.cost_usd)}</span>
      <span role="gridcell" class="faint">
        {one.at === null ? "unknown" : timeText(one.at)}
      </span>
    </>
  );
}

/** One trace with its whole conversation, scores and feedback. */
export function TraceView({ live, id }: { live: LiveParts; id: string }): JSX.Element {
  const found = useLoaded(() => live.trace(id), [live, id]);
  const heading = <h1 tabIndex={-1}>Trace {id}</h1>;
  return (
    <>
      {heading}
      <Await of={found}>
        {(known) => (
          <>
            <p>{factsText(known)}</p>
            {known.trace.error === null ? null : <p class="bad">{known.trace.error}</p>}
            <TraceScores of={known} />
            <Parts parts={known.parts} more={(part, from) => live.lettersOfTrace(id, part, from)} />
          </>
        )}
      </Await>
    </>
  );
}

function factsText({ trace: one }: TraceDocument): string {
  const named =
    one.prompt === null ? one.prompt_version : [one.prompt, one.prompt_version ?? []].flat().join("@");
  return [
    one.service,
    one.environment,
    one.model,
    named === null ? null : `prompt ${named}`,
    one.arm === null ? null : `arm ${one.arm}`,
    one.session === null ? null : `session ${one.session}`,
    one.latency_ms === null ? null : duration(one.latency_ms),
    one.cost_usd === null ? "cost unknown" : dollars(one.cost_usd),
    one.at === null ? null : timeText(one.at),
    one.tags.length === 0 ? null : one.tags.join(" "),
  ]
    .filter((fact) => fact !== null)
    .join(" · ");
}

function TraceScores({ of: { scores, trace: one } }: { of: TraceDocument }): JSX.Element | null {
  if (scores.length === 0 && one.feedback.length === 0) return null;
  return (
    <ul>
      {scores.map((given) => (
        <li key={`${given.suite} ${given.scorer}`}>
          <strong class={given.pass === null ? "faint" : given.pass ? "good" : "bad"}>
            {given.pass === null ? "not scored" : given.pass ? "passed" : "failed"}
          </strong>{" "}
          {given.scorer} of {given.suite}
          {given.score === null ? "" : ` ${Number(given.score.toFixed(3))}`}
          {given.reason === "" ? "" : `: ${given.reason}`}
        </li>
      ))}
      {one.feedback.map((given) => (
        <li key={`feedback ${given.name}`}>
          feedback {given.name}:{" "}
          {[given.label, given.score, given.comment].filter((part) => part !== null).join(" · ")}
        </li>
      ))}
    </ul>
  );
}
