import { targetParts } from "../../domain/listed-target.ts";
import type { CaseRow, ReportedRun, RunReport } from "../../domain/report.ts";
import type { RuleResult } from "../../domain/verdict.ts";
import { type CaseFault, criticalCases, faultOf, shareText } from "../case-standing.ts";
import { apart, decisionSentence, endSentence } from "../headline.ts";
import { informingSentence } from "../judge-words.ts";
import { requiredText, ruleValue } from "../metric-rows.ts";
import { movedAddition } from "../moved-words.ts";
import { narrowedSentence } from "../narrowed-words.ts";
import { cut, shortened } from "../plain-text.ts";
import { attribute, content } from "./xml-text.ts";

/** Maximum bytes of a report: GitLab does not read a file above 30 MB. */
const MAX_BYTES = 28_000_000;
/** After this many bytes, the report leaves out answers, so that there is space for an entry of every later case. */
const MAX_TEXT_BYTES = 18_000_000;
const MAX_ANSWER = 4_000;

/** A `testcase` element: a case of a run, or a rule of the gate. */
interface Entry {
  readonly name: string;
  readonly ms: number | null;
  readonly result: Result;
  readonly out: string;
}

/** A `testsuite` element with its entries. */
interface Suite {
  readonly name: string;
  /** Start of the run in UTC, ISO 8601 without a time zone. */
  readonly timestamp: string;
  readonly ms: number | null;
  readonly entries: readonly Entry[];
}

type Result =
  | { readonly kind: "passed" }
  | { readonly kind: "skipped"; readonly message: string }
  | {
      readonly kind: "failure" | "error";
      readonly type: string;
      readonly message: string;
      readonly text: string;
    };

/**
 * A JUnit report for any CI: a testcase for each case, and a testsuite with the gate's rules. It has failures
 * exactly when the gate did not pass. A failing case that the gate tolerates is shown in `system-out` and
 * counts as passed, because a CI that reads this file must not block what `evals` let through.
 */
export async function junitReport(runs: readonly ReportedRun[]): Promise<string> {
  const suites = await casesAndGates(runs);
  const ms = runs.reduce<number | null>(
    (sum, { report }) => (sum === null || report.duration_ms === null ? null : sum + report.duration_ms),
    0,
  );
  const { tests, failures, errors } = countsOf(suites.flatMap(({ entries }) => entries));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    `<testsuites name="evals" tests="${tests}" failures="${failures}" errors="${errors}"${timeOf(ms)}>\n`,
    ...suites.flatMap(suiteParts),
    "</testsuites>\n",
  ].join("");
}

/** The testsuites of all runs, one run after the other. All share the size limit of the file. */
async function casesAndGates(runs: readonly ReportedRun[]): Promise<Suite[]> {
  const suites: Suite[] = [];
  let space = MAX_BYTES;
  for (const run of runs) {
    const name = suiteName(run.report, runs);
    const { suite, left } = await casesSuite(run, name, space);
    suites.push(suite, gateSuite(run.report, name));
    space = left;
  }
  return suites;
}

/** The attribute `time`, in seconds; empty when the duration is unknown. */
const timeOf = (ms: number | null): string => (ms === null ? "" : ` time="${(ms / 1000).toFixed(3)}"`);

/**
 * Name of a run's testsuite: the suite, and if it has several targets or several were chosen, the target of this run.
 */
const suiteName = ({ header }: RunReport, all: readonly ReportedRun[]): string =>
  [
    header.suite,
    ...targetParts(header),
    ...apart(
      { ...header, other_model: undefined },
      all.map(({ report }) => ({ ...report.header, other_model: undefined })),
    ),
  ].join(".");

/**
 * A testsuite with as many of a run's cases as fit into the file. If cases are left out, the last entry says how many.
 *
 * @param space remaining bytes in the file
 * @returns the testsuite, and the bytes that remain after it
 */
async function casesSuite(
  { report, rows }: ReportedRun,
  name: string,
  space: number,
): Promise<{ suite: Suite; left: number }> {
  const describe = caseDescriber(report);
  const names = distinctNames();
  const entries: Entry[] = [];
  let left = space;
  let leftOut = 0;
  for await (const row of rows()) {
    const entry = await describe(row, names(row.id), left > MAX_BYTES - MAX_TEXT_BYTES);
    const bytes = Buffer.byteLength(testcase(name, entry));
    if (bytes > left) leftOut++;
    else {
      left -= bytes;
      entries.push(entry);
    }
  }
  if (leftOut > 0) {
    const message = `${leftOut} more cases are left out: a file with more than ${entries.length} cases would be too large`;
    entries.push({ name: names("(left out)"), ms: null, result: { kind: "skipped", message }, out: "" });
  }
  return { suite: suiteOf(name, report, report.duration_ms, entries), left };
}

