import { flippedKind } from "../../domain/flip-metric.ts";
import type { LostBecause } from "../../domain/outcome.ts";
import type { RunReport } from "../../domain/report.ts";
import type { MetricValue } from "../../domain/run.ts";
import type { RuleResult } from "../../domain/verdict.ts";
import { count, dollars, duration, percent, plural, shareRange } from "../format-numbers.ts";
import {
  countsSentence,
  endSentence,
  lacksTrials,
  lostSentence,
  runName,
  sizeOf,
  skippedWords,
} from "../headline.ts";
import { correctedSentences, informingSentences } from "../judge-words.ts";
import { metricLabel, requiredText, ruleName, ruleValue } from "../metric-rows.ts";
import { narrowedSentence } from "../narrowed-words.ts";
import { plainLine } from "../plain-text.ts";
import { raisedBudget, suggestedGoOn } from "../unfinished.ts";
import { tagLines, worstLines } from "./case-blocks.ts";
import { cut } from "./cut.ts";
import { failureLines } from "./failure-lines.ts";
import { fold } from "./fold.ts";
import { comparisonLines, headVerdictLines } from "./run-comparison.ts";
import { columns, type Style, styleFor, type TerminalOptions } from "./style.ts";

/** Lines of a terminal screen of 40 lines, minus one for the shell's prompt. */
const SCREEN = 39;

/**
 * Maximum numbers of changed cases and of other cases. The pairs are tried in this order until the report fits on a
 * screen, so changed cases are left out last.
 */
const CASE_LIMITS = [
  { moved: 5, others: 5 },
  { moved: 5, others: 3 },
  { moved: 5, others: 1 },
  { moved: 4, others: 0 },
  { moved: 2, others: 0 },
] as const;

/**
 * The report of a run: whether it passed and how certain that is, what regressed, the metrics, and the next
 * command. It shows as many cases and tags as fit on a screen. Ends with a line feed.
 */
export function runReport(report: RunReport, options: TerminalOptions): string {
  let written = "";
  for (const limits of CASE_LIMITS) {
    written = reportText(report, options, limits);
    if (written.split("\n").length - 1 <= SCREEN) break;
  }
  return written;
}

function reportText(
  report: RunReport,
  { width, color }: TerminalOptions,
  { moved, others }: (typeof CASE_LIMITS)[number],
): string {
  const style = styleFor(color);
  const blocks = [
    [headline(report, style), ...narrowedLines(report)],
    endLines(report, width),
    headVerdictLines(report, style, width),
    ruleLines(report, style),
    metricLines(report),
    // Nothing was answered, so there is nothing to compare or report.
    report.end.kind === "unreachable" && report.counts.answered === 0
      ? []
      : comparisonLines(report, { width, limit: moved }),
    tagLines(report, { width, limit: others }),
    worstLines(report, { width, limit: others }),
    failureLines(report, width),
    errorLines(report, width),
    report.notes.flatMap((note) => noteLines(note, width)),
    nextLines(report, width),
  ];
  const body = blocks
    .map((lines) => lines.flatMap((line) => (COMMAND.test(line) ? [line] : fold(line, width))).join("\n"))
    .filter((text) => text !== "");
  return `${body.join("\n\n")}\n`;
}

const indent = (line: string): string => `  ${line}`;

/** The first word of a report, which matches the exit code, and its colour. */
export function heading(report: RunReport): { word: string; tone: "good" | "bad" | "unsure" | "strong" } {
  const { outcome, verdict } = report.gate;
  if (outcome === "failed") return { word: "FAILED", tone: "bad" };
  if (outcome === "undecided")
    return { word: lacksTrials(report.status) ? "INCOMPLETE" : "UNDECIDED", tone: "unsure" };
  if (outcome === "not_gated") return { word: "NOT GATED", tone: "strong" };
  if (verdict === "inconclusive") return { word: "PASSED, not enough evidence", tone: "unsure" };
  return { word: "PASSED", tone: "good" };
}

function narrowedLines({ header }: RunReport): string[] {
  const text = narrowedSentence(header);
  return text === "" ? [] : [indent(plainLine(text))];
}

function headline(report: RunReport, style: Style): string {
  const { header } = report;
  const { word, tone } = heading(report);
  const size = sizeOf(header);
  return `${style[tone](word)}  ${style.strong(plainLine(runName(header)))}   ${plainLine(header.target)} · ${size}`;
}

function onceItCan(because: LostBecause | undefined): string {
  if (because === "no-worker") return "When a worker is available";
  if (because === "workers-lost") return "When a worker can finish these trials";
  return because === "no-money" ? "When the account has money again" : "When the model can be reached again";
}

