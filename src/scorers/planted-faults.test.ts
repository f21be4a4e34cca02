import { describe, expect, it } from "vitest";
import { describeTranscript } from "../domain/describe-transcript.ts";
import type { FailureClass } from "../domain/failure.ts";
import type { Message, ToolCall } from "../domain/message.ts";
import type { StoredTrial } from "../domain/run.ts";
import { classifyFailure } from "./classify-failure.ts";
import { fakeInput, openScorer } from "./testing/scorer-fakes.ts";

// Trajectories of a small library desk, most of them with one planted fault. Each fault is found by its scorer and gets
// its class, and nothing is found in the clean trajectories.

type Call = Omit<ToolCall, "result"> & { readonly result: object };
interface Played {
  readonly steps: readonly { readonly say?: string; readonly calls?: readonly Call[] }[];
  readonly state: object;
}
const SCORERS = [
  { type: "tool-calls", name: "calls", arguments: { "*": "equal", search: "ignore" } },
  { type: "state-equals", name: "state", ignore: ["$..at"] },
  { type: "repeated-calls", name: "repeats" },
  { type: "tool-errors", name: "errors" },
  { type: "retrieval", name: "found", metric: "recall@2" },
  { type: "says", name: "said" },
] as const;

const call = (name: string, args: object, result: object): Call => ({
  name,
  arguments: args as never,
  result,
});
const find = (n: number) => call("find_loan", { loan: `L-${n}` }, { due: `day ${n}` });
const search = (n: number, hit = true) =>
  call(
    "search",
    { query: `fee ${n}` },
    { documents: [{ id: hit ? `F-${n}` : "F-none", text: hit ? `The fee is ${n}.50.` : "Opening hours." }] },
  );
const renew = (n: number, days = 7) => call("renew", { loan: `L-${n}`, days }, { ok: true });
const notify = (n: number) => call("notify", { loan: `L-${n}` }, { ok: true });
const done = (n: number) => ({ [`L-${n}`]: { days: 7, notified: true, at: "now" } });
const end = (n: number) => ({ say: `Done. The fee is ${n}.50.` });
const oneByOne = (...calls: readonly Call[]) => calls.map((one) => ({ calls: [one] }));

interface Kind {
  readonly classes: readonly FailureClass[];
  readonly scorer: (typeof SCORERS)[number]["name"];
  readonly play: (n: number) => Played;
}
const KINDS: Readonly<Record<string, Kind>> = {
  "another tool": {
    ...{ classes: ["tool-choice"], scorer: "calls" },
    play: (n) => ({
      steps: [
        ...oneByOne(find(n), search(n), renew(n), call("cancel", { loan: `L-${n}` }, { ok: true })),
        end(n),
      ],
      state: {},
    }),
  },
  "another argument": {
    ...{ classes: ["tool-arguments"], scorer: "calls" },
    play: (n) => ({
      steps: [...oneByOne(find(n), search(n), renew(n, 14), notify(n)), end(n)],
      state: { [`L-${n}`]: { days: 14, notified: true } },
    }),
  },
  "a missing call": {
    ...{ classes: ["tool-choice", "orchestration"], scorer: "calls" },
    play: (n) => ({
      steps: [...oneByOne(find(n), search(n), renew(n)), end(n)],
      state: { [`L-${n}`]: { days: 7 } },
    }),
  },
  "a call too many": {
    ...{ classes: ["tool-choice"], scorer: "calls" },
    play: (n) => ({
      steps: [
        ...oneByOne(
          find(n),
          search(n),
          renew(n),
          notify(n),
          call("waive_fee", { loan: `L-${n}` }, { ok: true }),
        ),
        end(n),
      ],
      state: { ...done(n), waived: true },
    }),
  },
  "another order": {
    ...{ classes: ["orchestration"], scorer: "calls" },
    play: (n) => ({ steps: [...oneByOne(find(n), search(n), notify(n), renew(n)), end(n)], state: done(n) }),
  },
  "a loop": {
    ...{ classes: ["orchestration"], scorer: "repeats" },
    play: (n) => ({
      steps: [...oneByOne(...Array.from({ length: 3 + (n % 4) }, () => find(n))), { say: "Still looking." }],
      state: {},
    }),
  },
  "an error that is ignored": {
    ...{ classes: ["tool-failure"], scorer: "errors" },
    play: (n) => ({
      steps: [
        ...oneByOne(find(n), search(n), renew(n), { ...notify(n), result: { error: "the post is down" } }),
        end(n),
      ],
      state: { [`L-${n}`]: { days: 7 } },
    }),
  },
  "a document that is not used": {
    ...{ classes: ["grounding"], scorer: "said" },
    play: (n) => ({
      steps: [...oneByOne(find(n), search(n), renew(n), notify(n)), { say: "Done. It is free." }],
      state: done(n),
    }),
  },
  "a document that is not found": {
    ...{ classes: ["retrieval"], scorer: "found" },
    play: (n) => ({
      steps: [...oneByOne(find(n), search(n, false), renew(n), notify(n)), { say: "Done. It is free." }],
      state: done(n),
    }),
  },
  "a tool that does not do what it says": {
    ...{ classes: ["tool-failure"], scorer: "state" },
    play: (n) => ({ steps: [...oneByOne(find(n), search(n), renew(n), notify(n)), end(n)], state: {} }),
  },
  "a refusal": {
    ...{ classes: ["refusal"], scorer: "calls" },
    play: () => ({ steps: [{ say: "I'm sorry, but I can't help with that." }], state: {} }),
  },
};
const CLEAN: readonly ((n: number) => Played)[] = [
  (n) => ({ steps: [...oneByOne(find(n), search(n), renew(n), notify(n)), end(n)], state: done(n) }),
  (n) => ({
    steps: [
      { calls: [find(n), search(n)] },
      { say: "Two more things.", calls: [renew(n), notify(n)] },
      end(n),
    ],
    state: done(n),
  }),
];

