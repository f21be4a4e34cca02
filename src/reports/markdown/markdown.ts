import { promptWord, targetParts } from "../../domain/listed-target.ts";
import type { Comparison, ReportedRun, RunReport } from "../../domain/report.ts";
import { matricesOf } from "../../metrics/compare-targets.ts";
import { worstCases } from "../case-standing.ts";
import { count, duration, percent, plural, points } from "../format-numbers.ts";
import {
  apart,
  countsSentence,
  decisionSentence,
  endSentence,
  headline,
  lacksTrials,
  runName,
} from "../headline.ts";
import { correctedSentences, informingSentences } from "../judge-words.ts";
import {
  boundText,
  deltaText,
  intervalText,
  type MetricRow,
  metricRows,
  metricText,
  otherRules,
  requiredText,
  ruleValue,
} from "../metric-rows.ts";
import { narrowedSentence } from "../narrowed-words.ts";
import { brokenBlock, fits, fixedBlock, folded } from "./case-blocks.ts";
import { failureBlock, growthBlock } from "./failure-block.ts";
import { inlineCode, inlineText } from "./markdown-text.ts";
import { matrixBlock } from "./matrix-block.ts";

/** Maximum characters of a comment: GitHub allows 65,536, and some are reserved for the tool that posts it. */
export const MAX_COMMENT = 65_000;
const MAX_ROWS = 40;
const MAX_METRICS = 20;
const MAX_RULES = 10;
/** Characters reserved for the runs that do not fit into the comment: each gets one line. */
const MAX_LEFT_OUT = 8_000;
const MAX_SUMMARY = 20;

/**
 * A comment on a pull request: the verdict, the metrics with intervals, the regressed cases with answers, and the
 * next commands. Each run starts with a hidden marker, so that a CI step can find and update its earlier comment.
 */
export async function markdownReport(runs: readonly ReportedRun[], limit = MAX_COMMENT): Promise<string> {
  const matrices = await matrixBlocks(runs, Math.floor(limit / 4));
  const space = limit - MAX_LEFT_OUT - matrices.length;
  const share = Math.floor(space / Math.max(1, runs.length));
  const blocks: string[] = [];
  let left = space;
  for (const [index, run] of runs.entries()) {
    const later = share * (runs.length - index - 1);
    const text = await runText(run, runs, Math.max(share, left - later));
    if (text.length > left) break;
    blocks.push(text);
    left -= text.length + 1;
  }
  return blocks.join("\n") + leftOut(runs.slice(blocks.length)) + matrices + summary(runs);
}

/** A matrix for each suite with several targets. A matrix that does not fit into the comment is left out. */
async function matrixBlocks(runs: readonly ReportedRun[], limit: number): Promise<string> {
  let text = "";
  for (const matrix of await matricesOf(runs)) {
    const block = matrixBlock(matrix);
    if (text.length + block.length <= limit) text += block;
  }
  return text;
}

/** A table with one line per run, worst last; empty for a single run. */
function summary(runs: readonly ReportedRun[]): string {
  if (runs.length < 2) return "";
  const order = ["not_gated", "passed", "undecided", "failed"];
  const lines = runs
    .map(({ report }) => report)
    .sort((a, b) => order.indexOf(a.gate.outcome) - order.indexOf(b.gate.outcome))
    .slice(-MAX_SUMMARY)
    .map((report) => {
      const rate = report.metrics.pass_rate?.value ?? null;
      return `| ${headline(report).word} | ${inlineText(runName(report.header), 60)} | ${metricText(rate, "ratio")} |`;
    });
  return `\n| ${plural(runs.length, "run")} | | pass rate |\n| --- | --- | ---: |\n${lines.join("\n")}\n`;
}