function suiteOf(name: string, { header }: RunReport, ms: number | null, entries: readonly Entry[]): Suite {
  return { name, timestamp: header.started_at.slice(0, 19), ms, entries };
}

/**
 * Returns a function that makes equal names different by adding a number. Different case ids may become equal in
 * XML, and a CI shows only the first of several entries with the same name.
 */
function distinctNames(): (id: string) => string {
  /** The next number to try for each name. Counting from 2 for every name again would take quadratic time. */
  const taken = new Map<string, number>();
  return (id) => {
    const name = cut(id, 500);
    const written = attribute(name);
    let number = taken.get(written) ?? 1;
    let distinct = number === 1 ? written : `${written} (${number})`;
    while (taken.has(distinct)) distinct = `${written} (${++number})`;
    taken.set(written, number + 1);
    if (distinct !== written) taken.set(distinct, 2);
    return number === 1 ? name : `${name} (${number})`;
  };
}

interface Counts {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
}

function countsOf(entries: readonly Entry[]): Counts {
  const of = (kind: Result["kind"]): number =>
    entries.reduce((sum, { result }) => sum + (result.kind === kind ? 1 : 0), 0);
  return {
    tests: entries.length,
    failures: of("failure"),
    errors: of("error"),
    skipped: of("skipped"),
  };
}

function suiteParts({ name, timestamp, ms, entries }: Suite): string[] {
  const { tests, failures, errors, skipped } = countsOf(entries);
  const counts = `tests="${tests}" failures="${failures}" errors="${errors}" skipped="${skipped}"`;
  return [
    `<testsuite name="${attribute(name)}" ${counts}${timeOf(ms)} timestamp="${attribute(timestamp)}">\n`,
    ...entries.map((entry) => testcase(name, entry)),
    "</testsuite>\n",
  ];
}

function testcase(suite: string, { name, ms, result, out }: Entry): string {
  const open = `<testcase classname="${attribute(suite)}" name="${attribute(name)}"${timeOf(ms)}`;
  const body = `${resultText(result)}${out === "" ? "" : `<system-out>${content(out)}</system-out>`}`;
  return body === "" ? `${open}/>\n` : `${open}>${body}</testcase>\n`;
}

function resultText(result: Result): string {
  switch (result.kind) {
    case "passed":
      return "";
    case "skipped":
      return `<skipped message="${attribute(cut(result.message, MAX_ANSWER))}"/>`;
    case "failure":
    case "error": {
      const message = attribute(cut(result.message, 1000));
      return `<${result.kind} type="${attribute(result.type)}" message="${message}">${content(result.text)}</${result.kind}>`;
    }
    default:
      return result satisfies never;
  }
}

/**
 * Returns a function that describes a case of this run. Which cases are failures depends on the gate's outcome.
 */
function caseDescriber(report: RunReport): (row: CaseRow, name: string, answers: boolean) => Promise<Entry> {
  const isCritical = criticalCases(report);
  const { outcome } = report.gate;
  return async (row, name, answers) => {
    const fault = faultOf(row, isCritical);
    // With a baseline, a case that broke has the fault `regression`. So a case with the fault `never-passes` did not break,
    // and is not the reason for a failed gate.
    const isOld = fault === "never-passes" && report.comparison !== null;
    // A case that certainly regressed counts even if the gate is undecided.
    const isSure = outcome === "undecided" && fault === "regression";
    const failed = isSure || (outcome === "failed" && fault !== null && !isOld);
    const broke = row.errored > 0 && (outcome === "failed" || outcome === "undecided");
    const telling = row.passed < row.answered || row.errored > 0;
    const text = telling ? await describeCase(row, answers) : "";
    const entry = (result: Result, out: string): Entry => ({ name, ms: row.latency_ms, result, out });
    if (failed)
      return entry({ kind: "failure", type: fault, message: await faultMessage(row, fault), text }, "");
    if (broke) {
      const { error } = await row.answers();
      const why = error === null ? "" : `: ${error.kind}: ${error.message}`;
      const message = `${row.errored} of ${row.planned} trials without an answer${why}`;
      return entry({ kind: "error", type: error?.kind ?? "provider", message, text }, "");
    }
    if (row.answered + row.errored === 0) return entry({ kind: "skipped", message: "not asked" }, "");
    return entry({ kind: "passed" }, text);
  };
}

