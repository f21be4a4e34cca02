import type { MessageCreateParamsNonStreaming } from "@anthropic-ai/sdk/resources/messages";
import type { ChatCompletionCreateParamsNonStreaming } from "openai/resources/chat/completions";
import type { ResponseCreateParamsNonStreaming } from "openai/resources/responses/responses";
import { expect, expectTypeOf, it } from "vitest";
import { slipOf } from "../domain/slip-of.ts";
import { ANTHROPIC_PARAMS, type CHAT, type MESSAGES, OPENAI_PARAMS, type RESPONSES } from "./known-params.ts";

it("knows every parameter of the SDKs", () => {
  expectTypeOf<
    Exclude<keyof ChatCompletionCreateParamsNonStreaming, (typeof CHAT)[number]>
  >().toEqualTypeOf<never>();
  expectTypeOf<
    Exclude<keyof ResponseCreateParamsNonStreaming, (typeof RESPONSES)[number]>
  >().toEqualTypeOf<never>();
  expectTypeOf<
    Exclude<keyof MessageCreateParamsNonStreaming, (typeof MESSAGES)[number]>
  >().toEqualTypeOf<never>();
});

const chat = Object.keys(OPENAI_PARAMS.chat);

it.each([
  ["temprature", "temperature"],
  ["Temperature", "temperature"],
  ["temparture", "temperature"],
  ["max_token", "max_tokens"],
  ["maxTokens", "max_tokens"],
  ["max-tokens", "max_tokens"],
  ["topp", "top_p"],
  ["topP", "top_p"],
  ["tool_choise", "tool_choice"],
  ["stopp", "stop"],
  ["sed", "seed"],
  ["frequency_penality", "frequency_penalty"],
  ["reasoning_efort", "reasoning_effort"],
])("takes %s for a slip of %s", (written, known) => {
  expect(slipOf(written, chat)).toBe(known);
});

it.each([
  "my_setting",
  "lora",
  "adapter_id",
  "x",
  "tenant",
  "max_cost",
  "watermark",
  "draft_model",
  "budget",
])("takes %s for a parameter of its own", (written) => {
  expect(slipOf(written, chat)).toBeUndefined();
});

it.each([...Object.entries(OPENAI_PARAMS), ["anthropic", ANTHROPIC_PARAMS] as const])(
  "takes no known name of %s for a slip of another",
  (_api, names) => {
    for (const name of Object.keys(names)) expect(slipOf(name, Object.keys(names))).toBeUndefined();
  },
);
