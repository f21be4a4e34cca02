import { describe, expect, it } from "vitest";
import type { Message } from "../../domain/message.ts";
import type { TracedTrial } from "../exported.ts";
import { HEADER, tracedTrial } from "../testing/traced-trial.ts";
import { mlflowValues, openInferenceValues } from "./shown-values.ts";
import { trialSpans } from "./trial-spans.ts";

const CALLED: readonly Message[] = [
  { role: "system", content: "be kind" },
  { role: "user", content: "where is 7?" },
  { role: "assistant", content: null, tool_calls: [{ id: "k", name: "find", arguments: { n: 7 } }] },
  { role: "tool", tool_call_id: "k", content: '{"found":true}' },
  { role: "assistant", content: "done" },
];
const FAILED: Partial<TracedTrial> = {
  ...{ outcome: "errored", error: "timeout", message: "no answer", transcript: null, output: null, at: null },
  ...{ pass: null, scores: {}, model: null, usage: null },
};

describe("openInferenceValues", () => {
  const values = (trial = tracedTrial(CALLED)) => {
    const [root, ...below] = trialSpans(trial, HEADER);
    if (root === undefined) throw new Error("no root");
    return [root, ...below].map((span) => openInferenceValues(span, trial, root));
  };

  it("are the case's input and the answer for the root", () => {
    expect(values()[0]).toEqual({
      ...{ "input.value": '{"q":"where?"}', "input.mime_type": "application/json" },
      ...{ "output.value": "done", "output.mime_type": "text/plain" },
    });
  });

  it("are messages, arguments and results for the spans below it", () => {
    const [, first, tool, last] = values();
    expect(first?.["input.value"]).toContain("where is 7?");
    expect(tool).toMatchObject({ "input.value": '{"n":7}', "output.value": '{"found":true}' });
    expect(last?.["output.value"]).toContain("done");
  });

  it("have no output where no answer arrived, and no input where it is withheld", () => {
    expect(values(tracedTrial([], FAILED))[0]).not.toHaveProperty("output.value");
    expect(values(tracedTrial([], { ...FAILED, input: undefined }))[0]).toEqual({});
  });

  it("call a text JSON only where it is", () => {
    expect(values(tracedTrial([], { input: "[not a list", reply: "[1]" }))[0]).toMatchObject({
      ...{ "input.mime_type": "text/plain", "output.mime_type": "application/json" },
    });
  });
});

describe("mlflowValues", () => {
  const read = (text: unknown): unknown => (typeof text === "string" ? JSON.parse(text) : text);

  it("are the conversation up to the first call, and the answer, as OpenAI's chat words them", () => {
    const made = mlflowValues(tracedTrial(CALLED));
    expect(read(made["mlflow.spanInputs"])).toEqual({
      messages: [
        { role: "system", content: "be kind" },
        { role: "user", content: "where is 7?" },
      ],
    });
    expect(read(made["mlflow.spanOutputs"])).toEqual({
      choices: [{ message: { role: "assistant", content: "done" } }],
    });
  });

  it("have no output where no answer arrived", () => {
    const made = mlflowValues(tracedTrial([], FAILED));
    expect(read(made["mlflow.spanInputs"])).toEqual({
      messages: [{ role: "user", content: '{"q":"where?"}' }],
    });
    expect(made["mlflow.spanOutputs"]).toBeNull();
  });
});
