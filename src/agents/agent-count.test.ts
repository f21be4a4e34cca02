import { describe, expect, it } from "vitest";
import type { AgentLimits } from "../domain/agent-settings.ts";
import { UNKNOWN_USAGE } from "../domain/transcript.ts";
import { AgentCount } from "./agent-count.ts";

const count = (limits: Partial<AgentLimits>): AgentCount =>
  new AgentCount({ steps: 20, tool_calls: 40, same_call: 3, time: 1000, ...limits }, () => 0);

describe("an agent's limit on what it uses", () => {
  const usage = { ...UNKNOWN_USAGE, input_tokens: 40, output_tokens: 20 };

  it("stops the next step once it is reached", () => {
    const agent = count({ tokens: 100 });
    agent.paid({ usage, usd: 0.01 });
    expect(agent.beginStep()).toBeUndefined();
    agent.paid({ usage, usd: 0.01 });
    expect(agent.beginStep()).toBe("tokens");
  });

  it.each([
    ["tokens", { tokens: 100 }],
    ["usd", { usd: 1 }],
  ] as const)("counts as reached once a call does not say how many %s it used", (limit, limits) => {
    const agent = count(limits);
    expect(agent.beginStep()).toBeUndefined();
    agent.paid({ usage: UNKNOWN_USAGE, usd: null });
    expect(agent.beginStep()).toBe(limit);
  });

  it("stops nothing where no limit is set, although the use is unknown", () => {
    const agent = count({});
    agent.paid({ usage: UNKNOWN_USAGE, usd: null });
    expect(agent.beginStep()).toBeUndefined();
  });
});
