import type { AgentLimits } from "../domain/agent-settings.ts";
import { canonicalJson } from "../domain/json.ts";
import type { ToolCall } from "../domain/message.ts";
import type { PaidCall } from "../domain/provider.ts";
import type { Stopped } from "../domain/trajectory.ts";
import { tokensOf } from "../domain/transcript.ts";

/** Counts what an agent has used of its limits, over all turns of a trial. */
export class AgentCount {
  readonly #limits: AgentLimits;
  readonly #same = new Map<string, number>();
  readonly #elapsed: () => number;
  #steps = 0;
  #toolCalls = 0;
  /** Tokens used so far; null once a reply does not report its usage. */
  #tokens: number | null = 0;
  /** US dollars spent so far; null once the cost of a reply is unknown. */
  #usd: number | null = 0;

  /** @param elapsed gives the milliseconds since the first step, without the time spent waiting in a queue */
  constructor(limits: AgentLimits, elapsed: () => number) {
    this.#limits = limits;
    this.#elapsed = elapsed;
  }

  /** Milliseconds that remain of the time limit, at least 0. */
  get timeLeft(): number {
    return Math.max(0, this.#limits.time - this.#elapsed());
  }

  /**
   * Counts a new step, or returns the limit that forbids it. An unknown number of tokens or an unknown cost
   * counts as having reached the limit.
   */
  beginStep(): Stopped | undefined {
    const { steps, tokens, usd } = this.#limits;
    if (this.#steps >= steps) return "steps";
    if (tokens !== undefined && (this.#tokens === null || this.#tokens >= tokens)) return "tokens";
    // Tolerates rounding: ten costs of 0.1 add up to 0.9999999999999999, which must count as reaching a limit of 1.
    if (usd !== undefined && (this.#usd === null || this.#usd >= usd * (1 - 1e-12))) return "usd";
    if (this.timeLeft === 0) return "time";
    this.#steps++;
    return undefined;
  }

  paid({ usage, usd }: Pick<PaidCall, "usage" | "usd">): void {
    this.#tokens = sum(this.#tokens, tokensOf(usage));
    this.#usd = sum(this.#usd, usd);
  }

  /** Counts a tool call about to be run, or returns the limit that forbids it. */
  beginCall({ name, arguments: given }: ToolCall): Stopped | undefined {
    const { tool_calls, same_call } = this.#limits;
    if (this.#toolCalls >= tool_calls) return "tool_calls";
    const key = `${name} ${canonicalJson(given)}`;
    const times = (this.#same.get(key) ?? 0) + 1;
    if (times >= same_call) return "same_call";
    this.#same.set(key, times);
    this.#toolCalls++;
    return undefined;
  }
}

const sum = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b);
