import { describe, expect, it } from "vitest";
import { CaseColumns } from "./case-columns.ts";
import { findPlaces, notConditions, parseQuery, textsOf } from "./query.ts";
import { indexDocument } from "./testing/index-document.ts";

const columns = new CaseColumns(indexDocument(), {
  "tool-choice": { trials: 3, cases: ["refund-07", "late-01"], clusters: [] },
});
const indexes = [0, 1, 2, 3, 4];

function found(query: string, texts: Readonly<Record<string, readonly number[]>> = {}): string[] {
  const known = (text: string) => (texts[text] === undefined ? undefined : new Set(texts[text]));
  return findPlaces(columns, indexes, parseQuery(query), known).map((index) => columns.idOf(index));
}

describe("a search", () => {
  it.each([
    ["", ["refund-07", "angry-02", "parcel-02", "hours-01", "late-01"]],
    ["broke", ["refund-07"]],
    ["fell", ["refund-07"]],
    ["fixed", ["parcel-02"]],
    ["sure", ["refund-07", "parcel-02"]],
    ["flaky", ["angry-02"]],
    ["failing", ["refund-07", "angry-02"]],
    ["never", ["refund-07"]],
    ["passing", ["parcel-02", "hours-01", "late-01"]],
    ["errored", ["angry-02"]],
    ["new", ["late-01"]],
    ["is:new", ["late-01"]],
    ["tag:billing", ["refund-07", "angry-02"]],
    ["tag:BILLING -tag:vip", ["angry-02"]],
    ["class:tool-choice", ["refund-07", "late-01"]],
    ["class:Tool-Choice -new", ["refund-07"]],
    ["class:retrieval", []],
    ["case:*-02", ["angry-02", "parcel-02"]],
    ["score.queue<0.5", ["refund-07"]],
    ['score."my tone"<0.5', ["angry-02"]],
    ["score.queue>=75%", ["angry-02", "parcel-02", "hours-01"]],
    ["was<0.5", ["parcel-02"]],
    ["delta>0.1", ["parcel-02"]],
    ["latency>2s", ["parcel-02"]],
    ["latency<=400ms", ["hours-01", "late-01"]],
    ["errors>0", ["angry-02"]],
    ["scandal", ["angry-02"]],
    ['"late parcel"', ["late-01"]],
    ['-"late parcel" new', []],
    ["tag:shipping -passing", []],
    ["no such words", []],
  ])("for %s", (query, ids) => {
    expect(found(query)).toEqual(ids);
  });

  it("treats a word in quotes, and a word that only looks like a condition, as text", () => {
    expect(parseQuery('"flaky" http://x score.<1 pass<many -')).toEqual([
      { not: false, kind: "text", text: "flaky" },
      { not: false, kind: "text", text: "http://x" },
      { not: false, kind: "text", text: "score.<1" },
      { not: false, kind: "text", text: "pass<many" },
      { not: false, kind: "text", text: "-" },
    ]);
  });

  it("treats a quote that is still open as reaching to the end", () => {
    expect(textsOf(parseQuery('tag:x "late par'))).toEqual(["late par"]);
  });

  it("finds texts in answers as soon as the answers are searched", () => {
    expect(found("since")).toEqual([]);
    expect(found("since", { since: [0, 3] })).toEqual(["refund-07", "hours-01"]);
    expect(found("-since", { since: [0, 3] })).toEqual(["angry-02", "parcel-02", "late-01"]);
  });

  it("treats the characters of a regular expression in a pattern literally", () => {
    expect(found("case:refund.07")).toEqual([]);
    expect(found("case:(")).toEqual([]);
  });
});

describe("a word of a search that looks like a condition", () => {
  it.each([
    ["staus:failing", ["staus:failing"]],
    ["-staus:failing flaky", ["staus:failing"]],
    ["score.tone<0.5", []],
    ["score.tune<0.5", ["score.tune<0.5"]],
    ["pas<0.5 pass<0.5", ["pas<0.5"]],
    ["pass<half", ["pass<half"]],
    ['tag:a class:b case:c* is:flaky "staus:failing" late 10:30', []],
    ["", []],
  ])("is named when it is none: %s", (query, words) => {
    expect(notConditions(query, ["tone"])).toEqual(words);
  });
});