function inputOf({ steps, state }: Played, n: number) {
  let id = 0;
  const messages: Message[] = [{ role: "user", content: `Renew L-${n} and tell me the fee.` }];
  for (const { say = null, calls = [] } of steps) {
    const asked = calls.map((one) => ({ ...one, id: `c${id++}` }));
    const tool_calls = asked.map(({ result: _, ...rest }) => rest);
    messages.push({ role: "assistant", content: say, ...(asked.length > 0 && { tool_calls }) });
    for (const one of asked)
      messages.push({ role: "tool", tool_call_id: one.id, content: JSON.stringify(one.result) });
  }
  const expected = {
    calls: [find(n), search(n), renew(n), notify(n)].map(({ name, arguments: args }) => ({
      name,
      arguments: args,
    })),
    ...{ state: done(n), says: [`${n}.50`], documents: [`F-${n}`] },
  };
  const output = steps.at(-1)?.say ?? "";
  const tool_calls = messages.flatMap((one) => one.tool_calls ?? []);
  return fakeInput(
    output,
    { expected: expected as never },
    { messages, tool_calls, trajectory: { state: state as never } },
  );
}

const opened = await Promise.all(SCORERS.map((one) => openScorer(one)));

async function judged(played: Played, n: number) {
  const input = inputOf(played, n);
  const scores = await Promise.all(opened.map((one) => one.score(input)));
  const pass = scores.every((one) => one.pass);
  const trial: Pick<StoredTrial, "error" | "message" | "scores" | "pass"> = {
    error: null,
    message: null,
    scores,
    pass,
  };
  const { transcript } = input;
  const scorers = SCORERS.map(({ type, name }) => ({ type, name, required: true }));
  const failure = classifyFailure({
    trial,
    answer: transcript,
    transcript: describeTranscript(transcript),
    scorers,
  });
  return {
    pass,
    failure,
    missed: SCORERS.filter((_, at) => scores[at]?.pass === false).map(({ name }) => name),
    transcript,
  };
}

const NUMBERS = Array.from({ length: 10 }, (_, n) => n + 1);

describe.each(Object.entries(KINDS))("%s", (_, { classes, scorer, play }) => {
  it.each(NUMBERS)("is found by its scorer and gets its class (%i)", async (n) => {
    const { failure, missed, transcript } = await judged(play(n), n);
    expect(missed).toContain(scorer);
    expect(classes).toContain(failure?.class);
    expect(failure?.evidence).not.toBe("");
    expect(transcript.messages[failure?.message ?? -1]?.role).toBe("assistant");
  });
});

describe("a clean trajectory", () => {
  it.each(NUMBERS)("passes, and nothing is reported about it (%i)", async (n) => {
    for (const play of CLEAN)
      expect(await judged(play(n), n)).toMatchObject({ pass: true, failure: undefined, missed: [] });
  });
});
