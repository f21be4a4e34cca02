import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { awakeTimeout } from "./awake-timeout.ts";

/** Simulates a suspended process: the next reading of the clock is later by this time, and no timer fires. */
function sleepFor(ms: number): void {
  const now = performance.now() + ms;
  vi.spyOn(performance, "now").mockReturnValueOnce(now);
}

describe("awakeTimeout", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it.each([1, 250, 1000, 2500, 60_000])("fires after its time (%i ms)", (ms) => {
    const late = vi.fn();
    awakeTimeout(ms, late);
    vi.advanceTimersByTime(ms - 1);
    expect(late).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(late).toHaveBeenCalledTimes(1);
  });

  it("does not fire after it was cancelled", () => {
    const late = vi.fn();
    const cancel = awakeTimeout(5000, late);
    vi.advanceTimersByTime(3500);
    cancel();
    vi.advanceTimersByTime(60_000);
    expect(late).not.toHaveBeenCalled();
  });

  it("does not count the time in which the process was suspended", () => {
    const late = vi.fn();
    awakeTimeout(2000, late);
    sleepFor(3_600_000);
    vi.advanceTimersByTime(1999);
    expect(late).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(late).toHaveBeenCalledTimes(1);
  });

  it("allows extra time, once, to read data that arrived during a suspension at its very end", () => {
    const late = vi.fn();
    awakeTimeout(200, late);
    sleepFor(5000);
    vi.advanceTimersByTime(200);
    expect(late).not.toHaveBeenCalled();
    sleepFor(5000);
    vi.advanceTimersByTime(200);
    expect(late).toHaveBeenCalledTimes(1);
  });

  it("never fires when the time is infinite", () => {
    const late = vi.fn();
    awakeTimeout(Number.POSITIVE_INFINITY, late);
    vi.advanceTimersByTime(10_000_000);
    expect(late).not.toHaveBeenCalled();
  });
});