function endLines(report: RunReport, width: number): string[] {
  const { end, counts } = report;
  const command = suggestedGoOn(report);
  const then = (words: string, ...more: string[]): string[] => {
    const typed = suggestedGoOn(report, more);
    return typed === null ? [] : commandLines(words, typed, width);
  };
  if (end.kind === "unreachable" && end.because === "no-batch") {
    return [
      indent(`${lostSentence(report)}.`),
      indent(plainLine(end.message)),
      ...then("To send it again:"),
      ...then("To ask call by call:", "--batch-then-live"),
    ];
  }
  if (end.kind === "unreachable") {
    return [
      indent(`${lostSentence(report)}.`),
      indent(plainLine(end.message)),
      ...then(`${onceItCan(end.because)}:`),
    ];
  }
  if (end.kind === "interrupted" || end.kind === "running") return [indent(endSentence(report))];
  if (end.kind === "judge-unreachable") {
    return [
      indent(`${lostSentence(report)}. The answers are kept.`),
      indent(plainLine(end.message)),
      ...then("To have the answers judged and continue the run:"),
    ];
  }
  if (end.kind !== "skipped") {
    if (counts.errored === 0) return [];
    const trials = `${plural(counts.errored, "trial")} of ${count(counts.trials)} ${counts.errored === 1 ? "has" : "have"}`;
    const kinds = new Set(report.errors.map(({ kind }) => kind));
    if (report.errors.every(({ answered }) => answered === true))
      return [
        indent(`${trials} no result, because a scorer or judge failed. The answers are kept.`),
        ...then("To have them scored once the cause is mended:"),
        ...(kinds.has("tool") && command !== null
          ? commandLines(
              "Where files of the suite were changed for that:",
              `evals rescore ${report.header.id}`,
              width,
            )
          : []),
      ];
    const again =
      kinds.size === 1 && kinds.has("not-recorded")
        ? "Once their answers are recorded:"
        : "To ask only these trials again:";
    return [indent(`${trials} no answer.`), ...then(again)];
  }
  const text = indent(
    `${count(counts.answered)} of ${count(counts.trials)} answered, ${count(counts.skipped)} ${skippedWords(end)}.`,
  );
  if (end.because === "batch") return [text, ...then("To fetch the answers that are ready:")];
  const raised = raisedBudget(report);
  if (raised.file)
    return [
      text,
      ...then(
        `Nothing is lost. To go on, raise \`budget\` in evalconfig.yaml${raised.option ? " or here" : ""}, then:`,
      ),
    ];
  return [text, ...then("Nothing is lost. To go on:")];
}

/** Matches a line that is a command and nothing else. It is not folded, because it could not be pasted then. */
const COMMAND = /^ *evals \S/;
/** Matches a note that ends in a command that goes on with something. */
const ENDS_IN_COMMAND = /^(.*:) (evals (?:run|rescore) [^,;]*[^,;.])$/s;

function noteLines(note: string, width: number): string[] {
  const [, words, command] = ENDS_IN_COMMAND.exec(note) ?? [];
  return words === undefined || command === undefined
    ? [indent(plainLine(note))]
    : commandLines(words, command, width);
}

/**
 * Words and a command, on one line if both fit into the width, otherwise on two lines. A command that is folded could
 * not be pasted.
 */
function commandLines(words: string, command: string, width: number): string[] {
  const line = indent(plainLine(`${words}  ${command}`));
  return line.length <= width ? [line] : [indent(plainLine(words)), indent(indent(plainLine(command)))];
}

/** The failed and undecided rules that are not shown next to a metric. */
function ruleLines(report: RunReport, style: Style): string[] {
  const shown = report.gate.rules.filter(
    (rule) => rule.enforced !== false && rule.outcome !== "passed" && rule.kind !== "regression",
  );
  const informing = informingSentences(report).map((text) => indent(plainLine(text)));
  return [...shown.map((rule) => ruleLine(rule, style)), ...informing];
}

function ruleLine(rule: RuleResult, style: Style): string {
  const word = rule.outcome === "failed" ? style.bad("missed") : style.unsure("undecided");
  // The details of the `contract` rule are shown with the comparison.
  if (rule.kind === "contract") return indent(`${word}  contract: ${plainLine(rule.required)}`);
  return indent(
    `${word}  ${plainLine(ruleName(rule))}: ${ruleValue(rule)}, required ${plainLine(requiredText(rule))}${rule.said === undefined ? "" : ` (${plainLine(rule.said)})`}`,
  );
}

function interval(metric: MetricValue | undefined): string {
  if (metric?.value === null || metric?.value === undefined) return "";
  const { low, high } = metric;
  if (low === undefined && high === undefined) return "";
  return shareRange(low, high) || "range unknown";
}

