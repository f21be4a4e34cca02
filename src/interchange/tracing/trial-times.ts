import type { Round } from "./trial-rounds.ts";

/** A period of time; both ends in nanoseconds since 1970. */
export interface Stretch {
  readonly start: bigint;
  readonly end: bigint;
}

const nanoseconds = (ms: number): bigint => BigInt(Math.round(ms * 1e6));

/** Nanoseconds of the longest tool call of a round, because the calls of one round may run in parallel. */
const toolTime = ({ tools }: Round): bigint =>
  tools.reduce((largest, { latency_ms: took }) => {
    const time = nanoseconds(took ?? 0);
    return time > largest ? time : largest;
  }, 0n);

/**
 * Places the calls of a trial within its time. Tools have their measured time; model calls share the rest equally.
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
  const took = measured > tools ? measured : tools;
  const start = BigInt(Date.parse(at)) * 1_000_000n - measured;
  const each = (took - tools) / BigInt(Math.max(1, rounds.length));
  const calls = [];
  let now = start;
  for (const round of rounds) {
    const model = { start: now, end: now + each };
    now = model.end + toolTime(round);
    calls.push({ model, tools: { start: model.end, end: now } });
  }
  return { whole: { start, end: start + took }, calls };
}
