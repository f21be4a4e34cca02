import { describe, expect, it } from "vitest";
import type { JudgeSettings } from "../../domain/judge-settings.ts";
import { JUDGE_KINDS } from "./kinds/registry.ts";
import { readReply } from "./read-reply.ts";
import { type ReplyForm, scoreForm, UnusableReply, verdictForm } from "./reply-form.ts";

const reply = (output: string) => ({ output, refusal: null, finish_reason: "stop" });

/** For the table of all reply forms, each with the best reply that it allows. */
const SCALE = { min: 1, max: 5 };
const SETTINGS = [{}, { scale: SCALE }].map((more) => ({
  criteria: [{ name: "kind", text: "It is kind.", weight: 1, must: false }],
  ...more,
})) as unknown as JudgeSettings[];

function bestOf(form: ReplyForm): Record<string, unknown> {
  const [[key, member]] = Object.entries(form.members).slice(-1) as [[string, Record<string, unknown>]];
  if (member.type === "array") {
    const items = (member.items as { properties: Record<string, { enum?: string[] }> }).properties;
    const [item = ""] = Object.keys(items);
    return { [key]: [{ [item]: "1", reason: "r", verdict: items.verdict?.enum?.[0] }] };
  }
  if (member.type === "number")
    return { reason: "r", score: Math.max(...((member.enum as number[]) ?? [5])) };
  return { reason: "r", verdict: (member.enum as string[])[0] };
}

const FORMS = JUDGE_KINDS.flatMap((kind) =>
  SETTINGS.filter(({ scale }) => scale !== undefined || kind.needs.scale !== "required").flatMap((settings) =>
    kind
      .questions(settings)
      .map(({ form }, index): [string, ReplyForm, Record<string, unknown>] => [
        `${kind.kind} ${index + 1}${settings.scale === undefined ? "" : " on a scale"}`,
        form,
        bestOf(form),
      ]),
  ),
);

describe.each(FORMS)("a reply of %s", (_, form, best) => {
  const read = (output: string) => readReply(reply(output), { form, quotes: false }, []);
  const text = JSON.stringify(best);
  const refused = (output: string) => {
    expect(() => read(output)).toThrow(UnusableReply);
    expect(() => read(output)).toThrow(/contradicts itself/);
  };
  const isWord = typeof best.verdict === "string";
  const isYesNo = best.verdict === "pass" || !isWord;

  it("counts when it is consistent, whatever else it contains", () => {
    const { score } = read(text);
    const more = { confidence: 0.4, note: "fail safe", tone: { pass: false }, status: "ok", answer: "no" };
    expect(read(JSON.stringify({ ...best, ...more })).score).toBe(score);
    expect(read(`I looked at it.\n${text}\nThat is all.`).score).toBe(score);
  });

  const opposite: Record<string, unknown>[] = isYesNo
    ? [
        ...["pass", "passed", "is_passing", "accepted"].flatMap((key) =>
          [false, "no", "No.", 0, "false"].map((value) => ({ [key]: value })),
        ),
        ...["fail", "failed", "rejected"].map((key) => ({ [key]: true })),
        ...["final_verdict", "finalVerdict", "Final Verdict", "decision", "result", "overall"].map((key) => ({
          [key]: "fail",
        })),
        { result: { pass: false } },
        { evaluation: { final: { verdict: "FAIL: it is rude" } } },
      ]
    : ["winner", "better", "final_verdict", "Verdict", "decision"].map((key) => ({
        [key]: best.verdict === "first" ? "second" : "the first answer",
      }));
  it.each(opposite)("is rejected when it also contains %j", (more) => {
    refused(JSON.stringify({ ...best, ...more }));
    refused(JSON.stringify({ ...more, ...best }));
    refused(`${text} ${JSON.stringify(more)}`);
  });
});

const wordForms = FORMS.filter(([, , best]) => typeof best.verdict === "string");
describe.each(wordForms)("words around a reply of %s", (_, form, best) => {
  const other =
    Object.keys((form.members.verdict as { enum: string[] }).enum).length > 0 &&
    (form.members.verdict as { enum: string[] }).enum[1];
  const text = JSON.stringify(best);

  it.each([
    `${text}\nCorrection: the verdict should be ${other}.`,
    `${text} On second thoughts, my decision is: **${other}**`,
    `Verdict: ${other}\n${text}`,
    JSON.stringify({ ...best, reason: `It is not good. Final verdict: ${other}.` }),
  ])("make it unusable when they contradict it: %s", (output) => {
    expect(() => readReply(reply(output), { form, quotes: false }, [])).toThrow(/contradicts itself/);
  });

  it.each([
    `${text}\nThe verdict is ${best.verdict}.`,
    `<think>Verdict: ${other}</think>${text}`,
    JSON.stringify({
      ...best,
      reason: `One could say that the verdict: ${other} fits, but it does not, by far, in this case at hand.`,
    }),
  ])("leave it usable otherwise: %s", (output) => {
    expect(readReply(reply(output), { form, quotes: false }, []).reason).toBeTruthy();
  });
});

