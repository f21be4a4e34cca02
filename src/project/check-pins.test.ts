import { describe, expect, it } from "vitest";
import type { LoadedModel, LoadedSuite } from "../domain/project.ts";
import { openaiProvider } from "../providers/openai-provider.ts";
import { outputsProvider } from "../providers/outputs-provider.ts";
import { replayProvider } from "../providers/replay-provider.ts";
import { changedPins } from "./check-pins.ts";

const model = (alias: string, provider: object, settings: object): LoadedModel =>
  ({ alias, provider, settings }) as unknown as LoadedModel;
const small = model("small", openaiProvider, {
  model: "gpt-5.4-mini-2026-03-17",
  params: { temperature: 0, max_tokens: 400 },
  context: { retrieval: { k: 5 }, index: "v2" },
});
const suite = (pinned: object): LoadedSuite =>
  ({
    prompt: {
      version: {
        name: "support",
        version: "1.2.0",
        pinned: { model: null, params: null, retrieval: null, ...pinned },
      },
    },
    suite: {},
    places: { path: "evals/support.yaml", at: () => ({ line: 3, column: 8 }) },
  }) as unknown as LoadedSuite;
const found = (pinned: object, asked = small, models = new Map<string, LoadedModel>()): string[] =>
  changedPins(suite(pinned), asked, models).map((one) => one.what);

describe("changedPins", () => {
  it("reports nothing when the prompt pins nothing, or the suite asks with what it pins", () => {
    expect(found({})).toEqual([]);
    expect(
      found({ model: "gpt-5.4-mini-2026-03-17", params: { temperature: 0 }, retrieval: { k: 5 } }),
    ).toEqual([]);
    expect(found({ model: "small" })).toEqual([]);
  });

  it("names a model, parameters and retrieval that differ from the pinned ones", () => {
    expect(found({ model: "gpt-4o-2024-05-13" })).toEqual([
      'Version 1.2.0 of prompt "support" was released with model gpt-4o-2024-05-13, and this suite asks with gpt-5.4-mini-2026-03-17.',
    ]);
    expect(found({ params: { temperature: 0.7, top_p: 1 } })[0]).toContain(
      "released with temperature 0.7, top_p 1, and this suite asks with temperature 0, top_p unset",
    );
    expect(found({ retrieval: { k: 3 } })[0]).toContain(
      'retrieval {"k":3}, and this suite asks with {"k":5}',
    );
  });

  it("compares the model behind a replay, and ignores answers made elsewhere", () => {
    const replay = model("replayed", replayProvider, { of: "small", file: "fixtures/small.jsonl" });
    const models = new Map([["small", small]]);
    expect(found({ model: "other" }, replay, models)).toHaveLength(1);
    expect(found({ model: "gpt-5.4-mini-2026-03-17" }, replay, models)).toEqual([]);
    expect(found({ model: "other" }, model("recorded", outputsProvider, {}))).toEqual([]);
  });

  it("is located where the suite names its model", () => {
    expect(changedPins(suite({ model: "other" }), small, new Map())[0]).toMatchObject({
      code: "EVALS_PROMPT_CONTEXT",
      path: "evals/support.yaml",
      line: 3,
    });
  });
});