function metricLines(report: RunReport): string[] {
  const { metrics, header } = report;
  const required = new Map(
    report.gate.rules.flatMap((rule) => (rule.kind === "require" ? [[rule.metric, rule] as const] : [])),
  );
  const demanded = (name: string): string => {
    const rule = required.get(name);
    return rule === undefined ? "" : `required ${requiredText(rule)}`;
  };
  const rate = (label: string, name: string): string[][] => {
    const metric = metrics[name];
    if (metric === undefined) return [];
    const value = metric.value === null ? "unknown" : percent(metric.value);
    return [[indent(label), value.padStart(7), interval(metric), demanded(name)]];
  };
  const rows = [
    ...rate("pass rate", "pass_rate"),
    ...(header.trials > 1 ? rate(`all ${header.trials} pass`, `pass^${header.trials}`) : []),
    ...header.scorers.flatMap(({ name }) => [
      ...rate(plainLine(name), `score.${name}`),
      ...rate(`${plainLine(name)} agreement`, `judge.${name}.agreement`),
    ]),
    ...Object.keys(metrics)
      .filter((name) => flippedKind(name) !== undefined)
      .flatMap((name) => rate(metricLabel(name), name)),
    ...Object.keys(metrics)
      .filter(
        (name) =>
          demanded(name) !== "" &&
          /^(pass[@^]|flaky|error|refusal)/.test(name) &&
          name !== `pass^${header.trials}`,
      )
      .flatMap((name) => rate(plainLine(name), name)),
  ];
  return [
    ...columns(rows),
    ...correctedSentences(report).map((text) => indent(plainLine(text))),
    ...latencyLines(report, demanded),
    ...costLines(report, demanded),
    ...judgeLines(report, demanded),
  ];
}

function latencyLines({ metrics }: RunReport, demanded: (name: string) => string): string[] {
  const known = ["p50", "p95"].flatMap((p) => {
    const value = metrics[`latency_${p}`]?.value;
    return value === null || value === undefined ? [] : [`${p} ${duration(value)}`];
  });
  if (known.length === 0) return [];
  const bounds = Object.keys(metrics).filter((name) => name.startsWith("latency_") && demanded(name) !== "");
  return [
    indent(`latency      ${[...known, ...bounds.map((name) => `${name} ${demanded(name)}`)].join("   ")}`),
  ];
}

function costLines(report: RunReport, demanded: (name: string) => string): string[] {
  const total = report.metrics.cost_usd?.value;
  const each = report.metrics.cost_per_trial?.value;
  const bounds = ["cost_usd", "cost_per_trial"]
    .filter((name) => demanded(name) !== "")
    .map((name) => `${name} ${demanded(name)}`);
  if (total === null || total === undefined || each === null || each === undefined) {
    const tokens = [report.metrics.input_tokens?.value, report.metrics.output_tokens?.value];
    const [input, output] = tokens;
    if (input === null || input === undefined || output === null || output === undefined) {
      return bounds.length === 0 ? [] : [indent(`cost         unknown   ${bounds.join("   ")}`)];
    }
    return [
      indent(
        `cost         unknown, ${Math.round(input)} + ${Math.round(output)} tokens a trial${bounds.length === 0 ? "" : `   ${bounds.join("   ")}`}`,
      ),
    ];
  }
  return [indent(`cost         ${[`${dollars(total)}, ${dollars(each)} a trial`, ...bounds].join("   ")}`)];
}

/** The calls and the cost of judges, which are separate from those of the target. */
function judgeLines({ counts, metrics }: RunReport, demanded: (name: string) => string): string[] {
  if (counts.judge_calls === undefined) return [];
  const cost = metrics.judge_cost_usd?.value ?? null;
  const paid = cost === null ? "cost unknown" : dollars(cost);
  const bound = demanded("judge_cost_usd");
  return [
    indent(`judges       ${plural(counts.judge_calls, "call")}, ${paid}${bound === "" ? "" : `   ${bound}`}`),
  ];
}

function errorLines(report: RunReport, width: number): string[] {
  const { end } = report;
  // This message is already shown as the reason why the run ended.
  const reason = end.kind === "unreachable" ? end.message : null;
  const errors = report.errors.filter(({ message }) => message !== reason);
  return errors.map(({ kind, count: many, message }) =>
    // Many a message ends with what helps, so several lines of it are shown.
    cut(
      indent(`${plural(many, "error")} (${kind})${message === "" ? "" : `: ${plainLine(message)}`}`),
      width * 4,
    ),
  );
}

/**
 * The words after a number of flaky cases: `case is flaky`, or only `is flaky` when the sentence already contains
 * the word "case".
 */
function flakyWords({ never_pass }: RunReport): [one: string, many: string] {
  return never_pass !== null && never_pass > 0
    ? ["is flaky", "are flaky"]
    : ["case is flaky", "cases are flaky"];
}

function nextLines(report: RunReport, width: number): string[] {
  const { header, never_pass, flaky, counts } = report;
  const errored = counts.answered > 0 ? counts.errored : 0;
  const failing = [
    errored > 0 ? plural(errored, "trial errored", "trials errored") : "",
    never_pass ? plural(never_pass, "case never passes", "cases never pass") : "",
    flaky ? plural(flaky, ...flakyWords(report)) : "",
  ].filter((text) => text !== "");
  const isOpen = report.gate.verdict === "inconclusive";
  const tail = indent(countsSentence(report));
  const time = report.duration_ms === null ? "" : duration(report.duration_ms);
  return [
    ...(failing.length === 0 ? [] : [indent(`${failing.join(", ")}: evals show ${header.id} --failing`)]),
    ...(isOpen
      ? [indent(plainLine(`how large a drop this suite can show: evals power ${header.suite}`))]
      : []),
    time === "" ? tail : `${tail}${" ".repeat(Math.max(3, width - tail.length - time.length))}${time}`,
  ];
}
