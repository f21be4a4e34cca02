import type { Round } from "./trial-rounds.ts";

/** A period of time; both ends in nanoseconds since 1970. */
export interface Stretch {
  readonly start: bigint;
  readonly end: bigint;
}

const nanoseconds = (ms: number): bigint => BigInt(Math.round(ms * 1e6));

/**
 * Nanoseconds between the starts of two spans when the time between them was not measured. Platforms order spans by
 * their start, and keep no finer time than this.
 */
const STEP = 1000n;

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** The start of a round's tool call or retrieval. @param number its position in the round, from 0 */
export const startOf = ({ start }: Stretch, number: number): bigint => start + BigInt(number) * STEP;

/**
 * The time of a round's tool calls, in nanoseconds: the time of the longest call, because the calls of one round may
 * run in parallel.
 */
const toolTime = ({ tools, searches }: Round): bigint =>
  tools.reduce(
    (largest, { latency_ms: took }) => larger(largest, nanoseconds(took ?? 0)),
    BigInt(tools.length + searches.length) * STEP,
  );

/**
 * Places the calls of a trial within the trial's time. Tools have their measured time; model calls share the
 * remaining time equally. No two calls start at the same time.
 *
 * @param at when the answer arrived, ISO 8601
 * @param latency of the whole trial, in milliseconds; null when it was not measured
 */
export function placedRounds(
  rounds: readonly Round[],
  at: string,
  latency: number | null,
): {
  readonly whole: Stretch;
  readonly calls: readonly { readonly model: Stretch; readonly tools: Stretch }[];
} {
  const tools = rounds.reduce((sum, round) => sum + toolTime(round), 0n);
  const measured = nanoseconds(latency ?? 0);
  const start = BigInt(Date.parse(at)) * 1_000_000n - measured;
  const rest = larger(measured - tools, 0n) / BigInt(Math.max(1, rounds.length));
  const each = rounds.length > 1 || tools > 0n ? larger(rest, STEP) : rest;
  const calls = [];
  let now = start;
  for (const round of rounds) {
    const model = { start: now, end: now + each };
    now = model.end + toolTime(round);
    calls.push({ model, tools: { start: model.end, end: now } });
  }
  return { whole: { start, end: larger(start + measured, now) }, calls };
}
