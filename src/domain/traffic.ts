import type { Transcript, Usage } from "./transcript.ts";

/** What a person or a program said of a trace in production: a thumb, a rating, the evaluation of another tool. */
export interface Feedback {
  readonly name: string;
  /** As it was given, on whatever scale; null where there is only a label. */
  readonly score: number | null;
  readonly label: string | null;
  readonly comment: string | null;
}

/** What is known of one exchange of production, without its texts. Whatever nobody says is null. */
export interface TrafficRow {
  /** The producer's trace id. */
  readonly id: string;
  /** When it began: ISO 8601, UTC. */
  readonly at: string | null;
  /** The conversation that it belongs to, as the application names it. */
  readonly session: string | null;
  /** A hash of who asked. Equal hashes of one store are one user. */
  readonly user: string | null;
  readonly service: string | null;
  readonly environment: string | null;
  /** Which variant answered, where traffic is split. */
  readonly arm: string | null;
  readonly model: string | null;
  readonly prompt: string | null;
  readonly prompt_version: string | null;
  readonly tags: readonly string[];
  /** Who named its attributes how. */
  readonly convention: string;
  /** Why it failed; null when it did not. */
  readonly error: string | null;
  /** Milliseconds from its beginning to its end. */
  readonly latency_ms: number | null;
  /** US dollars, as its producer says. */
  readonly cost_usd: number | null;
  /** Of all its calls of models together. */
  readonly usage: Usage;
  readonly feedback: readonly Feedback[];
}

/** One exchange of production, redacted. */
export interface TrafficTrace extends TrafficRow {
  readonly transcript: Transcript;
}

/** What a condition may ask for. `prompt` is a name, a version or `name@version`. */
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

/** `tag=canary`, or with `not` the traces that have it not. */
export interface TrafficCondition {
  readonly field: TrafficField;
  readonly value: string;
  readonly not?: boolean | undefined;
}

/** Which traces are meant: those that all of it holds for. */
export interface TrafficFilter {
  readonly where?: readonly TrafficCondition[] | undefined;
  /** Milliseconds since 1970, UTC: those that began then or later. One without a time is none of them. */
  readonly since?: number | undefined;
  /** Those that began before. */
  readonly until?: number | undefined;
}

/** What one scorer says of one trace. */
export interface TrafficScore {
  /** Id of the trace. */
  readonly trace: string;
  readonly suite: string;
  readonly scorer: string;
  /** Hash of all that defines the scorer; 64 hexadecimal digits. */
  readonly hash: string;
  /** Both null where it could not say. */
  readonly score: number | null;
  readonly pass: boolean | null;
  readonly reason: string;
}

/** How much traffic there is. */
export interface TrafficCount {
  readonly traces: number;
  readonly sessions: number;
  readonly users: number;
}

/** Whether a trace is one of those that a condition asks for. */
export function meets(row: TrafficRow, { field, value, not = false }: TrafficCondition): boolean {
  return valuesOf(row, field).includes(value) !== not;
}

function valuesOf(row: TrafficRow, field: TrafficField): readonly (string | null)[] {
  if (field === "tag") return row.tags;
  if (field !== "prompt") return [row[field]];
  const { prompt, prompt_version: version } = row;
  return [prompt, version, prompt === null || version === null ? null : `${prompt}@${version}`];
}
