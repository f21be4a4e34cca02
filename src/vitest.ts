import { expect } from "vitest";
import { isSuiteUnderTest, resultOf } from "./library/suite-under-test.ts";

export type { RunEvent } from "./library/run-event.ts";
export { type SuiteOptions, type SuiteUnderTest, suite } from "./library/suite-under-test.ts";

/** What this module adds to vitest's `expect`. */
interface EvalsMatchers {
  /**
   * Runs the suite. Passes when the suite's gate passes and every run has at least `requirePassRate`; otherwise fails
   * with the terminal report. A suite without a result (a mistake in a file, missing trials, too little evidence) fails
   * `toPassEvals` and also `not.toPassEvals`.
   */
  toPassEvals(): Promise<void>;
}

declare module "vitest" {
  // biome-ignore lint/suspicious/noExplicitAny: it must be declared as vitest declares it, since 3.2.
  interface Matchers<T = any> extends EvalsMatchers {}
  // biome-ignore lint/suspicious/noExplicitAny: it must be declared as vitest declares it, before 3.2.
  interface Assertion<T = any> extends EvalsMatchers {}
}

expect.extend({
  async toPassEvals(received: unknown) {
    if (!isSuiteUnderTest(received))
      throw new TypeError('toPassEvals needs a suite: expect(suite("support-triage")).toPassEvals()');
    const { kind, text } = await resultOf(received);
    // "Unknown" must not count as either result: throwing also fails a negated assertion.
    if (kind === "unknown") throw new Error(text);
    return { pass: kind === "passed", message: () => text };
  },
});
