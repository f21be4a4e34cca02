import { describe, expect, it } from "vitest";
import { count, dollars, duration, percent, plural, points } from "./format-numbers.ts";

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
