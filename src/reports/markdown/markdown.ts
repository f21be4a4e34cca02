import type { CaseRow, Comparison, ReportedRun, RunReport } from "../../domain/report.ts";
import { shareText, worstCases } from "../case-standing.ts";
import { count, duration, percent, plural, points } from "../format-numbers.ts";
import { countsSentence, endSentence, headline } from "../headline.ts";
import {
  boundText,
  deltaText,
  intervalText,
  type MetricRow,
  metricRows,
  metricText,
  otherRules,
  ruleValue,
} from "../metric-rows.ts";
import { block, inlineCode, inlineText } from "./markdown-text.ts";

/** What a comment on a pull request may hold is 65,536 characters; a little is left for whoever posts it. */
export const MOST_COMMENT = 65_000;
const MOST_ANSWER = 600;
/** More cases than this nobody reads in a comment. */
const MOST_CASES = 50;
const MOST_ROWS = 40;
const MOST_METRICS = 20;
const MOST_RULES = 10;
/** Kept for one line each of the runs that do not fit. */
const MOST_LEFT_OUT = 4_000;

/**
 * A comment on a pull request: the verdict, the numbers with their intervals, what broke with its answers, what to type
 * next. Each run begins with a hidden marker, so that a CI step finds the comment it wrote before and updates it.
 */
export function markdownReport(runs: readonly ReportedRun[], most = MOST_COMMENT): string {
  const room = most - MOST_LEFT_OUT;
  const share = Math.floor(room / Math.max(1, runs.length));
  const told: string[] = [];
  let left = room;
  for (const [index, run] of runs.entries()) {
    const later = share * (runs.length - index - 1);
    const text = runText(run, Math.max(share, left - later));
    if (text.length > left) break;
    told.push(text);
    left -= text.length + 1;
  }
  return told.join("\n") + leftOut(runs.slice(told.length));
}

/** Runs for which there is no room keep their verdict. */
function leftOut(runs: readonly ReportedRun[]): string {
  if (runs.length === 0) return "";
  const lines = runs.slice(0, 15).map(({ report }) => {
    const { word, verdict } = headline(report);
    return `- ${word}: ${inlineText(report.header.suite, 20)} ${verdict}`;
  });
  return `\n${plural(runs.length, "more run")}, without room for details:\n\n${lines.join("\n")}\n`;
}

/** `<!-- evals:triage -->`: a name without the signs that would end it. */
export function marker({ header }: RunReport): string {
  const name = header.one_of_several ? `${header.suite}.${header.alias}` : header.suite;
  return `<!-- evals:${name.replace(/[^\w.]+/g, "-").slice(0, 100)} -->`;
}

/** Blocks in the order of importance; what no longer fits is counted in a sentence, never cut in the middle. */
function runText(run: ReportedRun, most: number): string {
  const { report } = run;
  const head = [
    `${marker(report)}\n${title(report)}`,
    ...saidBlocks(report),
    metricTable(report),
    ruleList(report),
  ].filter((text) => text !== "");
  const tail = [
    notesBlock(report),
    `\`\`\`sh\n${nextCommands(report).join("\n")}\n\`\`\``,
    countsLine(report),
  ].filter((text) => text !== "");
  const fixedLength = [...head, ...tail].join("\n\n").length;
  const room = { left: most - fixedLength - 300 };
  const middle = [
    brokenBlock(run, room),
    fits(fixedBlock(report), room),
    fits(tagBlock(report), room),
    fits(listsBlock(report), room),
    fits(errorBlock(report), room),
  ].filter((text) => text !== "");
  return `${[...head, ...middle, ...tail].join("\n\n")}\n`;
}

function fits(text: string, room: { left: number }): string {
  if (text === "" || text.length + 2 > room.left) return "";
  room.left -= text.length + 2;
  return text;
}

function title(report: RunReport): string {
  const { word, verdict, size } = headline(report);
  const { header } = report;
  const found = verdict === "" || word.includes("not enough") ? "" : ` (${verdict})`;
  return `## ${word}: ${inlineText(header.suite, 100)}${found}\n\n${inlineText(header.target, 200)} · ${size} · run ${inlineCode(header.id)}`;
}

function saidBlocks(report: RunReport): string[] {
  const { comparison } = report;
  const end = endSentence(report);
  return [
    ...(comparison === null
      ? []
      : [
          `**${inlineText(comparison.said)}**`,
          `Compared with ${inlineCode(comparison.baseline.side, 200)} (${inlineText(comparison.baseline.target, 200)}, ${plural(comparison.baseline.trials, "trial")} a case) on ${plural(comparison.cases.paired, "case")}.`,
        ]),
    ...(end === "" ? [] : [inlineText(end)]),
  ];
}

