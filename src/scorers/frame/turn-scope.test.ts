import { afterAll, describe, expect, it } from "vitest";
import type { Message } from "../../domain/message.ts";
import { ScorerFailure } from "../../domain/scorer.ts";
import { fakeInput, openScorer, removeRepositories } from "../testing/scorer-fakes.ts";

afterAll(removeRepositories);

const user = (content: string): Message => ({ role: "user", content });
const assistant = (content: string): Message => ({ role: "assistant", content });

const TURNS = [
  "I am called Ida.",
  { say: "My dog is Rex.", expect: "Rex" },
  { say: "Who am I?", expect: "Ida" },
];
const CASE = { input: { turns: TURNS } };

/** A conversation with the turns of the case and these answers to them. */
function talk(answers: readonly string[], before: readonly Message[] = []) {
  const messages = answers.flatMap((answer, at) => {
    const turn = TURNS[at];
    const message = typeof turn === "string" ? turn : (turn?.say ?? "And?");
    return [user(message), assistant(answer)];
  });
  return fakeInput(answers.at(-1) ?? "", CASE, { messages: [...before, ...messages] });
}

describe("scope: turn", () => {
  it("compares each answer with its own turn's `expect`, and gives each turn's score", async () => {
    const scorer = await openScorer({ type: "contains", scope: "turn" });
    const right = await scorer.score(talk(["Hello Rex", "Rex, fine.", "You are Ida."]));
    expect(right).toMatchObject({ score: 1, pass: true });
    expect(right.turns).toEqual([
      { turn: 2, score: 1, pass: true },
      { turn: 3, score: 1, pass: true },
    ]);
    const wrong = await scorer.score(talk(["Ida", "Rex, fine.", "I do not know."]));
    expect(wrong).toMatchObject({ score: 0.5, pass: false });
    expect(wrong.reason).toMatch(/^turn 3: does not contain "Ida"/);
  });

  it("names every turn that does not pass", async () => {
    const scorer = await openScorer({ type: "contains", scope: "turn" });
    const { reason } = await scorer.score(talk(["", "What?", "What?"]));
    expect(reason).toMatch(/turn 2: .*turn 3: /s);
  });

  it("counts turns from the first written one, whatever the prompt says before", async () => {
    const scorer = await openScorer({ type: "contains", scope: "turn" });
    const before = [user("An example question"), assistant("An example answer")];
    expect(await scorer.score(talk(["Hi", "Rex", "Ida"], before))).toMatchObject({ pass: true });
  });

  it("fails a turn that was never answered", async () => {
    const scorer = await openScorer({ type: "contains", scope: "turn" });
    const { reason, pass } = await scorer.score(talk(["Hi", "Rex"]));
    expect([pass, reason]).toEqual([false, "turn 3: there is no such turn: the person spoke 2 times"]);
  });

  it("reads the whole reply to a turn, including its tool calls", async () => {
    const scorer = await openScorer({ type: "tool-calls", scope: "turn", against: "expected.calls" });
    const turns = [
      { say: "Refund 1", expect: { calls: [{ name: "refund", arguments: { id: 1 } }] } },
      { say: "Refund 2", expect: { calls: [{ name: "refund", arguments: { id: 2 } }] } },
    ];
    const call = (id: number) => ({ id: `c${id}`, name: "refund", arguments: { id } });
    const done = (id: number): Message[] => [
      user(`Refund ${id}`),
      { role: "assistant", content: null, tool_calls: [call(id)] },
      { role: "tool", content: "{}", tool_call_id: `c${id}` },
      assistant("Done."),
    ];
    const score = (ids: readonly number[]) =>
      scorer.score(
        fakeInput(
          "Done.",
          { input: { turns } },
          {
            messages: [...done(1), ...ids.flatMap((id) => done(id).slice(id === 1 ? 1 : 0))],
            tool_calls: [call(1), ...ids.map(call)],
          },
        ),
      );
    expect(await score([2])).toMatchObject({ pass: true });
    expect(await score([1, 2])).toMatchObject({ pass: false, reason: expect.stringMatching(/^turn 1: /) });
  });

  it("scores every turn when the scorer needs no `expect`", async () => {
    const scorer = await openScorer({ type: "not-contains", value: "sorry", scope: "turn" });
    const { turns, reason } = await scorer.score(talk(["sorry", "Rex", "Ida"]));
    expect(turns?.map((one) => one.turn)).toEqual([1, 2, 3]);
    expect(reason).toMatch(/^turn 1: must not contain "sorry"/);
  });

  it("compares with a location inside a turn's `expect`", async () => {
    const scorer = await openScorer({ type: "contains", scope: "turn", against: "expected.name" });
    const turns = [{ say: "Who?", expect: { name: "Ida" } }];
    const input = fakeInput("Ida", { input: { turns } }, { messages: [user("Who?"), assistant("Ida")] });
    expect(await scorer.score(input)).toMatchObject({ pass: true });
  });

  it("refuses a case without turns, or whose turns have no `expect`", async () => {
    const scorer = await openScorer({ type: "contains", scope: "turn" });
    expect(scorer.reads).toEqual(["input.turns"]);
    expect(scorer.refuses({ ...talk([]).golden, input: { turns: ["Hello"] } })).toMatch(
      /no turn .* has an `expect`/,
    );
    expect(scorer.refuses({ ...talk([]).golden, input: "Hello" })).toMatch(/no list of turns at input.turns/);
    expect(scorer.refuses({ ...talk([]).golden, input: { turns: [{ say: "a", expect: {} }] } })).toMatch(
      /^turn 1: /,
    );
    expect(() => scorer.score(fakeInput("x", { input: "Hello" }))).toThrow(ScorerFailure);
  });

  it("has another identity than the scorer without it, and is not binary", async () => {
    const [each, whole] = [
      await openScorer({ type: "contains", scope: "turn" }),
      await openScorer({ type: "contains" }),
    ];
    expect(each.identity).not.toEqual(whole.identity);
    expect([each.binary, whole.binary]).toEqual([false, true]);
  });

  it("is refused together with a single turn, and by scorers that read the whole trial", async () => {
    await expect(openScorer({ type: "contains", scope: "turn", on: { turn: 2 } })).rejects.toMatchObject({
      problem: { code: "EVALS_SCORER_TURN_SCOPE" },
    });
    await expect(openScorer({ type: "latency", scope: "turn", max: "1s" })).rejects.toThrow(/scope/);
  });
});
