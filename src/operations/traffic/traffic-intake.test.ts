import { expect, it } from "vitest";
import { spansOfItem } from "../../interchange/trace-items.ts";
import type { TrafficRecord, TrafficStore } from "../../store/traffic.ts";
import { trafficIntake } from "./traffic-intake.ts";

/** A store that loses its connection in every transaction, so each transaction is repeated once. */
function replayingTraffic() {
  const kept = new Map<string, TrafficRecord>();
  const traffic: Pick<TrafficStore, "salt" | "record"> = {
    salt: async () => "salt",
    record: async (ids, next) => {
      const before = new Map(kept);
      for (const last of [false, true])
        for (const id of ids) {
          const record = next(id, before.get(id)?.source ?? null);
          if (last && record !== null) kept.set(id, record);
        }
    },
  };
  return { traffic: traffic as TrafficStore, kept };
}

const SPAN = {
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "b7ad6b7169203331",
  name: "chat small",
  startTimeUnixNano: "1740830400000000000",
  endTimeUnixNano: "1740830401000000000",
  attributes: [
    { key: "gen_ai.operation.name", value: { stringValue: "chat" } },
    { key: "gen_ai.request.model", value: { stringValue: "small" } },
    {
      key: "gen_ai.output.messages",
      value: { stringValue: '[{"role":"assistant","parts":[{"type":"text","content":"Hello."}]}]' },
    },
  ],
};

it("stores a trace whose transaction is repeated", async () => {
  const { traffic, kept } = replayingTraffic();
  const intake = await trafficIntake(traffic, undefined);
  const document = { resourceSpans: [{ scopeSpans: [{ spans: [SPAN] }] }] };
  for (const item of spansOfItem(document, { path: "t.json", line: 1 })) await intake.add(item);
  expect(await intake.end()).toMatchObject({ traces: 1, completed: 0, duplicates: 0 });
  expect([...kept.keys()]).toEqual([SPAN.traceId]);
});