const FAULT_WORDS: Readonly<Record<CaseFault, string>> = {
  critical: "a critical case failed",
  regression: "broke",
  "never-passes": "never passes",
};

async function faultMessage(row: CaseRow, fault: CaseFault): Promise<string> {
  const { scorer, reason } = await row.answers();
  return `${FAULT_WORDS[fault]}: ${shareText(row)} passed${scorer === "" ? "" : `; ${scorer}: ${reason}`}`;
}

const TRIAL_WORDS: Readonly<Record<string, string>> = {
  p: "passed",
  f: "failed",
  e: "error",
  "?": "not scored",
  "-": "not asked",
};

/** The text of a case: the outcome of each trial, and the most informative answer. */
async function describeCase(row: CaseRow, answers: boolean): Promise<string> {
  const trials = Array.from(
    row.trials.slice(0, 100),
    (mark, at) => `trial ${at + 1}: ${TRIAL_WORDS[mark] ?? mark}`,
  ).join("\n");
  if (!answers) return `${shareText(row)} passed${movedAddition(row)}\n${trials}\n`;
  const { scorer, reason, input, output, before, expected, error, trial } = await row.answers();
  const block = (title: string, text: string | null): string =>
    text === null ? "" : `${title}\n${shortened(text, MAX_ANSWER)}\n`;
  return [
    `${shareText(row)} passed${movedAddition(row)}\n${trials}\n`,
    scorer === "" ? "" : `${scorer}: ${cut(reason, MAX_ANSWER)}\n`,
    error === null ? "" : `error (${error.kind}): ${cut(error.message, MAX_ANSWER)}\n`,
    block("--- asked", input),
    block("--- expected", expected),
    block("--- answered before", before),
    block(`--- answered in trial ${trial}`, output),
  ].join("");
}

/** The gate's rules and their outcomes. */
function gateSuite(report: RunReport, name: string): Suite {
  const names = distinctNames();
  const rules = report.gate.rules.map((rule): Entry => {
    const decided = rule.kind === "regression" ? decisionSentence(report) : "";
    const out = [rule.outcome === "passed" ? (rule.said ?? "") : "", decided]
      .filter((text) => text !== "")
      .join("\n");
    return { name: names(rule.rule), ms: null, result: ruleResult(rule), out };
  });
  const entries = [...rules, ...besideRules(report, names), ...narrowedEntry(report, names)];
  return suiteOf(`${name} gate`, report, 0, entries);
}

/** An entry for an outcome that no rule explains, because trials are missing or there is no rule. */
function besideRules(report: RunReport, names: (name: string) => string): Entry[] {
  const { gate, counts } = report;
  const unsaid = gate.outcome === "undecided" && !gate.rules.some((rule) => rule.outcome === "undecided");
  if (unsaid) {
    const message = endSentence(report) || `${counts.errored} trials errored`;
    const result = { kind: "error", type: "incomplete", message, text: message } as const;
    return [{ name: names("every trial is answered"), ms: null, result, out: "" }];
  }
  if (gate.rules.length > 0) return [];
  return [{ name: names("nothing to gate"), ms: null, result: { kind: "passed" }, out: "" }];
}

/** An entry that says that only part of the suite was run; no entry when the whole suite was run. */
function narrowedEntry({ header }: RunReport, names: (name: string) => string): Entry[] {
  const message = narrowedSentence(header);
  if (message === "") return [];
  return [{ name: names("the rest of the suite"), ms: null, result: { kind: "skipped", message }, out: "" }];
}

function ruleResult(rule: RuleResult): Result {
  if (rule.enforced === false) return { kind: "skipped", message: informingSentence(rule) };
  if (rule.outcome === "passed") return { kind: "passed" };
  const message = `${rule.said ?? ruleValue(rule)}, required ${requiredText(rule)}`;
  return rule.outcome === "failed"
    ? { kind: "failure", type: "gate", message, text: message }
    : { kind: "error", type: "undecided", message, text: message };
}