/** One line with name and verdict for each run that does not fit into the comment, at most 15 lines. */
function leftOut(runs: readonly ReportedRun[]): string {
  if (runs.length === 0) return "";
  const lines = runs.slice(0, 15).map(({ report }) => {
    const { word, verdict } = headline(report);
    return `- ${word}: ${inlineText(runName(report.header), 40)} ${verdict}`;
  });
  return `\n${plural(runs.length, "more run")}, for which the comment has no room for details:\n\n${lines.join("\n")}\n`;
}

/**
 * The hidden marker of a run: `<!-- evals:triage -->`, without characters of the name that could end the
 * comment.
 */
export function marker({ header }: RunReport): string {
  const name = [header.suite, ...targetParts(header)].join(".");
  return `<!-- evals:${name.replace(/[^\w.]+/g, "-").slice(0, 100)} -->`;
}

/**
 * The blocks of one run, most important first. A block that does not fit into the comment is left out, and a
 * sentence says how many blocks were left out.
 */
async function runText(run: ReportedRun, runs: readonly ReportedRun[], limit: number): Promise<string> {
  const { report } = run;
  const head = [
    `${marker(report)}\n${title(
      report,
      runs.map((one) => one.report.header),
    )}`,
    ...sentenceBlocks(report),
    metricTable(report),
    ruleList(report),
    judgeBlock(report),
  ].filter((text) => text !== "");
  const tail = [notesBlock(report), commandBlock(await nextCommands(run)), countsLine(report)].filter(
    (text) => text !== "",
  );
  const fixedLength = [...head, ...tail].join("\n\n").length;
  const space = { left: limit - fixedLength - 300 };
  const middle = [
    await brokenBlock(run, space),
    fits(fixedBlock(report), space),
    fits(failureBlock(report), space),
    fits(growthBlock(report), space),
    fits(tagBlock(report), space),
    fits(listsBlock(report), space),
    fits(errorBlock(report), space),
  ].filter((text) => text !== "");
  return `${[...head, ...middle, ...tail].join("\n\n")}\n`;
}

/** @param all the headers of all runs of the comment */
function title(report: RunReport, all: readonly RunReport["header"][]): string {
  const { word, verdict, size } = headline(report);
  const { header } = report;
  const target = apart(header, all);
  const name = `${runName(header)}${target.length === 0 ? "" : ` (${target.join(", ")})`}`;
  const found = verdict === "" || word.includes("not enough") ? "" : ` (${verdict})`;
  return `## ${word}: ${inlineText(name, 100)}${found}\n\n${inlineText(header.target, 200)} · ${size} · run ${inlineCode(header.id)}`;
}

function sentenceBlocks(report: RunReport): string[] {
  const { comparison } = report;
  const end = [endSentence(report), decisionSentence(report)].filter((text) => text !== "").join(" ");
  const narrowed = narrowedSentence(report.header);
  return [
    ...(narrowed === "" ? [] : [inlineText(narrowed, 400)]),
    ...(comparison === null
      ? []
      : [
          `**${inlineText(comparison.said)}**`,
          ...(comparison.contract === undefined ? [] : [inlineText(comparison.contract.said)]),
          `Compared with ${inlineCode(comparison.baseline.side, 200)} (${inlineText(comparison.baseline.target, 200)}, ${plural(comparison.baseline.trials, "trial")} a case) on ${plural(comparison.cases.paired, "case")}.`,
        ]),
    ...(end === "" ? [] : [inlineText(end)]),
  ];
}

/** The sentences of a comparison that the comment shows below its title, so the list of rules leaves them out. */
function headSentences({ comparison }: RunReport): string[] {
  return comparison === null ? [] : [comparison.said, comparison.contract?.said ?? ""];
}

