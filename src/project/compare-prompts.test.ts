import { describe, expect, it } from "vitest";
import { comparePrompts } from "./compare-prompts.ts";
import { parsePrompt } from "./parse-prompt.ts";

const version = (number: string, text: string) =>
  parsePrompt(text, { name: "p", version: number, path: `prompts/p/${number}.md` });
/** `role: text` of each message, with its changes marked. */
async function messages(before: string, after: string): Promise<string[]> {
  const compared = await comparePrompts(version("1.0.0", before), version("1.1.0", after));
  return compared.messages.map(({ role, lines }) => {
    const text = lines
      .map((line) =>
        line
          .map(({ kind, text }) => (kind === "same" ? text : `${kind === "added" ? "+" : "-"}${text}`))
          .join(""),
      )
      .join("|");
    return `${role.from === role.to ? role.to : `${role.from}>${role.to}`}: ${text}`;
  });
}

describe("comparePrompts", () => {
  it("reports inserted messages as new, and the messages around them as unchanged", async () => {
    const shot = (n: number): string => `user:\nquestion ${n}\nassistant:\nanswer ${n}\n`;
    const head = "system:\nBe brief.\n";
    const tail = "user:\n{{ input.n }}\n";
    expect(await messages(head + shot(2) + tail, head + shot(1) + shot(2) + tail)).toEqual([
      "system: Be brief.",
      "null>user: +question 1",
      "null>assistant: +answer 1",
      "user: question 2",
      "assistant: answer 2",
      "user: {{ input.n }}",
    ]);
  });

  it("reports a message that changed, one that is gone, and a changed role", async () => {
    expect(
      await messages(
        "system:\nBe brief.\nuser:\nhello there\n",
        "system:\nBe very brief.\nuser:\nhello there\n",
      ),
    ).toEqual(["system: Be +very brief.", "user: hello there"]);
    expect(await messages("system:\nBe brief.\nuser:\nhi\n", "user:\nhi\n")).toEqual([
      "system>null: -Be brief.",
      "user: hi",
    ]);
    expect(await messages("system:\nBe brief.\nuser:\nhi\n", "developer:\nBe brief.\nuser:\nhi\n")).toEqual([
      "system>developer: Be brief.",
      "user: hi",
    ]);
  });

  it("reports each member of a pinned context, and what makes it a major version", async () => {
    const pinned = (front: string): string =>
      `---\n${front}\n---\nuser:\n{{ input.a }}{% if input.b %}x{% endif %}\n`;
    const compared = await comparePrompts(
      version("1.0.0", pinned("params: { temperature: 0, tools: [1] }\nretrieval: { k: 3 }")),
      version(
        "1.0.1",
        pinned("model: m\nparams: { temperature: 0, tools: [2] }\nretrieval: { k: 5 }").replace(
          "input.b",
          "input.c",
        ),
      ),
    );
    expect(compared.pins).toEqual([
      { field: "model", from: null, to: "m" },
      { field: "params.tools", from: [1], to: [2] },
      { field: "retrieval.k", from: 3, to: 5 },
    ]);
    expect(compared.variables).toEqual({ added: ["input.c"], removed: ["input.b"] });
    expect(compared.major.map((one) => one.what)).toEqual(["variables", "tool contract"]);
  });
});
