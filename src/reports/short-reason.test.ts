import { describe, expect, it } from "vitest";
import { shortReason } from "./short-reason.ts";

const LONG = "ECHO How do I return shoes that I bought in another shop last year?";

describe("shortReason", () => {
  it("keeps a reason that fits", () => {
    expect(shortReason('expected "a", got "b"', "b", 40)).toBe('expected "a", got "b"');
  });

  it("shortens the expectation before the answer", () => {
    expect(shortReason(`expected "${LONG}", got "no"`, "no", 40)).toBe(
      'got "no", expected "ECHO How do I retur…',
    );
    expect(shortReason(`$.queue: expected "${LONG}", got "no"`, null, 40)).toMatch(
      /^\$\.queue: got "no", expected "ECHO/,
    );
  });

  it("does not repeat an answer that the reason quotes", () => {
    const reason = 'not valid JSON: it starts with "line one\\r\\nline two"';
    expect(shortReason(reason, "line one\r\nline two", 48)).toBe(
      'not valid JSON: it starts with "line one\\r\\nlin…',
    );
    expect(shortReason(reason, "line one\r\nline two", 30)).toMatch(/^"line one/);
  });

  it("shows what follows valid JSON instead of the beginning, which is as it should be", () => {
    const reason = 'not valid JSON: it is followed by "This is about billing"';
    expect(shortReason(reason, '{"queue":"billing"}\n\nThis is about billing', 50)).toBe(
      'not valid JSON: it is followed by "This is about …',
    );
  });

  it.each([20, 37, 60, 80])("shows the beginning of the answer in %i columns", (width) => {
    for (const reason of [
      `expected "${LONG}", got "${LONG}"`,
      `expected one of ${LONG}, got "no"`,
      "misses a word",
    ]) {
      const text = shortReason(reason, reason.includes("no") ? "no" : LONG, width);
      expect(text.length).toBeLessThanOrEqual(width);
      expect(text).toMatch(/"no"|"?ECHO/);
      expect(text.startsWith("got ") || text.startsWith('"ECHO')).toBe(
        reason.length > width || reason === "misses a word",
      );
    }
  });
});