describe("a score", () => {
  const form = FORMS.find(([name]) => name === "ordinal 1 on a scale")?.[1] as ReplyForm;
  const read = (value: object | string) =>
    readReply(reply(typeof value === "string" ? value : JSON.stringify(value)), { form, quotes: false }, []);

  it.each([
    { reason: "r", score: 4, final_score: 2 },
    { reason: "r", score: 4, rating: "2" },
    { reason: "r", score: 4, Score: 3 },
    '{"reason":"r","score":4}\nCorrected score: 2',
  ])("is rejected together with a different score: %j", (value) => {
    expect(() => read(value)).toThrow(/contradicts itself/);
  });

  it("may occur twice, and together with partial scores", () => {
    expect(
      read({ reason: "r", score: 4, final_score: "4", clarity_score: 1, parts: { score: 1 } }).score,
    ).toBe(0.75);
  });
});

describe("a list of findings", () => {
  const form = FORMS.find(([name]) => name === "faithfulness 1")?.[1] as ReplyForm;
  const claim = (verdict: string, more: object = {}, text = "c") => ({
    claim: text,
    reason: "r",
    verdict,
    ...more,
  });
  const read = (claims: object[]) =>
    readReply(reply(JSON.stringify({ claims })), { form, quotes: false }, []);

  it.each([
    [claim("supported", { supported: false })],
    [claim("supported", { contradicted: true })],
    [claim("supported", { final_verdict: "absent" })],
    [claim("supported"), claim("contradicted", {}, " C")],
  ])("is rejected when a finding contradicts itself: %j", (...claims) => {
    expect(() => read(claims)).toThrow(/contradicts itself/);
  });

  it("may give one claim the same verdict twice", () => {
    expect(read([claim("supported", { supported: true }), claim("supported")]).score).toBe(1);
  });
});

describe("a verdict of pass or fail", () => {
  const form = verdictForm({ pass: 1, fail: 0 });
  const read = (output: string) => readReply(reply(output), { form, quotes: false }, ["the judged text"]);
  const replyOf = (members: object) => JSON.stringify({ reason: "It greets.", verdict: "pass", ...members });

  it.each([
    replyOf({ reason: "It is rude. Fail." }),
    replyOf({ reason: "It is rude. Therefore, FAIL" }),
    replyOf({ reason: "It is rude, so the answer fails." }),
    replyOf({ reason: "It is rude, and hence it must not pass." }),
    replyOf({ explanation: "Verdict: fail" }),
    replyOf({ conclusion: "The answer does not pass." }),
    replyOf({ summary: "FAIL" }),
    replyOf({ satisfies_criteria: "no" }),
    replyOf({ meets_the_requirements: false }),
    replyOf({ ok: false }),
    `FAIL\n${replyOf({})}`,
    `It is rude. So the answer fails.\n${replyOf({})}`,
    `${replyOf({})}\n\nFAIL`,
    `${replyOf({})}\n\nOn reflection, this answer fails.`,
    JSON.stringify({ reason: "It is kind. So it should pass.", verdict: "fail" }),
  ])("is rejected when the judge concludes otherwise: %s", (output) => {
    expect(() => read(output)).toThrow(UnusableReply);
  });

  it.each([
    replyOf({ reason: "Its tone fails. Its content is right, so it passes." }),
    replyOf({ reason: "Criterion 1: no date, so it fails. Criterion 2 decides: it is kind." }),
    replyOf({ reason: "The answer does not fail." }),
    replyOf({ reason: "There is no reason to fail." }),
    replyOf({ reason: "A response that shouted would fail." }),
    replyOf({ reason: "It says that the tests of the customer failed." }),
    replyOf({ reason: "Thus, only one of three checks failed." }),
    replyOf({ summary: "It is kind, so it passes." }),
    replyOf({ question: "Should it pass or fail" }),
    replyOf({ ok: true }),
    JSON.stringify({ reason: "It is rude, so the answer fails.", verdict: "fail", ok: true }),
    `The answer must pass or fail.\nIt greets.\n${replyOf({})}`,
  ])("counts when it does not: %s", (output) => {
    expect(() => read(output)).not.toThrow();
  });
});

describe("a score with another one for the whole", () => {
  const form = scoreForm({ min: 1, max: 5 });
  it.each([{ overall: 1 }, { rating: "2/5" }, { stars: 1 }, { final_score: "2 out of 5" }])(
    "is rejected: %j",
    (more) => {
      const output = JSON.stringify({ reason: "r", score: 5, ...more });
      expect(() => readReply(reply(output), { form, quotes: false }, [])).toThrow(UnusableReply);
    },
  );

  it.each([{ overall: 5 }, { rating: "5/5" }, { stars: 5 }, { overall: "good" }])("counts: %j", (more) => {
    const output = JSON.stringify({ reason: "r", score: 5, ...more });
    expect(readReply(reply(output), { form, quotes: false }, []).score).toBe(1);
  });
});
