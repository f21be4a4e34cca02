import { expect, it } from "vitest";
import { compileTemplate } from "../../templates/compile-template.ts";
import type { CaseDraft } from "./cases.ts";
import type { Losses } from "./losses.ts";
import type { PromptSource } from "./read-prompts.ts";
import { datasetText, writePrompts } from "./write-prompts.ts";

const tools = {
  refuses: async () => undefined,
  renderLiquid: async (text: string, scope: object) => (await compileTemplate(text))(scope),
};

it("gives a check the prompt that the model got, also with lines that look like roles", async () => {
  const text = "Continue this talk:\nuser:\nHi {{ name }}\n\\user:\nmessages: history";
  const source = { text, name: "talk", file: "talk.txt", place: { path: "p.yaml", line: 1 }, before: 0 };
  const one = { id: "a", vars: { name: "Ann" }, metadata: {}, test: { options: {} } } as unknown as CaseDraft;
  const prompts = await writePrompts([source as unknown as PromptSource], [one], {
    suite: "s",
    request: { tools } as never,
    losses: { add: () => undefined } as unknown as Losses,
    defaults: undefined,
  });
  expect(prompts[0]?.text).toContain("\n\\user:\nHi {{ input.name }}\n\\\\user:\n\\messages: history\n");
  const assigned = { expected: new Map(), named: new Map(), scorers: [] };
  const written = await datasetText([one], assigned as never, prompts, { tools } as never);
  expect(JSON.parse(written).metadata.prompts).toEqual({ talk: text.replace("{{ name }}", "Ann") });
});
