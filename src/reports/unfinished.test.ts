import { describe, expect, it } from "vitest";
import type { RunEnd, RunReport } from "../domain/report.ts";
import type { RunStatus } from "../domain/run.ts";
import { header, report } from "./testing/reported-run.ts";
import { suggestedGoOn, unfinishedSentence, withGoOn } from "./unfinished.ts";

const endOf = (changes: Partial<RunReport>): RunEnd => withGoOn({ ...report, ...changes }).end;
const COMMAND = "evals run triage --resume --run 3f9c21aa";

describe("the end of a run in its document", () => {
  it.each<[RunStatus, RunEnd]>([
    ["incomplete", { kind: "skipped", because: "cancelled" }],
    ["incomplete", { kind: "skipped", because: "budget" }],
    ["incomplete", { kind: "skipped", because: "batch" }],
    ["incomplete", { kind: "unreachable", message: "no", because: "long-wait" }],
    ["incomplete", { kind: "judge-unreachable", message: "no", because: "no-money" }],
    ["incomplete", { kind: "all-asked" }],
    ["interrupted", { kind: "interrupted" }],
  ])("has the command that goes on: %s, %o", (status, end) => {
    expect(endOf({ status, end })).toEqual({ ...end, go_on: COMMAND });
  });

  it.each<[RunStatus, RunEnd]>([
    ["complete", { kind: "all-asked" }],
    ["stopped_early", { kind: "decided" }],
    ["running", { kind: "running" }],
  ])("has none where nothing is missing: %s", (status, end) => {
    expect(endOf({ status, end })).toEqual(end);
  });

  it("has it where only variants are missing", () => {
    const variants = { variants: 2, answered: 1, errored: 0, skipped: 1 };
    const end = { kind: "all-asked" } as const;
    expect(endOf({ status: "complete", end, counts: { ...report.counts, variants } })).toEqual({
      ...end,
      go_on: COMMAND,
    });
  });

  it("repeats the options with which the run was started", () => {
    const end = { kind: "skipped", because: "cancelled" } as const;
    const limited = { ...header, repeated_options: ["--budget 0.5", "--no-cache"] };
    expect(endOf({ status: "incomplete", end, header: limited }).go_on).toBe(
      `${COMMAND} --budget 0.5 --no-cache`,
    );
    const reached = { ...end, because: "budget", budget: { usd: 0.5 } } as const;
    expect(endOf({ status: "incomplete", end: reached, header: limited }).go_on).toBe(
      `${COMMAND} --no-cache --budget 0.5`,
    );
  });

  it("keeps the limit of a budget in dollars", () => {
    const end = { kind: "skipped", because: "budget" } as const;
    expect(endOf({ status: "incomplete", end: { ...end, budget: { usd: 0.02 } } }).go_on).toBe(
      `${COMMAND} --budget 0.02`,
    );
    expect(endOf({ status: "incomplete", end: { ...end, budget: { tokens: 100 } } }).go_on).toBe(COMMAND);
  });

  it("is the same where a killed run is shown", () => {
    const limited = { ...header, repeated_options: ["--budget 0.5"] };
    expect(unfinishedSentence(limited, "interrupted")).toBe(
      `It was interrupted. To go on: ${COMMAND} --budget 0.5`,
    );
  });

  it("has none for a run of another command", () => {
    const end = { kind: "all-asked" } as const;
    expect(endOf({ status: "incomplete", end, header: { ...header, rescored_from: "0a0a0a0a" } })).toEqual(
      end,
    );
  });
});

describe("the command that a report suggests", () => {
  const incomplete: RunReport = { ...report, status: "incomplete", end: { kind: "all-asked" } };

  it("resumes the run by its id", () => {
    expect(suggestedGoOn(incomplete)).toBe(COMMAND);
  });

  it("has the run's options, and a place for a larger budget in dollars where one was reached", () => {
    const limited = {
      ...incomplete,
      header: { ...header, repeated_options: ["--budget 0.5", "--no-cache"] },
    };
    expect(suggestedGoOn(limited)).toBe(`${COMMAND} --budget 0.5 --no-cache`);
    const reached = (budget: { usd?: number; tokens?: number }) =>
      ({ kind: "skipped", because: "budget", budget }) as const;
    const larger = `${COMMAND} --no-cache --budget <more>`;
    expect(suggestedGoOn({ ...limited, end: reached({ usd: 0.5 }) })).toBe(larger);
    // Either limit may have been reached.
    expect(suggestedGoOn({ ...limited, end: reached({ usd: 0.5, tokens: 9 }) })).toBe(larger);
    expect(suggestedGoOn({ ...incomplete, end: reached({ usd: 5, tokens: 9 }) })).toBe(COMMAND);
  });

  it("is none where nothing is missing, and none for a file that lacks answers", () => {
    expect(suggestedGoOn(report)).toBeNull();
    const ofFile = { ...incomplete, header: { ...header, provider: "outputs" } };
    const error = { kind: "not-recorded", count: 1, message: "no answer" } as const;
    expect(suggestedGoOn({ ...ofFile, errors: [error] })).toBeNull();
    expect(suggestedGoOn({ ...ofFile, errors: [error, { ...error, kind: "judge" }] })).toBe(COMMAND);
  });
});
