import { describe, expect, it } from "vitest";
import type { LoadedSuite } from "../domain/project.ts";
import { roleLikeLines } from "./check-role-lines.ts";
import { parsePrompt } from "./parse-prompt.ts";

const FILE = { name: "p", version: "1.0.0", path: "prompts/p/1.0.0.md" };

function warned(text: string, suite: object = {}): string[] {
  const of = { suite } as Pick<LoadedSuite, "suite">;
  return roleLikeLines(parsePrompt(text, FILE), of).map(
    ({ code, line, what }) => `${code} ${line} ${/"(\w+:)"\?$/.exec(what)?.[1]}`,
  );
}

describe("lines that are nearly role lines", () => {
  it.each(["User:", "usr:", "user :", " user:", "users:", "human:", "Human:", "USER:", "user"])(
    "warns about %s in a prompt without a message of the user, with its line",
    (line) => {
      expect(warned(`---\ndescription: d\n---\nsystem:\nBe kind.\n\n${line}\n{{ input }}\n`)).toEqual([
        "EVALS_PROMPT_ROLE_LINE 7 user:",
      ]);
    },
  );

  it.each([
    ["asistant:", "assistant:"],
    ["Assitant:", "assistant:"],
    ["sytem:", "system:"],
    ["develper:", "developer:"],
  ])("warns about %s in any prompt", (line, role) => {
    expect(warned(`user:\nOne\n${line}\nTwo\nuser:\n{{ input }}\n`)).toEqual([
      `EVALS_PROMPT_ROLE_LINE 3 ${role}`,
    ]);
  });

  it.each([
    "User:",
    "Assistant:",
    "users:",
    "systems:",
    "tools:",
    "Use:",
    "tone:",
    "Examples:",
    "user: hello",
  ])("leaves %s in a prompt with a message of the user, which may quote a conversation", (line) => {
    expect(warned(`system:\nBe kind.\nuser:\n${line}\n{{ input }}\n`)).toEqual([]);
  });

  it.each(["System:", "sytem:", "system"])("%s at the start is a mistake that names the role", (line) => {
    expect(() => parsePrompt(`${line}\nBe kind.\nuser:\n{{ input }}\n`, FILE)).toThrow(
      expect.objectContaining({
        problems: [
          expect.objectContaining({
            code: "EVALS_PROMPT_NO_ROLE",
            what: expect.stringContaining('Did you mean "system:"?'),
          }),
        ],
      }),
    );
  });

  it("leaves a role line that is escaped, and a suite whose person speaks for itself", () => {
    expect(warned("system:\nBe kind.\n\\user:\nHi\n")).toEqual([]);
    expect(warned("system:\nBe kind.\nUser:\nHi\n", { user: { turns: "input.turns" } })).toEqual([]);
    expect(warned("system:\nBe kind.\nUser:\nHi\nmessages: input.history\n")).toEqual([]);
  });
});
