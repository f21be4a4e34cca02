import * as z from "zod";
import { ROUNDING } from "../domain/bound.ts";
import { EXIT } from "../domain/exit-code.ts";
import type { RunReport } from "../domain/report.ts";
import { formatProblems } from "../project/format-problems.ts";
import { percent } from "../reports/format-numbers.ts";
import { runName } from "../reports/headline.ts";
import { plainLine } from "../reports/plain-text.ts";
import { runReport } from "../reports/terminal/run-report.ts";
import { runSummary } from "../reports/terminal/summary.ts";
import { readOptions } from "./options.ts";
import { type RunSuitesOptions, runAndReport, runSuitesOptions } from "./run-suites.ts";

/** How a test runs a suite, and what the test requires in addition to the suite's own gate. */
export interface SuiteOptions extends Omit<RunSuitesOptions, "suites"> {
  /** The minimum pass rate, a share in [0, 1], for every run of the suite. */
  readonly requirePassRate?: number | undefined;
}

/** A suite that a test refers to. Only `toPassEvals` runs it. */
export interface SuiteUnderTest {
  readonly suite: string;
  readonly options: SuiteOptions;
}

/** The result of a suite, as a test sees it. */
export type SuiteResult =
  | { readonly kind: "passed" | "failed"; readonly text: string }
  /** Whether the suite passes is unknown: because of a mistake, missing trials, or too little evidence. */
  | { readonly kind: "unknown"; readonly text: string };

const suiteOptions = runSuitesOptions
  .omit({ suites: true })
  .extend({ requirePassRate: z.number().min(0).max(1).optional() });

const PLAIN = { width: 80, color: false } as const;

/**
 * Refers to a suite of the project for `await expect(suite("support-triage")).toPassEvals()`.
 *
 * @param name of the suite's file in `evals/`, without extension
 * @throws {EvalsError} for an unknown or invalid option
 */
export function suite(name: string, options: SuiteOptions = {}): SuiteUnderTest {
  readOptions("suite", suiteOptions, options);
  return { suite: name, options };
}

/** Whether a value was created by `suite`. */
export function isSuiteUnderTest(value: unknown): value is SuiteUnderTest {
  return typeof value === "object" && value !== null && "suite" in value && "options" in value;
}

/** Runs the suite. @returns its result with the terminal report as plain text */
export async function resultOf({ suite, options }: SuiteUnderTest): Promise<SuiteResult> {
  let reports: readonly RunReport[] = [];
  const { requirePassRate: required, ...run } = options;
  const { exit, problems = [] } = await runAndReport({ ...run, suites: [suite] }, (made) => {
    reports = made;
  });
  if (problems.length > 0) {
    const described = problems.map(({ path, line, column, ...rest }) => ({
      ...rest,
      path: path ?? undefined,
      line: line ?? undefined,
      column: column ?? undefined,
    }));
    return { kind: "unknown", text: formatProblems(described, "the suite has no result") };
  }
  const isBelow = (one: RunReport): boolean => required !== undefined && rateOf(one) < required - ROUNDING;
  const below = reports.filter(isBelow);
  const text = textOf(
    reports,
    below.map((one) => floorSentence(one, required ?? 0)),
  );
  if (reports.length === 0)
    return { kind: "unknown", text: `${suite} was not run: the call was stopped before the suite began.` };
  if (exit === EXIT.failed) return { kind: "failed", text };
  if (exit !== EXIT.ok) return { kind: "unknown", text };
  return { kind: below.length > 0 ? "failed" : "passed", text };
}

/** The pass rate of a run; an unknown rate counts as lower than any minimum. */
function rateOf({ metrics }: RunReport): number {
  return metrics.pass_rate?.value ?? Number.NEGATIVE_INFINITY;
}

function floorSentence(report: RunReport, required: number): string {
  const rate = report.metrics.pass_rate?.value ?? null;
  const name = plainLine(runName(report.header));
  return `${name}: pass rate ${rate === null ? "unknown" : percent(rate)}, required ${percent(required)} by this test`;
}

function textOf(reports: readonly RunReport[], floors: readonly string[]): string {
  const texts = [
    ...reports.map((report) => runReport(report, PLAIN)),
    runSummary(reports, PLAIN),
    floors.map((line) => `${line}\n`).join(""),
  ];
  return texts.filter((text) => text !== "").join("\n");
}
