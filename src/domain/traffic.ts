import type { Transcript, Usage } from "./transcript.ts";

/** Feedback on a production trace by a person or program: a thumb, a rating, another tool's evaluation. */
export interface Feedback {
  readonly name: string;
  /** The score as given, on any scale; null when there is only a label. */
  readonly score: number | null;
  readonly label: string | null;
  readonly comment: string | null;
}

/** The data of one exchange of production without its texts. Unknown values are null. */
export interface TrafficRow {
  /** The producer's trace id. */
  readonly id: string;
  /** Start time: ISO 8601, UTC. */
  readonly at: string | null;
  /** The conversation that the trace belongs to, as the application names it. */
  readonly session: string | null;
  /** A hash of the user. Equal hashes in one store mean the same user. */
  readonly user: string | null;
  readonly service: string | null;
  readonly environment: string | null;
  /** The variant of the application that answered, if traffic is split between variants. */
  readonly arm: string | null;
  readonly model: string | null;
  readonly prompt: string | null;
  readonly prompt_version: string | null;
  readonly tags: readonly string[];
  /** The convention by which the attributes of the trace's spans are named. */
  readonly convention: string;
  /** Why the exchange failed; null when it did not fail. */
  readonly error: string | null;
  /** Milliseconds from start to end. */
  readonly latency_ms: number | null;
  /** US dollars, as reported by the application that produced the trace. */
  readonly cost_usd: number | null;
  /** Tokens of all model calls of the trace together. */
  readonly usage: Usage;
  readonly feedback: readonly Feedback[];
}

/** One exchange of production, redacted. */
export interface TrafficTrace extends TrafficRow {
  readonly transcript: Transcript;
}

/** Fields for conditions. `prompt` matches a name, a version or `name@version`. */
export const TRAFFIC_FIELDS = [
  "service",
  "prompt",
  "model",
  "tag",
  "arm",
  "environment",
  "session",
  "user",
  "convention",
] as const;
export type TrafficField = (typeof TRAFFIC_FIELDS)[number];

/** A condition such as `tag=canary`; with `not`, it selects the traces that do not match. */
export interface TrafficCondition {
  readonly field: TrafficField;
  readonly value: string;
  readonly not?: boolean | undefined;
}

/** Selects traces that satisfy all conditions. */
export interface TrafficFilter {
  readonly where?: readonly TrafficCondition[] | undefined;
  /** Milliseconds since 1970, UTC: traces that started at this time or later. A trace without a time never matches. */
  readonly since?: number | undefined;
  /** Traces that started before this time. */
  readonly until?: number | undefined;
}

/** A scorer's result for one trace. */
export interface TrafficScore {
  /** Id of the trace. */
  readonly trace: string;
  readonly suite: string;
  readonly scorer: string;
  /** Hash of everything that defines the scorer; 64 hexadecimal digits. */
  readonly hash: string;
  /** Score and pass are null when the scorer could not score. */
  readonly score: number | null;
  readonly pass: boolean | null;
  readonly reason: string;
}

/** The amount of traffic. */
export interface TrafficCount {
  readonly traces: number;
  readonly sessions: number;
  readonly users: number;
}

/** Whether a trace satisfies a condition. */
export function meets(row: TrafficRow, { field, value, not = false }: TrafficCondition): boolean {
  return valuesOf(row, field).includes(value) !== not;
}

function valuesOf(row: TrafficRow, field: TrafficField): readonly (string | null)[] {
  if (field === "tag") return row.tags;
  if (field !== "prompt") return [row[field]];
  const { prompt, prompt_version: version } = row;
  return [prompt, version, prompt === null || version === null ? null : `${prompt}@${version}`];
}
