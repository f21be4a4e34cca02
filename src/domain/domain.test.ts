import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { holds, parseBound } from "./bound.ts";
import { caseContentHash } from "./case.ts";
import { didYouMean, nearest } from "./did-you-mean.ts";
import { parseDuration } from "./duration.ts";
import { answerEnd } from "./finish-reason.ts";
import { canonicalJson, hashJson } from "./json.ts";
import { wordsOfAnswer } from "./transcript.ts";

describe("parseDuration", () => {
  it.each([
    ["500ms", 500],
    ["4s", 4000],
    ["1.5m", 90_000],
    ["2 h", 7_200_000],
    [" 60s ", 60_000],
  ])("reads %j as %i ms", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(["", "60", "s", "-1s", "1d", "1s2ms", "1e3s", "one second"])("does not guess at %j", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

describe("parseBound", () => {
  it.each([
    [">= 0.9", ">=", 0.9],
    ["<=4s", "<=", 4000],
    ["> .5", ">", 0.5],
    [" < 1e-3 ", "<", 0.001],
  ])("reads %j", (text, op, value) => {
    expect(parseBound(text)).toEqual({ op, value, text: text.trim() });
  });

  it.each(["0.9", "=> 0.9", ">= ", ">= 90%", ">= 0.9 <= 1", "== 1", ">= NaN", ">= Infinity"])(
    "does not guess at %j",
    (text) => {
      expect(parseBound(text)).toBeUndefined();
    },
  );
});

describe("holds", () => {
  const bound = (text: string) => parseBound(text) ?? expect.unreachable(text);

  it.each([
    [">= 0.9", 0.9, true],
    [">= 0.9", 0.89, false],
    ["> 0.9", 0.9, false],
    ["<= 0.1", 0.1, true],
    ["< 0.1", 0.1, false],
    ["< 0.1", 0.0999, true],
  ])("%s of %f is %s", (text, value, expected) => {
    expect(holds(bound(text), value)).toBe(expected);
  });

  it("is not decided by the rounding of a sum", () => {
    expect(holds(bound(">= 0.3"), 0.1 + 0.2)).toBe(true);
    expect(holds(bound("<= 0.3"), 0.1 + 0.2)).toBe(true);
    expect(holds(bound("> 0.3"), 0.1 + 0.2)).toBe(false);
    expect(holds(bound(">= 0.9"), 0.8999999999999999)).toBe(true);
  });
});

describe("didYouMean", () => {
  it("guesses what was probably meant, in upper and in lower case", () => {
    expect(didYouMean("triag", ["triage", "reply"])).toBe(' Did you mean "triage"?');
    expect(didYouMean("TRIAGE", ["triage"])).toBe(' Did you mean "triage"?');
  });

  it("guesses nothing when nothing is near", () => {
    expect(didYouMean("billing", ["triage", "reply"])).toBe("");
    expect(nearest("x", [])).toBeUndefined();
  });

  it("counts two swapped letters as one slip, and two wrong ones as two", () => {
    expect(nearest("jsno", ["json"])).toBe("json");
    expect(nearest("jsxy", ["json"])).toBeUndefined();
  });

  it("takes the nearest of several", () => {
    expect(nearest("pass_rat", ["pass_rates", "pass_rate"])).toBe("pass_rate");
  });
});

describe("a hash of JSON", () => {
  const shuffled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shuffled);
    if (value === null || typeof value !== "object") return value;
    const entries = Object.entries(value).reverse();
    return Object.fromEntries(entries.map(([key, one]) => [key, shuffled(one)]));
  };

  it("does not depend on the order of keys, at any depth", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(hashJson(shuffled(value))).toBe(hashJson(value));
      }),
    );
  });

  it("differs for values that differ", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const same =
          JSON.stringify(JSON.parse(canonicalJson(a))) === JSON.stringify(JSON.parse(canonicalJson(b)));
        expect(hashJson(a) === hashJson(b)).toBe(same);
      }),
    );
  });

  it("is read back as the same value", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("of a case covers its input and expected answer, not its tags", () => {
    const golden = { id: "a", input: { q: 1 }, expected: "x", tags: ["t"], metadata: {} };
    expect(caseContentHash({ ...golden, tags: [], metadata: { source: "s" } } as typeof golden)).toBe(
      caseContentHash(golden),
    );
    expect(caseContentHash({ ...golden, expected: "y" })).not.toBe(caseContentHash(golden));
    const { expected: _, ...unexpected } = golden;
    expect(caseContentHash({ ...unexpected })).not.toBe(caseContentHash(golden));
  });
});

describe("answerEnd", () => {
  it("reads the finish reasons of every API, however they are spelt", () => {
    for (const reason of ["length", "max_tokens", "MAX_TOKENS", "max-output-tokens", "incomplete"])
      expect(answerEnd(reason)).toBe("cut");
    for (const reason of ["content_filter", "refusal", "SAFETY"]) expect(answerEnd(reason)).toBe("refused");
    for (const reason of ["error", "Failed", "network_error"]) expect(answerEnd(reason)).toBe("failed");
    for (const reason of [null, undefined, "stop", "end_turn", "tool_calls", "completed", "eos"])
      expect(answerEnd(reason)).toBe("whole");
  });
});

describe("wordsOfAnswer", () => {
  it("are the answer's text, or its refusal if it has no text", () => {
    expect(wordsOfAnswer({ output: "blue", refusal: "No." })).toBe("blue");
    expect(wordsOfAnswer({ output: "", refusal: "No." })).toBe("(refused) No.");
    expect(wordsOfAnswer({ output: "", refusal: null })).toBe("");
  });
});
