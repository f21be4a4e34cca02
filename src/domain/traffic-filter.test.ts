import { describe, expect, it } from "vitest";
import type { EvalsError } from "./problem.ts";
import { parseSince, parseTrafficSide, parseWhere } from "./traffic-filter.ts";

describe("conditions on traffic", () => {
  it.each<[string, object[]]>([
    ["service=shop-bot", [{ field: "service", value: "shop-bot" }]],
    [
      " tag = canary , prompt=support@1.2.0",
      [
        { field: "tag", value: "canary" },
        { field: "prompt", value: "support@1.2.0" },
      ],
    ],
    ["arm!=b", [{ field: "arm", value: "b", not: true }]],
    ["session=a=b", [{ field: "session", value: "a=b" }]],
  ])("%j", (text, where) => {
    expect(parseWhere(text, "--where")).toEqual(where);
    expect(parseTrafficSide(text, "<a>")).toEqual({ kind: "traffic", where });
  });

  it("may be replaced by the name of a file", () => {
    expect(parseTrafficSide("file:out,1=2.jsonl", "<a>")).toEqual({ kind: "file", path: "out,1=2.jsonl" });
  });

  it.each([
    ["tga=x", 1],
    ["", 1],
    ["tag=", 1],
    ["tag=a,,model", 2],
    ["file:", 1],
    ["=x", 1],
  ])("are refused with one problem for each invalid part: %j", (text, count) => {
    const refused = () => parseTrafficSide(text, "--where");
    expect(refused).toThrow();
    try {
      refused();
    } catch (error) {
      const { problems } = error as EvalsError;
      expect(problems.map(({ code }) => code)).toEqual(Array(count).fill("EVALS_OPTION_INVALID"));
      if (text === "tga=x") expect(problems[0]?.what).toContain('Did you mean "tag"?');
    }
  });
});

describe("a beginning in time", () => {
  const now = Date.UTC(2026, 4, 8);
  it.each([
    ["7d", Date.UTC(2026, 4, 1)],
    ["12h", now - 43_200_000],
    ["2026-05-02", Date.UTC(2026, 4, 2)],
    ["2026-05-02T08:00:00+02:00", Date.UTC(2026, 4, 2, 6)],
  ])("%s", (text, time) => expect(parseSince(text, now)).toBe(time));

  it.each(["", "yesterday", "2026", "2026-13-45", "d"])("is refused: %j", (text) =>
    expect(() => parseSince(text, now)).toThrow(/neither an age nor a time/),
  );
});
