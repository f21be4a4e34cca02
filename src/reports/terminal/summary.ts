import type { Comparison, RunReport } from "../../domain/report.ts";
import { type GateOutcome, VERDICTS } from "../../domain/verdict.ts";
import { count, dollars, duration, percent, plural } from "../format-numbers.ts";
import { apart, comparedName, headline, runName } from "../headline.ts";
import { requiredText, ruleName, ruleValue } from "../metric-rows.ts";
import { narrowedSize } from "../narrowed-words.ts";
import { plainLine } from "../plain-text.ts";
import { cut, cutName } from "./cut.ts";
import { columns, styleFor, type TerminalOptions } from "./style.ts";

/** Outcomes in the order of the summary: the worst last, because the last lines stay visible. */
const WORST_LAST: readonly GateOutcome[] = ["not_gated", "passed", "undecided", "failed"];

/** Maximum number of failed runs with a reason, so that the summary fits on a screen. */
const MAX_EXPLAINED = 6;

/** Columns of a run's id, of a rate, and of the space between two columns. */
const ID = 8;
const RATE = 7;
const BETWEEN = 3;

/** Columns of a name and of a reason that are shown before others are cut. */
const SHORT_NAME = 16;
const SHORT_WHY = 16;

/**
 * The end of a command's output: one line per run, worst last, failed ones with the reason, then the total answers,
 * cost and time. Empty for a single successful run, whose report is sufficient.
 */
export function runSummary(reports: readonly RunReport[], { width, color }: TerminalOptions): string {
  const [only, second] = reports;
  if (only === undefined || (second === undefined && isWell(only))) return "";
  const style = styleFor(color);
  const ordered = [...reports].sort(
    (a, b) => WORST_LAST.indexOf(a.gate.outcome) - WORST_LAST.indexOf(b.gate.outcome),
  );
  const words = ordered.map((one) => headline(one).word);
  const wide = Math.max(...words.map((word) => word.length));
  const room = Math.max(10, width - wide - 2);
  const whys = ordered.map((report) => plainLine(whyOf(report)));
  const beside =
    (second === undefined ? 0 : BETWEEN + ID) +
    (BETWEEN + RATE) +
    Math.max(...whys.map((why) => (why === "" ? 0 : BETWEEN + Math.min(why.length, SHORT_WHY))));
  const rows = columns(
    ordered.map((report, at) => [
      ...(second === undefined ? [] : [report.header.id]),
      cutName(
        plainLine(
          [nameAmong(report, reports), narrowedSize(report.header)].filter((text) => text !== "").join(" · "),
        ),
        Math.max(SHORT_NAME, room - beside),
      ),
      rateOf(report).padStart(RATE),
      whys[at] ?? "",
    ]),
  );
  const lines = ordered.flatMap((report, at) => {
    const { word = "", tone } = headline(report);
    const paint = tone === "plain" ? style.strong : style[tone];
    const row = cut(rows[at] ?? "", room);
    // The report of a single run is printed directly above and has the reasons, so they are not repeated.
    const explained =
      second !== undefined && at >= ordered.length - MAX_EXPLAINED && report.gate.outcome === "failed";
    const reasons = explained ? reasonLines(report) : [];
    return [
      `${paint(word)}${" ".repeat(wide - word.length + 2)}${row}`,
      ...reasons.map((line) => cut(`  ${plainLine(line)}`, width)),
    ];
  });
  return `${[...lines, `  ${totals(reports)}`].join("\n")}\n`;
}

/** The name of a run. Its model or prompt is added if another run has the same name. */
function nameAmong({ header }: RunReport, reports: readonly RunReport[]): string {
  // A chosen model is told beside the suite's own like any other.
  const plain = ({ header: one }: { readonly header: RunReport["header"] }) => ({
    ...one,
    other_model: undefined,
  });
  const own = plain({ header });
  return [runName(own), ...apart(own, reports.map(plain))].join("  ");
}

