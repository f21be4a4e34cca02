import { expect, it } from "vitest";
import { leftOutLines } from "./left-out.ts";

const left = (line: number, what = "key:", path = "a.yaml") => ({ path, line, what, why: "It has no use." });

it("reports things that differ only in their line once, in the order of their first lines", () => {
  expect(leftOutLines([left(1), left(2, "other:"), left(3), left(4, "key:", "b.yaml")])).toEqual([
    "Left out (4 things):",
    "  a.yaml:1  key:",
    "      It has no use.",
    "      The same in 1 more line: 3",
    "  a.yaml:2  other:",
    "      It has no use.",
    "  b.yaml:4  key:",
    "      It has no use.",
  ]);
});

it("names the first lines of many", () => {
  const many = Array.from({ length: 200 }, (_, index) => left(index + 1));
  expect(leftOutLines(many)).toEqual([
    "Left out (200 things):",
    "  a.yaml:1  key:",
    "      It has no use.",
    "      The same in 199 more lines: 2, 3, 4, 5, 6, …",
  ]);
});