function metricTable(report: RunReport): string {
  const all = metricRows(report);
  const rows = all.slice(0, MOST_METRICS);
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
          row.baseline === null ? "" : deltaText(row.baseline),
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

function requiredCell({ required }: MetricRow): string {
  if (required === null) return "";
  const mark =
    required.outcome === "passed" ? "" : required.outcome === "failed" ? " **missed**" : " undecided";
  return `${inlineText(boundText(required.text), 40)}${mark}`;
}

/** Rules that the table does not tell and that did not hold. */
function ruleList(report: RunReport): string {
  const told = otherRules(report).filter((rule) => rule.outcome !== "passed");
  const lines = told.slice(0, MOST_RULES).map((rule) => {
    const said = rule.said === undefined ? "" : ` (${inlineText(rule.said, 120)})`;
    return `- **${rule.outcome}** ${inlineText(rule.rule, 60)}: ${inlineText(ruleValue(rule))}, required ${inlineText(boundText(rule.required), 60)}${said}`;
  });
  return [
    ...lines,
    ...(told.length > lines.length ? [`- ${plural(told.length - lines.length, "more rule")}`] : []),
  ].join("\n");
}

/** The worst cases with their answers, as many as there is room for. */
function brokenBlock({ report, rows }: ReportedRun, room: { left: number }): string {
  const failing = report.never_pass + report.flaky;
  const broken = report.comparison?.cases.broken.length ?? 0;
  if (failing === 0 && broken === 0) return "";
  const summary =
    broken > 0
      ? `${plural(broken, "case broke", "cases broke")}${failing > broken ? `, ${count(failing)} do not always pass` : ""}`
      : `${plural(failing, "case does", "cases do")} not always pass`;
  const open = `<details${report.gate.outcome === "failed" ? " open" : ""}><summary>${summary}</summary>\n`;
  const close = "\n</details>";
  room.left -= open.length + close.length + 200;
  const told: string[] = [];
  for (const row of worstCases(report, rows(), MOST_CASES)) {
    const text = fits(caseText(row), room);
    if (text === "") break;
    told.push(text);
  }
  const all = Math.max(failing, broken);
  const more =
    all > told.length
      ? `\n\n${count(all - told.length)} more ${told.length === 0 ? "" : "of them "}left out: \`${broken > 0 ? `evals diff ${report.header.id}` : `evals show ${report.header.id} --failing`}\``
      : "";
  return `${open}\n${told.join("\n\n")}${more}\n${close}`;
}

function caseText(row: CaseRow): string {
  const { scorer, reason, output, before, expected } = row.answers();
  const tags =
    row.tags.length === 0
      ? ""
      : ` · ${row.tags
          .slice(0, 8)
          .map((tag) => inlineCode(tag, 40))
          .join(" ")}`;
  const sure = row.change === "broken" && row.significant ? " · more than chance" : "";
  const why = scorer === "" ? "" : `\n\n${inlineCode(scorer, 40)}: ${inlineCode(reason, 300)}`;
  const part = (name: string, text: string | null): string =>
    text === null ? "" : `\n\n${name}\n\n${block(text, MOST_ANSWER)}`;
  return `**${inlineCode(row.id, 200)}** ${shareText(row)} passed${sure}${tags}${why}${part("expected", expected)}${part("before", before)}${part(row.baseline === null ? "answer" : "now", output)}`;
}

function fixedBlock({ comparison }: RunReport): string {
  const fixed = comparison?.cases.fixed ?? [];
  if (comparison === null || fixed.length === 0) return "";
  const moved = new Map(comparison.moved.map((one) => [one.id, one]));
  const lines = fixed.slice(0, MOST_ROWS).flatMap((id) => {
    const one = moved.get(id);
    return one === undefined
      ? []
      : [
          `- ${inlineCode(id)} ${one.candidate.passed}/${one.candidate.answered}, was ${one.baseline.passed}/${one.baseline.answered}`,
        ];
  });
  const more = fixed.length > lines.length ? `\n- and ${count(fixed.length - lines.length)} more` : "";
  return folded(`${plural(fixed.length, "case")} fixed`, `${lines.join("\n")}${more}`);
}

const folded = (summary: string, text: string): string =>
  `<details><summary>${summary}</summary>\n\n${text}\n\n</details>`;

function tagBlock(report: RunReport): string {
  const moved = new Map(report.comparison?.tags.map((one) => [one.tag, one]));
  const rows = Object.entries(report.tags)
    .flatMap(([tag, { pass_rate: rate }]) => (rate?.value == null ? [] : [{ tag, rate }]))
    .sort((a, b) => (a.rate.value ?? 0) - (b.rate.value ?? 0));
  if (rows.length < 2) return "";
  const shown = rows.slice(0, MOST_ROWS).map(({ tag, rate }) => {
    const move = moved.get(tag);
    const change =
      move === undefined
        ? ""
        : `${points(move.delta)} (${points(move.low)} to ${points(move.high)})${move.significant ? " **moved**" : ""}`;
    return `| ${inlineCode(tag, 60)} | ${percent(rate.value ?? 0)} | ${intervalText(rate.low ?? null, rate.high ?? null, "rate")} | ${change} |`;
  });
  const more = rows.length > MOST_ROWS ? `\n\n${count(rows.length - MOST_ROWS)} more tags.` : "";
  return folded(
    plural(rows.length, "tag"),
    `| tag | pass rate | 95 % | points (90 %) |\n| --- | ---: | ---: | ---: |\n${shown.join("\n")}${more}`,
  );
}

/** New, removed, changed and missing cases. */
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
      ({ kind, count: many, message }) => `- ${plural(many, "error")} (${kind}): ${inlineCode(message, 300)}`,
    )
    .join("\n");
}

function notesBlock({ notes }: RunReport): string {
  return notes
    .slice(0, 5)
    .map((note) => `- ${inlineText(note, 200)}`)
    .join("\n");
}

/** What a person types next; only ids of ours stand in it, so that nothing is pasted that somebody else wrote. */
function nextCommands(report: RunReport): string[] {
  const { header, comparison, gate } = report;
  const failing = report.never_pass + report.flaky > 0;
  return [
    ...(comparison?.baseline.run != null ? [`evals diff ${header.id}`] : []),
    failing ? `evals show ${header.id} --failing` : `evals show ${header.id}`,
    ...(gate.verdict === "regressed"
      ? [`evals promote ${header.id} --accept "why this drop is wanted"`]
      : []),
    ...(report.status === "incomplete" && /^[\w./-]+$/.test(header.suite)
      ? [`evals run ${header.suite} --resume`]
      : []),
  ];
}

function countsLine(report: RunReport): string {
  return `<sub>${countsSentence(report)} in ${duration(report.duration_ms)}</sub>`;
}
