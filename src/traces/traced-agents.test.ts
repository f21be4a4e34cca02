import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { describeTranscript } from "../domain/describe-transcript.ts";
import { parseExactJson } from "../domain/exact-json.ts";
import { keptSpan } from "./kept-span.ts";
import { readSpans } from "./span.ts";
import { expectedRun, tracedRun } from "./testing/scripted-runs.ts";
import { INSTRUMENTATIONS, RECORDED_RUNS, recordingPath } from "./testing/traced-agents.ts";
import { trafficOfSpans } from "./traffic-of-spans.ts";

// The spans were sent by the real packages and recorded by src/cli/commands/traced-agents.real.test.ts.
it.each(INSTRUMENTATIONS)("spans of one agent recorded by %s are read as the agent's runs", (name) => {
  const lines = gunzipSync(readFileSync(recordingPath(name)))
    .toString()
    .trim()
    .split("\n");
  const spans = lines.flatMap((line) =>
    readSpans(parseExactJson(line)).spans.map((one) => keptSpan(one).span),
  );
  const ids = [...new Set(spans.map(({ trace }) => trace))];
  const runs = ids.flatMap((id) => {
    const traffic = trafficOfSpans(
      id,
      spans.filter(({ trace }) => trace === id),
    );
    return traffic === undefined ? [] : [tracedRun(describeTranscript(traffic.transcript))];
  });
  expect(runs.sort((a, b) => a.run - b.run)).toEqual(RECORDED_RUNS.map(expectedRun));
});
