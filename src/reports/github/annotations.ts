import { posix } from "node:path";
import type { CaseRow, ReportedRun, RunReport } from "../../domain/report.ts";
import { shareText, worstCases } from "../case-standing.ts";
import { decisionSentence, headline, runName } from "../headline.ts";
import { requiredText, ruleName, ruleValue } from "../metric-rows.ts";
import { movedAddition } from "../moved-words.ts";
import { narrowedSentence } from "../narrowed-words.ts";
import { cut, plainLine, shortened } from "../plain-text.ts";

/** GitHub shows at most this many annotations of one level for each step. */
const MAX = 10;

/**
 * Workflow commands that annotate the dataset lines of the worst cases, at most ten over all runs, and a notice
 * with what failed in each run. After a passed gate nothing is annotated: a case that always fails would
 * otherwise be annotated in every pull request.
 *
 * @param folder the project's folder in its repository; empty at the repository's root. Annotations name files relative
 * to the repository's root
 */
export async function annotations(runs: readonly ReportedRun[], folder: string): Promise<string> {
  const blamed = runs.filter(({ report }) => ["failed", "undecided"].includes(report.gate.outcome));
  const failedFirst = [...blamed].sort(
    (a, b) => Number(b.report.gate.outcome === "failed") - Number(a.report.gate.outcome === "failed"),
  );
  const shown = failedFirst.slice(0, MAX);
  const lines: string[] = [];
  let remaining = MAX;
  for (const [index, run] of shown.entries()) {
    // One annotation is reserved for each of the following runs.
    const marks = await caseCommands(run, folder, remaining - (shown.length - index - 1));
    remaining -= Math.max(1, marks.length);
    lines.push(summaryCommand(run.report, marks.length > 0), ...marks);
  }
  return lines.map((line) => `${line}\n`).join("");
}

const levelOf = ({ gate }: RunReport): string => (gate.outcome === "failed" ? "error" : "warning");

/**
 * The annotation that says what failed in a run: a notice if cases are annotated too, otherwise an error or a
 * warning.
 */
function summaryCommand(report: RunReport, marked: boolean): string {
  const title = cut(`${headline(report).word} ${runName(report.header)}`, 100);
  return command(marked ? "notice" : levelOf(report), { title }, summary(report));
}

async function caseCommands({ report, rows }: ReportedRun, folder: string, limit: number): Promise<string[]> {
  const worst = await worstCases(report, rows(), limit);
  return Promise.all(worst.map((row) => caseCommand(levelOf(report), row, report, folder)));
}

/** What failed in a run, in one line. */
function summary(report: RunReport): string {
  const { verdict } = headline(report);
  const rules = report.gate.rules.filter((rule) => rule.enforced !== false && rule.outcome !== "passed");
  const sentences = rules.map(
    (rule) => rule.said ?? `${ruleName(rule)} ${ruleValue(rule)}, required ${requiredText(rule)}`,
  );
  const text = [verdict, ...sentences, decisionSentence(report), narrowedSentence(report.header)]
    .filter((one) => one !== "")
    .join("; ");
  return text === ""
    ? `${report.counts.errored} trials errored, ${report.counts.skipped} were skipped`
    : text;
}

async function caseCommand(
  level: string,
  row: CaseRow,
  { dataset_path: path }: RunReport,
  folder: string,
): Promise<string> {
  const { scorer, reason, input, output } = await row.answers();
  const file = path === "" ? {} : { file: posix.join(folder, path) };
  const line = row.line === null || path === "" ? {} : { line: String(row.line) };
  const why = scorer === "" ? "" : `: ${scorer}: ${cut(plainLine(reason), 200)}`;
  const asked = input === null ? "" : `; asked ${shortened(plainLine(input), 200)}`;
  const answer = output === null ? "" : `; it answered ${shortened(plainLine(output), 200)}`;
  return command(
    level,
    { ...file, ...line, title: cut(row.id, 100) },
    `${shareText(row)} passed${movedAddition(row)}${why}${asked}${answer}`,
  );
}

/** A one-line workflow command: `::error file=…,line=…,title=…::message`. */
function command(level: string, properties: Readonly<Record<string, string>>, message: string): string {
  const named = Object.entries(properties).map(([name, value]) => `${name}=${property(value)}`);
  return `::${level} ${named.join(",")}::${data(cut(message, 1000))}`;
}

/** Escapes a message for a workflow command. */
function data(text: string): string {
  return plainLine(text).replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
}

function property(text: string): string {
  return data(text).replace(/:/g, "%3A").replace(/,/g, "%2C");
}