function metricTable(report: RunReport): string {
  const all = metricRows(report);
  const rows = all.slice(0, MAX_METRICS);
  const required = rows.some((row) => row.required !== null);
  const compared = rows.some((row) => row.baseline !== null);
  const cells = (row: MetricRow): string[] => [
    inlineText(row.label, 40),
    metricText(row.value, row.unit),
    intervalText(row.low, row.high, row.unit),
    ...(required ? [requiredCell(row)] : []),
    ...(compared
      ? [
          row.baseline === null ? "" : metricText(row.baseline.value, row.unit),
          row.baseline === null ? "" : deltaText(row.baseline, row.unit),
          row.baseline === null ? "" : row.baseline.verdict.replaceAll("_", " "),
        ]
      : []),
  ];
  const head = [
    "",
    "now",
    "95 %",
    ...(required ? ["required"] : []),
    ...(compared ? ["baseline", "points (90 %)", "verdict"] : []),
  ];
  const line = (row: readonly string[]): string => `| ${row.join(" | ")} |`;
  const more = all.length > rows.length ? `\n\n${plural(all.length - rows.length, "more metric")}.` : "";
  return `${[line(head), line(head.map((_, at) => (at === 0 ? "---" : "---:"))), ...rows.map((row) => line(cells(row)))].join("\n")}${more}`;
}

function requiredCell({ required, unit }: MetricRow): string {
  if (required === null) return "";
  const mark =
    required.outcome === "passed" ? "" : required.outcome === "failed" ? " **missed**" : " undecided";
  return `${inlineText(boundText(required.text, unit), 40)}${mark}`;
}

/** Sentences about judges: advisory rules, which cannot fail the gate, and rates corrected for a judge's error. */
function judgeBlock(report: RunReport): string {
  const sentences = [...informingSentences(report), ...correctedSentences(report)];
  return sentences
    .slice(0, MAX_RULES)
    .map((text) => `- ${inlineText(text, 300)}`)
    .join("\n");
}

/** The failed and undecided rules that are not in the table of metrics. */
function ruleList(report: RunReport): string {
  const shown = otherRules(report).filter((rule) => rule.outcome !== "passed");
  const lines = shown.slice(0, MAX_RULES).map((rule) => {
    const again = rule.said === undefined || headSentences(report).includes(rule.said);
    const explanation = again ? "" : ` (${inlineText(rule.said, 120)})`;
    return `- **${rule.outcome}** ${inlineText(rule.rule, 60)}: ${inlineText(ruleValue(rule))}, required ${inlineText(requiredText(rule), 60)}${explanation}`;
  });
  return [
    ...lines,
    ...(shown.length > lines.length ? [`- ${plural(shown.length - lines.length, "more rule")}`] : []),
  ].join("\n");
}

function tagBlock(report: RunReport): string {
  const moved = new Map(report.comparison?.tags.map((one) => [one.tag, one]));
  const rows = Object.entries(report.tags)
    .flatMap(([tag, { pass_rate: rate }]) => (rate?.value == null ? [] : [{ tag, rate }]))
    .sort((a, b) => (a.rate.value ?? 0) - (b.rate.value ?? 0));
  if (rows.length < 2) return "";
  const shown = rows.slice(0, MAX_ROWS).map(({ tag, rate }) => {
    const move = moved.get(tag);
    const change =
      move === undefined
        ? ""
        : `${points(move.delta)} (${points(move.low)} to ${points(move.high)})${move.significant ? " **moved**" : ""}`;
    return `| ${inlineCode(tag, 60)} | ${percent(rate.value ?? 0)} | ${intervalText(rate.low ?? null, rate.high ?? null, "ratio")} | ${change} |`;
  });
  const more = rows.length > MAX_ROWS ? `\n\n${count(rows.length - MAX_ROWS)} more tags.` : "";
  return folded(
    plural(rows.length, "tag"),
    `| tag | pass rate | 95 % | points (90 %) |\n| --- | ---: | ---: | ---: |\n${shown.join("\n")}${more}`,
  );
}

