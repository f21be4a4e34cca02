import { expect, it } from "vitest";
import { memoryStore } from "./testing/memory-store.ts";
import { answered, failed, sampleCases, sampleHeader, sampleTranscript } from "./testing/sample-run.ts";
import { withheldStore } from "./withheld-store.ts";

const SECRET = "the patient's diagnosis";

/** A run with the secret in every text that a store keeps. */
async function secretRun() {
  const store = memoryStore();
  const writer = store.create(sampleHeader(), sampleCases, {
    content: () => JSON.stringify({ input: SECRET, expected: SECRET }),
    request: () => JSON.stringify({ messages: [{ role: "user", content: SECRET }] }),
  });
  const transcript = sampleTranscript({
    output: SECRET,
    refusal: SECRET,
    messages: [{ role: "assistant", content: SECRET }],
    tool_calls: [{ name: "look-up", arguments: { of: SECRET } }],
    trajectory: { state: SECRET },
  });
  const reply = await store.recordJudgement({
    ...{ asked: "a".repeat(64), draw: 1, judge: "b".repeat(64), run_no: writer.no, case_id: "first" },
    ...{ request: { hash: "c".repeat(64), body: () => JSON.stringify(SECRET) }, transcript, raw: SECRET },
  });
  const score = { score: 0, pass: false, reason: SECRET, replies: [reply] };
  const scores = { ...failed, scores: [score, null], voids: [null, SECRET] };
  writer.record(answered(0, 1, { transcript, raw: SECRET, scores }));
  writer.record({ kind: "errored", case_no: 0, trial: 2, error: "provider", message: SECRET });
  writer.flush();
  return { store, no: writer.no, reply };
}

it("shows no text through any of its reads", async () => {
  const { store, no, reply } = await secretRun();
  const hash = sampleCases[0]?.asked_hash ?? "";
  const readsOf = ({ read, ...whole }: typeof store): readonly (readonly [string, unknown])[] => [
    ["failedTrials", read.failedTrials(no)],
    ["trialsOfCase", read.trialsOfCase(no, 0)],
    ["trial", read.trial(no, 0, 1)],
    ["transcript", read.transcript(no, 0, 1)],
    ["content", read.content(no, 0)],
    ["request", read.request(no, 0)],
    ["judgements", read.judgements([reply])],
    ["judgementsOfCase", read.judgementsOfCase(no, "first")],
    ["judgementRequest", read.judgementRequest(reply)],
    ["trials at once", whole.trials(no, 0)],
    ["transcript at once", whole.transcript(no, 0, 1)],
    ["cached at once", whole.cached(hash, 1)],
    ["content at once", whole.content(no, 0)],
    ["request at once", whole.request(no, 0)],
    ["judgements at once", whole.judgements([reply])],
    ["judgementsOfCase at once", whole.judgementsOfCase(no, "first")],
    ["judgementRequest at once", whole.judgementRequest(reply)],
  ];
  const textOf = async (value: unknown): Promise<string> => JSON.stringify((await value) ?? null);
  for (const [name, value] of readsOf(store)) expect(await textOf(value), name).toContain(SECRET);
  for (const [name, value] of readsOf(withheldStore(store)))
    expect(await textOf(value), name).not.toContain(SECRET);
});

it("shows no text through the reads of numbers", async () => {
  const { store, no } = await secretRun();
  const { read } = withheldStore(store);
  const pages = [read.runs({}), read.cases(no), read.trials(no), read.scores(no), read.outcomes(no)];
  const others = [read.run(no), read.runsByPrefix("aa"), read.lostReplies(no), read.since(no)];
  expect(JSON.stringify(await Promise.all([...pages, ...others]))).not.toContain(SECRET);
});
