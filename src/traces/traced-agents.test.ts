import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { describeTranscript } from "../domain/describe-transcript.ts";
import { parseExactJson } from "../domain/exact-json.ts";
import { keptSpan } from "./kept-span.ts";
import { readSpans, type Span } from "./span.ts";
import { expectedRun, tracedRun } from "./testing/scripted-runs.ts";
import {
  INSTRUMENTATIONS,
  type Instrumentation,
  RECORDED_RUNS,
  recordingPath,
} from "./testing/traced-agents.ts";
import { trafficOfSpans } from "./traffic-of-spans.ts";

/** The spans that the real packages sent, recorded by src/cli/commands/traced-agents.real.test.ts. */
function recorded(name: Instrumentation): readonly Span[] {
  const lines = gunzipSync(readFileSync(recordingPath(name)))
    .toString()
    .trim()
    .split("\n");
  return lines.flatMap((line) => readSpans(parseExactJson(line)).spans.map((one) => keptSpan(one).span));
}

function runsIn(spans: readonly Span[]) {
  const ids = [...new Set(spans.map(({ trace }) => trace))];
  const runs = ids.flatMap((id) => {
    const traffic = trafficOfSpans(
      id,
      spans.filter(({ trace }) => trace === id),
    );
    return traffic === undefined ? [] : [tracedRun(describeTranscript(traffic.transcript))];
  });
  return runs.sort((a, b) => a.run - b.run);
}

describe.each(INSTRUMENTATIONS)("spans of one agent recorded by %s", (name) => {
  it("are read as the agent's runs", () => {
    expect(runsIn(recorded(name))).toEqual(RECORDED_RUNS.map(expectedRun));
  });

  it("are read alike in whatever order they arrive, also those that began in the same millisecond", () => {
    const together = recorded(name).map((span) => ({
      ...span,
      start: (span.start / 5_000_000n) * 5_000_000n,
    }));
    expect(runsIn(together.toReversed())).toEqual(runsIn(together));
    expect(runsIn(recorded(name).toReversed())).toEqual(RECORDED_RUNS.map(expectedRun));
  });
});
