/** @jsxImportSource preact */
// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LabellingStep, SessionState } from "../labelling-shapes.ts";
import { type AskServer, LabellingClient } from "./labelling-client.ts";
import { LabellingPage } from "./labelling-page.tsx";
import { QuestionView } from "./labelling-question.tsx";

const first: SessionState = {
  ...{ suite: "triage", rater: "ana", purpose: "label", done: 0, total: 2, skipped: 0, canUndo: true },
  ...{ criteria: [{ name: "tone", about: "friendly" }], counts: { pass: 1, fail: 0, unsure: 0 } },
  ...{ agreement: null },
  question: {
    ...{ id: "q1", case: "<b>evil</b>", input: [{ role: "user", content: "asked <i>x</i>" }] },
    ...{ expected: { queue: "billing" }, answer: '{"queue":"\u202Ebilling"}' },
  },
};

let root: HTMLElement;
let steps: LabellingStep[];
beforeEach(() => {
  root = document.createElement("div");
  document.body.append(root);
  steps = [];
});
afterEach(() => {
  render(null, root);
  root.remove();
});

async function shown(state: SessionState, next: SessionState = state): Promise<LabellingClient> {
  const ask: AskServer = async (_path, step) => {
    if (step !== undefined) steps.push(step);
    return { status: 200, value: { outcome: "done", state: step === undefined ? state : next } };
  };
  const kept = { read: () => null, write: () => {} };
  const client = new LabellingClient(ask, kept, "");
  await act(() => render(<LabellingPage client={client} />, root));
  await settled();
  return client;
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await act(() => new Promise<void>((resolve) => setTimeout(resolve)));
}

async function press(key: string, more: KeyboardEventInit = {}): Promise<void> {
  const target = document.activeElement ?? document.body;
  await act(() => {
    target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
  });
  await settled();
}

const text = (): string => root.textContent ?? "";

describe("the labelling view", () => {
  it("has the focus on the question as soon as it is seen, so that it never leaves a comment that was begun", () => {
    const { question } = first;
    if (question === null) throw new Error("the session asks");
    // Outside of act(), nothing but the rendering itself has run here.
    render(<QuestionView question={question} />, root);
    expect(document.activeElement?.id).toBe("case");
  });

  it("shows markup in question, expected value and answer as text", async () => {
    await shown(first);
    for (const part of ["Case <b>evil</b>", "asked <i>x</i>", "billing", "judged by ana", "0 of 2"])
      expect(text()).toContain(part);
    expect(root.querySelectorAll("b, i")).toHaveLength(0);
    expect(text()).toContain("\uFFFDbilling");
    expect(text()).toContain("Indented for reading.");
    await press("v");
    expect(root.querySelector("#answer pre")?.textContent).toBe('{"queue":"\uFFFDbilling"}');
  });

  it("takes the newest step back, also by a key that is pressed before that step is drawn", async () => {
    const client = await shown(first);
    client.state.value = { ...first, done: 1 };
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "z", bubbles: true, cancelable: true }));
    await settled();
    expect(steps).toEqual([{ act: "undo", done: 1 }]);
  });

  it("judges by one key with the criteria that were set, and only once while the key is held", async () => {
    await shown(first, { ...first, done: 1, question: null });
    await press("1");
    await press("1");
    expect(text()).toContain("tone: fail");
    await press("p", { repeat: true });
    expect(steps).toEqual([]);
    await press("з", { code: "KeyP" });
    expect(steps).toEqual([{ act: "label", id: "q1", verdict: "pass", criteria: { tone: "fail" } }]);
    expect(text()).toContain("All 2 answers are done.");
  });

  it("takes letters as text while a comment is written, and leaves it with Escape", async () => {
    await shown(first);
    await press("c");
    expect(document.activeElement?.id).toBe("comment");
    await press("p");
    expect(steps).toEqual([]);
    await press("Escape");
    expect(document.activeElement?.id).toBe("case");
    await press("U");
    expect(steps).toEqual([{ act: "label", id: "q1", verdict: "unsure" }]);
  });

  it("gives the keys other names when exchanges become cases", async () => {
    await shown({ ...first, purpose: "candidates" });
    expect(Array.from(root.querySelectorAll(".acts button"), (one) => one.textContent?.trim())).toEqual([
      ...["p accept", "f reject", "u leave", "s skip", "z undo"],
    ]);
    expect(text()).toContain("Expected c");
  });

  it("hears a key as soon as the view that names it is in the document", async () => {
    const client = await shown(first);
    client.state.value = { ...first, done: 2, question: null };
    while (root.querySelector("#end-title") === null) await Promise.resolve();
    document.body.dispatchEvent(
      new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }),
    );
    await settled();
    expect(steps).toEqual([{ act: "end" }]);
  });

  it("asks skipped answers again at the end, or ends", async () => {
    await shown({ ...first, question: null, skipped: 3, agreement: { same: 1, of: 2 } });
    expect(text()).toContain("Of the answers that you judged twice, 1 of 2 got the same verdict both times.");
    await press("a");
    await press("Enter");
    await press("z");
    expect(steps.map((one) => one.act)).toEqual(["again", "end", "undo"]);
  });
});
