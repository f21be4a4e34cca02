import { describe, expect, it } from "vitest";
import { count, dollars, duration, percent, plural, points, rangeText } from "./format-numbers.ts";

describe("numbers for people", () => {
  it.each([
    [percent(0.914), "91.4 %"],
    [percent(1), "100.0 %"],
    [points(0.012), "+1.2"],
    [points(-0.009), "−0.9"],
    [points(-0.0001), "0.0"],
    [duration(0), "0 ms"],
    [duration(869.6), "870 ms"],
    [duration(2100), "2.1 s"],
    [duration(200_000), "3 min 20 s"],
    [dollars(0), "$0"],
    [dollars(12.345), "$12.35"],
    [dollars(0.42), "$0.42"],
    [dollars(0.00123), "$0.0012"],
    [count(0), "0"],
    [count(999), "999"],
    [count(1234567), "1,234,567"],
    [plural(1, "case"), "1 case"],
    [plural(0, "case"), "0 cases"],
    [plural(2, "is flaky", "are flaky"), "2 are flaky"],
  ])("%s is %s", (text, expected) => {
    expect(text).toBe(expected);
  });

  it("use the next unit instead of 1000 ms or 60 s", () => {
    expect(duration(999.7)).toBe("1.0 s");
    expect(duration(59_990)).toBe("1 min 0 s");
    expect(duration(119_800)).toBe("2 min 0 s");
  });
});

describe("an amount without the noise of binary fractions", () => {
  it.each([
    [0.000005399999999999999, "$0.0000054"],
    [0.00019439999999999987, "$0.00019"],
    [4.2e-9, "$0.0000000042"],
  ])("%d is %s", (usd, text) => {
    expect(dollars(usd)).toBe(text);
  });
});

describe("rangeText", () => {
  it("says in words which bound is unknown", () => {
    const text = (value: number): string => `${value} ms`;
    expect(rangeText(243, null, text)).toBe("243 ms or more");
    expect(rangeText(null, 300, text)).toBe("up to 300 ms");
    expect(rangeText(243, 300, text)).toBe("243 ms – 300 ms");
    expect(rangeText(null, undefined, text)).toBe("");
  });
});
