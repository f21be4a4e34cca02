import { describe, expect, it } from "vitest";
import { withoutShortScorers } from "./short-scorers.ts";

const KNOWN = ["not-called", "length", "tool-errors", "any-of"];
const entryOf = (entry: unknown) =>
  (withoutShortScorers({ scorers: [entry] }, KNOWN) as { scorers: unknown[] }).scorers[0];

describe("a scorer of one key", () => {
  it.each([
    [{ "not-called": "refund" }, { type: "not-called", value: "refund" }],
    [{ "not-called": ["refund", "pay"] }, { type: "not-called", value: ["refund", "pay"] }],
    [{ length: { max: 4 } }, { type: "length", max: 4 }],
    [{ "tool-errors": null }, { type: "tool-errors" }],
    [
      { "any-of": { of: [{ "not-called": "a" }] } },
      { type: "any-of", of: [{ type: "not-called", value: "a" }] },
    ],
    [
      { type: "any-of", of: [{ "not-called": "a" }] },
      { type: "any-of", of: [{ type: "not-called", value: "a" }] },
    ],
  ])("%j is %j", (entry, whole) => {
    expect(entryOf(entry)).toEqual(whole);
  });

  it.each([
    { type: "length", max: 4 },
    { lenght: { max: 4 } },
    { "not-called": "a", name: "b" },
    "length",
    null,
  ])("%j is left as it is", (entry) => {
    expect(entryOf(entry)).toEqual(entry);
  });
});