/** Lists of new, removed, changed and missing cases. */
function listsBlock({ comparison }: RunReport): string {
  if (comparison === null) return "";
  const { cases }: Comparison = comparison;
  const line = (name: string, ids: readonly string[]): string[] =>
    ids.length === 0
      ? []
      : [
          `- ${name}: ${plural(ids.length, "case")} (${ids
            .slice(0, 5)
            .map((id) => inlineCode(id))
            .join(", ")}${ids.length > 5 ? ", …" : ""})`,
        ];
  return [
    ...line("new", cases.new),
    ...line("removed", cases.removed),
    ...line("changed, not compared", cases.changed),
    ...line("without an answer on one side", cases.missing),
  ].join("\n");
}

function errorBlock({ errors }: RunReport): string {
  return errors
    .slice(0, 10)
    .map(
      ({ kind, count: many, message }) =>
        `- ${plural(many, "error")} (${kind})${message === "" ? "" : `: ${inlineCode(message, 300)}`}`,
    )
    .join("\n");
}

function notesBlock({ notes }: RunReport): string {
  return notes
    .slice(0, 5)
    .map((note) => `- ${inlineText(note, 200)}`)
    .join("\n");
}

const commandBlock = (commands: readonly string[]): string =>
  commands.length === 0 ? "" : `\`\`\`sh\n${commands.join("\n")}\n\`\`\``;

/** Maximum number of cases that the suggested command runs again. */
const MAX_AGAIN = 3;
/** Matches a text that can be pasted into a shell without quotes. */
const TYPED = /^[A-Za-z0-9][\w./@-]*$/;
/** Matches an option that can be pasted so, with or without a value. */
const TYPED_OPTION = /^--?[a-z-]+( [A-Za-z0-9][\w./:@-]*)?$/;

/**
 * The commands to suggest as next steps. They must work on a machine that does not have these runs, so they contain
 * no run id, and no name that a shell would interpret.
 */
async function nextCommands({ report, rows }: ReportedRun): Promise<string[]> {
  const { header, gate } = report;
  const { prompt, alias } = header;
  const words = [
    ...["evals", "run", header.suite],
    ...(header.one_of_prompts === true && prompt !== null ? ["--prompt", promptWord(prompt)] : []),
    ...(header.one_of_several ? ["--model", alias] : []),
  ];
  if (!words.every((word) => TYPED.test(word) || word === "--model" || word === "--prompt")) return [];
  const run = words.join(" ");
  const again = (await worstCases(report, rows(), MAX_AGAIN))
    .filter(({ id }) => TYPED.test(id))
    .map(({ id }) => ` --case ${id}`);
  return [
    `${run}${again.join("")}`,
    // Two lines, because the run fails; and all trials, because a run that stopped early cannot be promoted.
    ...(gate.verdict === "regressed"
      ? [`${run} --all-trials`, 'evals promote --accept "why this drop is wanted"']
      : []),
    ...goOnLine(report, run),
  ];
}

/**
 * The command that asks for the missing trials, with the limits of the run; no line where a shell would interpret one of
 * its options, or where it would need the id of another run.
 */
function goOnLine({ status, header }: RunReport, run: string): string[] {
  if (!lacksTrials(status) || status === "running") return [];
  const { narrowing, given_trials: trials, repeated_options: options = [] } = header;
  const { cases = [], tags = [], shard = null, words, failing } = narrowing ?? {};
  if (failing !== undefined) return [];
  const planned = [
    ...(trials === undefined ? [] : [`--trials ${trials}`]),
    ...cases.map((id) => `--case ${id}`),
    ...tags.map((tag) => `--tag ${tag}`),
    ...(words === undefined ? [] : [`-t ${words}`]),
    ...(shard === null ? [] : [`--shard ${shard}`]),
  ];
  const typed = [...planned, ...options];
  return typed.every((one) => TYPED_OPTION.test(one)) ? [[run, "--resume", ...typed].join(" ")] : [];
}

function countsLine(report: RunReport): string {
  const time = report.duration_ms === null ? "" : ` in ${duration(report.duration_ms)}`;
  return `<sub>${countsSentence(report)}${time}</sub>`;
}