/** Why a run failed: the comparison, the most telling case, and the command that shows all cases like it. */
function reasonLines({ header, comparison, worst }: RunReport): string[] {
  const broken = comparison?.moved.find(({ id }) => id === comparison.cases.broken[0]);
  if (comparison?.verdict === "regressed" && broken !== undefined) {
    const { id, baseline, candidate } = broken;
    const reason = comparison.examples.find((one) => one.id === id)?.reason ?? "";
    return [
      comparison.said,
      `${id}: ${baseline.passed}/${baseline.answered} before, ${candidate.passed}/${candidate.answered} now${reason === "" ? "" : `: ${reason}`}`,
      `all such cases: evals diff ${header.id}`,
    ];
  }
  const [first] = worst;
  if (first === undefined) return [];
  return [
    `${first.id}: ${first.passed}/${first.answered} passed: ${first.reason}`,
    `all such cases: evals show ${header.id} --failing`,
  ];
}

const isWell = ({ gate }: RunReport): boolean => gate.outcome === "passed" || gate.outcome === "not_gated";

function rateOf({ metrics }: RunReport): string {
  const value = metrics.pass_rate?.value ?? null;
  return value === null ? "unknown" : percent(value);
}

/** The first reason for an outcome: missing trials, or the first rule that failed or is undecided. */
function whyOf({ gate, counts }: RunReport): string {
  const missing = counts.errored + counts.skipped;
  if (gate.outcome === "undecided" && missing > 0) return `${plural(missing, "trial")} without an answer`;
  const rule =
    gate.rules.find((one) => one.enforced !== false && one.outcome === "failed") ??
    gate.rules.find((one) => one.enforced !== false && one.outcome === "undecided");
  if (rule === undefined) return "";
  const bound = `required ${requiredText(rule)}`;
  // The run's line already shows the pass rate, so only the bound is added.
  if (rule.kind === "require" && rule.metric === "pass_rate") return bound;
  return `${ruleName(rule)} ${ruleValue(rule)}, ${bound}`;
}

function totals(reports: readonly RunReport[]): string {
  const sum = (of: (report: RunReport) => number): number =>
    reports.reduce((total, report) => total + of(report), 0);
  const times = reports.flatMap(({ duration_ms: ms }) => (ms === null ? [] : [ms]));
  const time =
    times.length < reports.length ? "time unknown" : duration(times.reduce((total, ms) => total + ms, 0));
  const isKnown = reports.every(({ spent }) => spent.usd !== null);
  const paid = isKnown ? `${dollars(sum(({ spent }) => spent.usd ?? 0))} paid` : "cost unknown";
  const runs = reports.length > 1 ? `${plural(reports.length, "run")}: ` : "";
  const answers = sum(({ counts }) => counts.answered);
  return `${runs}${count(answers)} of ${plural(
    sum(({ counts }) => counts.trials),
    "trial",
  )} answered, ${paid}, ${time}`;
}

/** The end of a comparison of several suites: one line per suite, worst last. Empty for one suite. */
export function comparisonSummary(
  comparisons: readonly Comparison[],
  words: Readonly<Record<Comparison["verdict"], string>>,
  { width, color }: TerminalOptions,
): string {
  if (comparisons.length < 2) return "";
  const style = styleFor(color);
  const ordered = [...comparisons].sort((a, b) => VERDICTS.indexOf(b.verdict) - VERDICTS.indexOf(a.verdict));
  const wide = Math.max(...ordered.map(({ verdict }) => words[verdict].length));
  const lines = ordered.map((one) => {
    const word = words[one.verdict];
    const paint =
      one.verdict === "regressed"
        ? style.bad
        : one.verdict === "inconclusive" || one.verdict === "incomparable"
          ? style.unsure
          : style.good;
    const row = one.metrics.find(({ metric }) => metric === (one.metric ?? "pass_rate"));
    const rates =
      row?.baseline == null || row.candidate == null
        ? ""
        : `   ${percent(row.baseline)} → ${percent(row.candidate)}`;
    return `${paint(word)}${" ".repeat(wide - word.length + 2)}${cut(`${plainLine(comparedName(one))}${rates}`, Math.max(10, width - wide - 2))}`;
  });
  return `\n${lines.join("\n")}\n`;
}
