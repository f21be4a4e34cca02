import { withNumbersAsText } from "../domain/exact-json.ts";
import { documentOf } from "../domain/found-documents.ts";
import {
  type FoundDocument,
  type Retrieval,
  STOPPED,
  type Stopped,
  type Trajectory,
} from "../domain/trajectory.ts";
import { countOf, membersOf, toolCallsOf } from "./chat-shapes.ts";

type Members = Readonly<Record<string, unknown>>;

const isStep = (value: unknown): boolean => value == null || (countOf(value) ?? 0) >= 1;

const isTime = (value: unknown): boolean =>
  value == null || (typeof value === "number" && value >= 0 && value < Number.POSITIVE_INFINITY);

/** Whether a value is a list of tool calls whose steps and latencies are valid. */
export function isToolCallList(value: unknown): boolean {
  if (toolCallsOf(value) === undefined) return false;
  return (value as readonly Members[]).every((call) => isStep(call.step) && isTime(call.latency_ms));
}

function retrievalOf(value: unknown): Retrieval | undefined {
  const retrieval = membersOf(value);
  if (retrieval === undefined || !Array.isArray(retrieval.documents)) return undefined;
  const { step, query } = retrieval;
  if (!isStep(step) || (query != null && typeof query !== "string")) return undefined;
  const documents = retrieval.documents.map(documentOf);
  if (documents.includes(undefined)) return undefined;
  return {
    step: countOf(step),
    query: (query as string | null | undefined) ?? null,
    documents: documents as FoundDocument[],
  };
}

/** A list of retrievals with their documents; undefined when the value is not such a list. */
function retrievalsOf(value: unknown): readonly Retrieval[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const retrievals = value.map(retrievalOf);
  return retrievals.includes(undefined) ? undefined : (retrievals as Retrieval[]);
}

const isStopped = (value: unknown): value is Stopped => (STOPPED as readonly unknown[]).includes(value);

const isCounted = (value: unknown): boolean => value == null || countOf(value) !== null;

/** The members of an answer that form its trajectory. `state` is not among them, because it may be any JSON. */
export const TRAJECTORY_MEMBERS: readonly (readonly [
  name: string,
  valid: (value: unknown) => boolean,
  expected: string,
])[] = [
  [
    "retrievals",
    (value) => value == null || retrievalsOf(value) !== undefined,
    "a list of {step, query, documents: [{id, text, score}]}",
  ],
  ["turns", isCounted, "a number of the person's messages, or null"],
  ["steps", isCounted, "a number of model calls, or null"],
  ["first_token_ms", isTime, "a number of milliseconds, not below 0"],
  [
    "reads",
    (value) => value == null || (Array.isArray(value) && value.every((one) => typeof one === "string")),
    "a list of names of tools that only read",
  ],
  ["stopped", (value) => value == null || isStopped(value), `null or one of ${STOPPED.join(", ")}`],
];

/** The trajectory that a checked answer reports; undefined when it reports none. */
export function trajectoryOf(answer: Members): Trajectory | undefined {
  const { retrievals, state, turns, steps, stopped, reads, first_token_ms } = answer;
  if (retrievals == null && state == null && turns == null && steps == null) {
    if (stopped == null && first_token_ms == null && reads == null) return undefined;
  }
  return {
    ...(retrievals != null && { retrievals: retrievalsOf(retrievals) }),
    ...(state != null && { state: withNumbersAsText(state) }),
    ...(turns != null && { turns: turns as number }),
    ...(steps != null && { steps: steps as number }),
    ...(stopped != null && { stopped: stopped as Stopped }),
    ...(reads != null && { reads: reads as readonly string[] }),
    ...(first_token_ms != null && { first_token_ms: first_token_ms as number }),
  };
}
