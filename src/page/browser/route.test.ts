import { describe, expect, it } from "vitest";
import { commandOf } from "./commands.ts";
import { addressOf, parentOf, parseRoute, type Route } from "./route.ts";

const ROUTES: readonly (readonly [Route, string])[] = [
  [{ view: "home" }, "evals history"],
  [{ view: "run", key: "3f9c21aa", query: 'tag:a "b c" score.x<0.5' }, "evals show 3f9c21aa"],
  [{ view: "run", key: "aa11..3f9c", query: "" }, "evals diff run:aa11 run:3f9c"],
  [{ view: "case", key: "3f9c", id: "a/b #1?" }, "evals show '3f9c/a/b #1?'"],
  [{ view: "case", key: "aa11..3f9c", id: "it's" }, "evals show '3f9c/it'\\''s'"],
  [{ view: "trial", key: "aa11..3f9c", id: "x", side: "before", trial: 2 }, "evals show aa11/x/2"],
  [{ view: "trial", key: "3f9c", id: "x", side: "now", trial: 3 }, "evals show 3f9c/x/3"],
  [{ view: "matrix", keys: ["3f9c", "aa11"] }, "evals show 3f9c; evals show aa11"],
  [{ view: "labels" }, "evals label <suite>"],
  [{ view: "labelling", suite: "triage", judge: null }, "evals label triage"],
  [{ view: "labelling", suite: "a/b", judge: "the tone" }, "evals label a/b --judge 'the tone'"],
  [{ view: "traffic" }, "evals traffic"],
  [{ view: "trace", id: "4bf9/2" }, "evals show trace:4bf9/2"],
];

describe("a view", () => {
  it.each(ROUTES)("has an address that leads to it, and a command: %o", (route, command) => {
    expect(parseRoute(addressOf(route))).toEqual(route);
    expect(commandOf(route)).toBe(command);
  });

  it("is left step by step towards home", () => {
    const steps: string[] = [];
    let at: Route | null = { view: "trial", key: "a", id: "x", side: "now", trial: 1 };
    while (at !== null) {
      steps.push(at.view);
      at = parentOf(at);
    }
    expect(steps).toEqual(["trial", "case", "run", "home"]);
  });

  it.each(["", "#", "#/nothing", "#/run/", "#/compare/a", "#/%E0%A4%A"])(
    "at an unknown address is home: %s",
    (hash) => {
      expect(parseRoute(hash)).toEqual({ view: "home" });
    },
  );
});
