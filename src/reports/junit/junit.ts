import { targetParts } from "../../domain/listed-target.ts";
import type { CaseRow, ReportedRun, RunReport } from "../../domain/report.ts";
import type { RuleResult } from "../../domain/verdict.ts";
import { type CaseFault, criticalCases, faultOf, shareText } from "../case-standing.ts";
import { endSentence } from "../headline.ts";
import { informingSentence } from "../judge-words.ts";
import { requiredText, ruleValue } from "../metric-rows.ts";
import { cut, shortened } from "../plain-text.ts";
import { attribute, content } from "./xml-text.ts";

/** GitLab reads no file above 30 MB. */
const MAX_BYTES = 28_000_000;
/** From here on answers are left out, so that every case still has its line. */
const MAX_TEXT_BYTES = 18_000_000;
const MAX_ANSWER = 4_000;

/** What a testcase holds, ready to be written. */
interface Entry {
  readonly name: string;
  readonly ms: number | null;
  readonly result: Result;
  readonly out: string;
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
 * JUnit for any CI: a testcase for each case, and a suite of the gate's rules. It is red when the gate did not pass and
 * only then: a case that fails where the gate lets it shows its trials in `system-out` and stays green, since a tool that
 * reads this file must not block what `evals` let through.
 */
export function junitReport(runs: readonly ReportedRun[]): string {
  const space = { left: MAX_BYTES };
  const suites = runs.flatMap((run) => [casesSuite(run, space), gateSuite(run.report)]);
  const total = suites.reduce(
    (sum, { counts }) => ({
      tests: sum.tests + counts.tests,
      failures: sum.failures + counts.failures,
      errors: sum.errors + counts.errors,
    }),
    { tests: 0, failures: 0, errors: 0 },
  );
  const ms = runs.reduce((sum, { report }) => sum + report.duration_ms, 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    `<testsuites name="evals" tests="${total.tests}" failures="${total.failures}" errors="${total.errors}" time="${seconds(ms)}">\n`,
    ...suites.flatMap((suite) => suite.parts),
    "</testsuites>\n",
  ].join("");
}

const NOTHING = { tests: 0, failures: 0, errors: 0, skipped: 0 };
type Counts = { -readonly [name in keyof typeof NOTHING]: number };

const countsText = ({ tests, failures, errors, skipped }: Counts): string =>
  `tests="${tests}" failures="${failures}" errors="${errors}" skipped="${skipped}"`;

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

/** Suite and target, as a suite that lists several has a run of each. */
const suiteName = ({ header }: RunReport): string => [header.suite, ...targetParts(header)].join(".");

function casesSuite({ report, rows }: ReportedRun, space: { left: number }) {
  const renderEntry = entryRenderer(report);
  const name = suiteName(report);
  const writer = suiteWriter(name, report);
  const names = distinctNames();
  let written = 0;
  let leftOut = 0;
  for (const row of rows()) {
    const answers = space.left > MAX_BYTES - MAX_TEXT_BYTES;
    const text = testcase(name, renderEntry(row, names(row.id), answers), writer.counts);
    const bytes = Buffer.byteLength(text);
    if (bytes > space.left) leftOut++;
    else {
      space.left -= bytes;
      written++;
      writer.parts.push(text);
    }
  }
  if (leftOut > 0)
    writer.parts.push(
      testcase(
        name,
        {
          name: names("(left out)"),
          ms: null,
          result: {
            kind: "skipped",
            message: `${leftOut} more cases: a file of more than ${written} would be too large`,
          },
          out: "",
        },
        writer.counts,
      ),
    );
  return writer.end(report.duration_ms);
}

function suiteWriter(name: string, { header }: RunReport) {
  const counts: Counts = { ...NOTHING };
  const parts: string[] = [];
  return {
    counts,
    parts,
    end: (ms: number) => ({
      counts,
      parts: [
        `<testsuite name="${attribute(name)}" ${countsText(counts)} time="${seconds(ms)}" timestamp="${attribute(header.started_at.slice(0, 19))}">\n`,
        ...parts,
        "</testsuite>\n",
      ],
    }),
  };
}

/** CI keeps only the first of two equal names; ids that differ in what XML cannot write are told apart by a number. */
function distinctNames(): (id: string) => string {
  /** Each name that is taken, with the number to try next: counting from 2 each time would be quadratic. */
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

function testcase(suite: string, { name, ms, result, out }: Entry, counts: Counts): string {
  counts.tests++;
  const time = ms === null ? "" : ` time="${seconds(ms)}"`;
  const open = `<testcase classname="${attribute(suite)}" name="${attribute(name)}"${time}`;
  const body = `${resultText(result, counts)}${out === "" ? "" : `<system-out>${content(out)}</system-out>`}`;
  return body === "" ? `${open}/>\n` : `${open}>${body}</testcase>\n`;
}

function resultText(result: Result, counts: Counts): string {
  switch (result.kind) {
    case "passed":
      return "";
    case "skipped":
      counts.skipped++;
      return `<skipped message="${attribute(cut(result.message, MAX_ANSWER))}"/>`;
    case "failure":
    case "error": {
      counts[result.kind === "failure" ? "failures" : "errors"]++;
      const message = attribute(cut(result.message, 1000));
      return `<${result.kind} type="${attribute(result.type)}" message="${message}">${content(result.text)}</${result.kind}>`;
    }
    default:
      return result satisfies never;
  }
}

/** How each case of this run is told: what counts depends on what became of the gate. */
function entryRenderer(report: RunReport): (row: CaseRow, name: string, answers: boolean) => Entry {
  const isCritical = criticalCases(report);
  const { outcome } = report.gate;
  return (row, name, answers) => {
    const fault = faultOf(row, isCritical);
    // What never passed before either did not break: where there is a baseline, it is not why the gate failed.
    const isOld = fault === "never-passes" && report.comparison !== null;
    // Where nothing is sure of the gate, what broke surely is.
    const isSure = outcome === "undecided" && fault === "regression";
    const failed = isSure || (outcome === "failed" && fault !== null && !isOld);
    const broke = row.errored > 0 && (outcome === "failed" || outcome === "undecided");
    const hasFailures = row.passed < row.answered || row.errored > 0;
    const text = hasFailures ? describeCase(row, answers) : "";
    const entry = (result: Result, out: string): Entry => ({ name, ms: row.latency_ms, result, out });
    if (failed) return entry({ kind: "failure", type: fault, message: faultMessage(row, fault), text }, "");
    if (broke) {
      const { error } = row.answers();
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

function faultMessage(row: CaseRow, fault: CaseFault): string {
  const { scorer, reason } = row.answers();
  return `${FAULT_WORDS[fault]}: ${shareText(row)} passed${scorer === "" ? "" : `; ${scorer}: ${reason}`}`;
}

const TRIAL_WORDS: Readonly<Record<string, string>> = {
  p: "passed",
  f: "failed",
  e: "error",
  "?": "not scored",
  "-": "not asked",
};

/** All trials of a case in one testcase, and the answer that shows why. */
function describeCase(row: CaseRow, answers: boolean): string {
  const trials = Array.from(
    row.trials.slice(0, 100),
    (mark, at) => `trial ${at + 1}: ${TRIAL_WORDS[mark] ?? mark}`,
  ).join("\n");
  if (!answers) return `${shareText(row)} passed\n${trials}\n`;
  const { scorer, reason, input, output, before, expected, error, trial } = row.answers();
  const block = (title: string, text: string | null): string =>
    text === null ? "" : `${title}\n${shortened(text, MAX_ANSWER)}\n`;
  return [
    `${shareText(row)} passed\n${trials}\n`,
    scorer === "" ? "" : `${scorer}: ${cut(reason, MAX_ANSWER)}\n`,
    error === null ? "" : `error (${error.kind}): ${cut(error.message, MAX_ANSWER)}\n`,
    block("--- asked", input),
    block("--- expected", expected),
    block("--- answered before", before),
    block(`--- answered in trial ${trial}`, output),
  ].join("");
}

/** Each rule of the gate, and whether it held. */
function gateSuite(report: RunReport) {
  const name = `${suiteName(report)} gate`;
  const writer = suiteWriter(name, report);
  const names = distinctNames();
  for (const rule of report.gate.rules) {
    const decided = rule.kind === "regression" ? (report.comparison?.decided?.said ?? "") : "";
    const out = [rule.outcome === "passed" ? (rule.said ?? "") : "", decided]
      .filter((text) => text !== "")
      .join("\n");
    const entry = { name: names(rule.rule), ms: null, result: ruleResult(rule), out };
    writer.parts.push(testcase(name, entry, writer.counts));
  }
  const isUnexplained =
    report.gate.outcome === "undecided" && !report.gate.rules.some((rule) => rule.outcome === "undecided");
  const message = endSentence(report) || `${report.counts.errored} trials errored`;
  if (isUnexplained || report.gate.rules.length === 0) {
    const result: Result = isUnexplained
      ? { kind: "error", type: "incomplete", message, text: message }
      : { kind: "passed" };
    writer.parts.push(
      testcase(
        name,
        {
          name: names(isUnexplained ? "every trial is answered" : "nothing to gate"),
          ms: null,
          result,
          out: "",
        },
        writer.counts,
      ),
    );
  }
  return writer.end(0);
}

function ruleResult(rule: RuleResult): Result {
  if (rule.enforced === false) return { kind: "skipped", message: informingSentence(rule) };
  if (rule.outcome === "passed") return { kind: "passed" };
  const message = `${rule.said ?? ruleValue(rule)}, required ${requiredText(rule)}`;
  return rule.outcome === "failed"
    ? { kind: "failure", type: "gate", message, text: message }
    : { kind: "error", type: "undecided", message, text: message };
}
