import { describe, expect, it } from "vitest";
import type { LabellingStep, SessionState, ShownQuestion, StepResult } from "../labelling-shapes.ts";
import type { KeptTexts } from "./kept-texts.ts";
import { type AskServer, LabellingClient } from "./labelling-client.ts";

const question = (id: string, changes: Partial<ShownQuestion> = {}): ShownQuestion => ({
  ...{ id, case: id, input: "asked", answer: "an answer" },
  ...changes,
});

const session = (changes: Partial<SessionState> = {}): SessionState => ({
  ...{ suite: "triage", rater: "ana", purpose: "label", criteria: [], done: 0, total: 2, skipped: 0 },
  ...{ canUndo: false, question: question("q1"), counts: { pass: 0, fail: 0, unsure: 0 }, agreement: null },
  ...changes,
});

function inMemory(): KeptTexts & { readonly texts: Map<string, string> } {
  const texts = new Map<string, string>();
  return {
    texts,
    read: (name) => JSON.parse(texts.get(name) ?? "null"),
    write: (name, value) =>
      void (value === null ? texts.delete(name) : texts.set(name, JSON.stringify(value))),
  };
}

/** A fake server that answers with `reply`; while `reply` is null it is unreachable. */
function server(kept = inMemory()) {
  const steps: LabellingStep[] = [];
  const answers = {
    state: session() as SessionState | null,
    step: {
      status: 200,
      outcome: "done" as StepResult,
      state: session({ done: 1, question: question("q2") }),
    },
    error: "",
  };
  const ask: AskServer = async (path, step) => {
    if (answers.state === null) throw new Error("refused");
    if (step === undefined) return { status: 200, value: path === "alive" ? {} : { state: answers.state } };
    steps.push(step);
    const { status, outcome, state } = answers.step;
    return { status, value: status >= 400 && status !== 409 ? { error: answers.error } : { outcome, state } };
  };
  return { client: new LabellingClient(ask, kept, "start it again"), answers, steps, kept };
}

describe("a labelling page that sends its steps", () => {
  it("shows the next answer when a label is kept, and reports it", async () => {
    const { client, steps } = server();
    await client.begin();
    expect(client.state.value?.question?.id).toBe("q1");
    client.judge("fail", { comment: " too short ", criteria: { tone: "pass" } });
    await expect.poll(() => client.notice.value).toBe("Saved: fail.");
    expect(client.state.value?.question?.id).toBe("q2");
    const sent = {
      act: "label",
      id: "q1",
      verdict: "fail",
      comment: "too short",
      criteria: { tone: "pass" },
    };
    expect(steps).toEqual([sent]);
  });

  it("omits empty fields of a label, and takes no second step while one is being sent", async () => {
    const { client, steps } = server();
    await client.begin();
    client.judge("pass", { comment: " ", criteria: {} });
    client.judge("fail", {});
    await expect.poll(() => client.waits.value).toBe(false);
    expect(steps).toEqual([{ act: "label", id: "q1", verdict: "pass" }]);
  });

  it("keeps a step over a reload while the server is gone, and sends it once when it is back", async () => {
    const { client, answers, steps, kept } = server();
    await client.begin();
    answers.state = null;
    await client.take({ act: "label", id: "q1", verdict: "pass" });
    expect(client.trouble.value).toContain("Your label (pass) is kept in this page");
    expect(client.trouble.value).toContain("start it again");
    expect(client.waits.value).toBe(true);
    const reloaded = server(kept);
    await reloaded.client.begin();
    expect(reloaded.steps).toEqual([{ act: "label", id: "q1", verdict: "pass" }]);
    answers.state = session();
    await client.lookAgain();
    expect([steps.length, client.trouble.value, kept.texts.size]).toEqual([1, "", 0]);
  });

  it("keeps a label that could not be written, and does not show the next answer", async () => {
    const { client, answers, steps } = server();
    await client.begin();
    [answers.step.status, answers.error] = [500, "the disk is full."];
    await client.take({ act: "label", id: "q1", verdict: "pass" });
    expect(client.trouble.value).toContain("the disk is full.");
    expect(client.state.value?.question?.id).toBe("q1");
    answers.step.status = 200;
    await client.lookAgain();
    expect([steps.length, client.state.value?.question?.id]).toEqual([2, "q2"]);
  });

  it("keeps what was typed for an answer until that answer is labelled", async () => {
    const { client, answers } = server();
    await client.begin();
    client.keepDraft("q1", { comment: "half a thought" });
    answers.step = { status: 200, outcome: "done", state: session({ question: question("q0") }) };
    await client.take({ act: "undo", done: 1 });
    expect(client.draftOf(question("q1"))).toEqual({ comment: "half a thought", criteria: {} });
    answers.step = { status: 409, outcome: "not-asked-now", state: session() };
    await client.take({ act: "label", id: "q1", verdict: "pass" });
    expect(client.draftOf(question("q1")).comment).toBe("half a thought");
    expect(client.notice.value).toContain("in another tab");
    answers.step = { status: 200, outcome: "done", state: session({ question: question("q2") }) };
    await client.take({ act: "label", id: "q1", verdict: "pass" });
    expect(client.draftOf(question("q1"))).toEqual({});
  });

  it("shows an answer again when its label is taken back, but not when only the connection is restored", async () => {
    const { client, answers } = server();
    await client.begin();
    const before = client.shown.value;
    answers.state = null;
    await client.lookAgain();
    answers.state = session();
    await client.lookAgain();
    expect(client.shown.value).toBe(before);
    const draft = { verdict: "pass" } as const;
    answers.step = { status: 200, outcome: "done", state: session({ question: question("q1", { draft }) }) };
    await client.take({ act: "undo", done: 1 });
    expect([client.shown.value, client.notice.value]).toEqual([
      before + 1,
      "Undone. Your label was “pass”. Judge this answer again.",
    ]);
  });

  it("ends when the person ends it, or when the server is gone after the last answer", async () => {
    const { client, answers } = server();
    await client.begin();
    answers.step = { status: 200, outcome: "ended", state: session({ question: null }) };
    await client.take({ act: "end" });
    expect(client.over.value).toBe(true);
    const other = server();
    other.answers.state = session({ question: null });
    await other.client.begin();
    other.answers.state = null;
    await other.client.lookAgain();
    expect([other.client.over.value, other.client.trouble.value]).toEqual([true, ""]);
  });

  it("reports that its session is over when another one uses the port, and keeps what was typed", async () => {
    const { answers, kept } = server();
    const ask: AskServer = async () =>
      answers.error === "" ? { status: 200, value: { state: session() } } : { status: 403, value: {} };
    const client = new LabellingClient(ask, kept, "start it again");
    await client.begin();
    client.keepDraft("q1", { comment: "typed" });
    answers.error = "another token";
    await client.lookAgain();
    expect(client.trouble.value).toContain("Your comment is still here to be copied.");
  });
});
