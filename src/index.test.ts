import { expect, it } from "vitest";
import type { Agent, Scorer } from "./index.ts";

const agent: Agent = async (input, { trial, signal }) => {
  if (signal.aborted || typeof input !== "string") throw new Error("nothing to say");
  return trial === 1 ? input : { output: { said: input }, usage: { input_tokens: 3 } };
};
const scorer: Scorer = ({ case: golden, output }) => ({ score: output === golden.expected ? 1 : 0 });
// @ts-expect-error: a text is no score.
const wrong: Scorer = () => "good";

it("types what users write: an agent and a scorer", async () => {
  const context = { case: "c", trial: 1, messages: null, config: {}, env: {} };
  const { signal } = new AbortController();
  expect(await agent("hello", { ...context, signal })).toBe("hello");
  expect(scorer).toBeTypeOf("function");
  expect(wrong).toBeTypeOf("function");
});
