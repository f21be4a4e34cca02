import type { Json } from "./json.ts";
import type { Usage } from "./transcript.ts";

/** A stored reply of a judge's model. */
export interface StoredJudgement {
  readonly id: number;
  readonly asked: string;
  readonly draw: number;
  readonly judge: string;
  readonly case_id: string;
  readonly output: string;
  readonly refusal: string | null;
  readonly finish_reason: string | null;
  readonly model: string | null;
  readonly usage: Usage;
  /** The same counts of tokens as in `usage`. */
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly latency_ms: number | null;
  /** US dollars; null without a known price. */
  readonly cost_usd: number | null;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** One exchange with a judge's model. */
export interface JudgeExchange {
  /** Name of the scorer; null when the reply gave no score. */
  readonly scorer: string | null;
  readonly request: Json;
  readonly reply: StoredJudgement;
}
