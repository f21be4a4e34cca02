import { describe, expect, it } from "vitest";
import { fetchCommand } from "./fetch-command.ts";

describe("a branch that this clone does not have", () => {
  it.each([
    ["main", ["up", "origin"], "git fetch --depth=1 origin main:refs/remotes/origin/main"],
    ["main", ["up"], "git fetch --depth=1 up main:refs/remotes/up/main"],
    ["refs/heads/main", ["up"], "git fetch --depth=1 up main:refs/remotes/up/main"],
    ["up/main", ["up", "origin"], "git fetch --depth=1 up main:refs/remotes/up/main"],
    ["refs/remotes/up/main", ["up"], "git fetch --depth=1 up main:refs/remotes/up/main"],
    ["team/x", ["origin"], "git fetch --depth=1 origin team/x:refs/remotes/origin/team/x"],
    ["refs/pull/7/head", ["origin"], "git fetch --depth=1 origin refs/pull/7/head:refs/pull/7/head"],
    ["a".repeat(40), ["origin"], `git fetch --depth=1 origin ${"a".repeat(40)}`],
    [
      "main",
      [],
      "git remote add origin <address> && git fetch --depth=1 origin main:refs/remotes/origin/main",
    ],
  ])("%s with the remotes %j is fetched by a command that can be pasted", (name, remotes, command) => {
    expect(fetchCommand(name, remotes, true)).toBe(command);
    expect(fetchCommand(name, remotes, false), "a whole clone stays whole").toBe(
      command.replace("--depth=1 ", ""),
    );
  });
});
