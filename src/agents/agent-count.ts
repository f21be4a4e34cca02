import type { AgentLimits } from "../domain/agent-settings.ts";
import { canonicalJson } from "../domain/json.ts";
import type { ToolCall } from "../domain/message.ts";
import type { PaidCall } from "../domain/provider.ts";
import type { Stopped } from "../domain/trajectory.ts";
import { tokensOf } from "../domain/transcript.ts";

/** What an agent has done of what it may do, over all turns of a trial. */
export class AgentCount {
  readonly #limits: AgentLimits;
  readonly #same = new Map<string, number>();
  readonly #elapsed: () => number;
  #steps = 0;
  #toolCalls = 0;
  #tokens = 0;
  #usd = 0;

  /** @param elapsed milliseconds since the first step, without what was spent waiting for a turn */
  constructor(limits: AgentLimits, elapsed: () => number) {
    this.#limits = limits;
    this.#elapsed = elapsed;
  }

  /** Milliseconds that are left; at least 0. */
  get timeLeft(): number {
    return Math.max(0, this.#limits.time - this.#elapsed());
  }

  /** Counts a step that begins, unless a limit is in its way. */
  beginStep(): Stopped | undefined {
    const { steps, tokens, usd } = this.#limits;
    if (this.#steps >= steps) return "steps";
    if (tokens !== undefined && this.#tokens >= tokens) return "tokens";
    // Adding up must not cost the last step: ten times 0.1 is 1.
    if (usd !== undefined && this.#usd >= usd * (1 - 1e-12)) return "usd";
    if (this.timeLeft === 0) return "time";
    this.#steps++;
    return undefined;
  }

  paid({ usage, usd }: PaidCall): void {
    this.#tokens += tokensOf(usage) ?? 0;
    this.#usd += usd ?? 0;
  }

  /** Counts a call that is to be run, unless a limit is in its way. */
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
