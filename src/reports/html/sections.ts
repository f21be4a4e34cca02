import type { PastRun, RunReport } from "../../domain/report.ts";
import { count, duration, plural, points } from "../format-numbers.ts";
import { countsSentence, endSentence, headline, runName } from "../headline.ts";
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
import { cut } from "../plain-text.ts";
import { goOnCommand } from "../unfinished.ts";
import type { Distribution } from "./case-data.ts";
import { type Axis, axisFor, histogram, intervalBar, trendChart } from "./charts.ts";
import { escapeHtml } from "./html-text.ts";

const MOST_TAGS = 200;
const MOST_LISTED = 100;

const head = (cells: readonly (readonly [string, string])[]): string =>
  `<thead><tr>${cells.map(([text, name]) => `<th scope="col"${name === "" ? "" : ` class="${name}"`}>${text}</th>`).join("")}</tr></thead>`;

/** Verdict, what was compared, what follows. */
export function verdictSection(report: RunReport): string {
  const { word, tone, verdict, size } = headline(report);
  const { header, comparison } = report;
  const found = verdict === "" || word.includes("not enough") ? "" : `: ${verdict}`;
  const end = endSentence(report);
  const goOn = report.status === "interrupted" ? goOnCommand(header) : null;
  const commit =
    header.commit === null
      ? ""
      : ` · commit <code>${escapeHtml(header.commit.slice(0, 10))}</code>${header.dirty ? " with changes" : ""}`;
  return [
    `<h1><span class="${tone}">${word}</span> ${escapeHtml(runName(header))}<span class="${tone}">${found}</span></h1>`,
    `<p>${escapeHtml(header.target)} · ${size} · run <code>${escapeHtml(header.id)}</code> · ${escapeHtml(header.started_at.slice(0, 16).replace("T", " "))} UTC${commit}</p>`,
    comparison === null ? "" : `<p class="said">${escapeHtml(comparison.said)}</p>`,
    comparison === null
      ? ""
      : `<p>Compared with <code>${escapeHtml(comparison.baseline.side)}</code> (${escapeHtml(comparison.baseline.target)}, ${plural(comparison.baseline.trials, "trial")} a case) on ${plural(comparison.cases.paired, "case")}.${comparison.population === null ? "" : ` On cases like these: ${points(comparison.population.low)} to ${points(comparison.population.high)} points.`}</p>`,
    end === "" ? "" : `<p>${escapeHtml(end)}</p>`,
    goOn === null ? "" : `<p>To go on: <code>${escapeHtml(goOn)}</code></p>`,
    ruleList(report),
    ...[...informingSentences(report), ...correctedSentences(report)].map(
      (text) => `<p>${escapeHtml(text)}</p>`,
    ),
    ...report.notes.map((note) => `<p class="faint">${escapeHtml(note)}</p>`),
    `<p class="faint">${countsSentence(report)}, in ${duration(report.duration_ms)}</p>`,
    ...report.errors.map(
      ({ kind, count: many, message }) =>
        `<p class="unsure">${plural(many, "error")} (${escapeHtml(kind)}): ${escapeHtml(cut(message, 500))}</p>`,
    ),
  ].join("\n");
}

/** Rules beside the requirements; those that did not hold first. */
function ruleList(report: RunReport): string {
  const rules = otherRules(report);
  if (rules.length === 0) return "";
  const order = { failed: 0, undecided: 1, passed: 2 } as const;
  const tones = { failed: "bad", undecided: "unsure", passed: "good" } as const;
  const lines = [...rules]
    .sort((a, b) => order[a.outcome] - order[b.outcome])
    .slice(0, MOST_LISTED)
    .map(
      (rule) =>
        `<li><strong class="${tones[rule.outcome]}">${rule.outcome}</strong> ${escapeHtml(rule.rule)}: ${ruleValue(rule)}, required ${escapeHtml(requiredText(rule))}${rule.said === undefined || rule.said === report.comparison?.said ? "" : ` (${escapeHtml(rule.said)})`}</li>`,
    );
  return `<ul>${lines.join("")}</ul>`;
}

/** Every metric with its interval drawn, its requirement and the baseline. */
export function metricSection(report: RunReport): string {
  const rows = metricRows(report);
  const compared = rows.some((row) => row.baseline !== null);
  const rates = rows.filter((row) => row.unit === "ratio");
  const axis = axisFor(
    rates.flatMap((row) => [row.value, row.low, row.required?.value ?? null, row.baseline?.value ?? null]),
  );
  const times = timeAxis(rows.filter((row) => row.unit === "ms"));
  const table = `<table>${head([
    ["", ""],
    ["now", "number"],
    ["95 %", "number"],
    [axisLabel(axis), ""],
    ["required", ""],
    ...(compared
      ? ([
          ["baseline", "number"],
          ["points (90 %)", "number"],
          ["verdict", ""],
        ] as const)
      : []),
  ])}<tbody>${rows.map((row) => metricLine(row, row.unit === "ms" ? times : row.unit === "ratio" ? axis : null, compared)).join("\n")}</tbody></table>`;
  return `<h2>Metrics</h2><div class="scroll">${table}</div><p class="legend">filled dot: this run · bar: its 95 % interval · hollow dot: the baseline · red line: required${times === null ? "" : ` · times: 0 to ${duration(times.high)}`}</p>`;
}

/** From 0 to the latest that is known; null when no time is. */
function timeAxis(rows: readonly MetricRow[]): Axis | null {
  const known = rows
    .flatMap((row) => [row.value, row.high, row.required?.value ?? null, row.baseline?.value ?? null])
    .filter((value) => value !== null);
  const latest = Math.max(0, ...known);
  return latest === 0 ? null : { low: 0, high: latest };
}

const axisLabel = ({ low, high }: Axis): string =>
  `${(low * 100).toFixed(0)} to ${(high * 100).toFixed(0)} %`;

/** @param axis null for a metric that is not drawn */
function metricLine(row: MetricRow, axis: Axis | null, compared: boolean): string {
  const { value, low, high, unit, required, baseline } = row;
  const interval = intervalText(low, high, unit);
  const label = `${row.label} ${metricText(value, unit)}, ${interval}`;
  const marks = {
    value,
    low,
    high,
    required: required?.value ?? null,
    baseline: baseline?.value ?? null,
  };
  const bar = axis === null ? "" : intervalBar(marks, axis, label);
  const missed =
    required === null || required.outcome === "passed"
      ? ""
      : ` <strong class="${required.outcome === "failed" ? "bad" : "unsure"}">${required.outcome === "failed" ? "missed" : "undecided"}</strong>`;
  const cells = compared
    ? `<td class="number">${baseline === null ? "" : metricText(baseline.value, unit)}</td><td class="number">${baseline === null ? "" : deltaText(baseline)}</td><td>${baseline === null ? "" : verdictText(baseline.verdict)}</td>`
    : "";
  return `<tr><th scope="row">${escapeHtml(row.label)}</th><td class="number">${metricText(value, unit)}</td><td class="number">${interval}</td><td>${bar}</td><td class="text">${required === null ? "" : escapeHtml(boundText(required.text, unit))}${missed}</td>${cells}</tr>`;
}

function verdictText(verdict: string): string {
  const tone = verdict === "regressed" ? "bad" : verdict === "improved" ? "good" : "faint";
  return `<span class="${tone}">${verdict.replaceAll("_", " ")}</span>`;
}

/** Pass rate of each tag with its interval, and how it moved. */
export function tagSection(report: RunReport): string {
  const moved = new Map(report.comparison?.tags.map((one) => [one.tag, one]));
  const rated = Object.entries(report.tags)
    .flatMap(([tag, { pass_rate: rate }]) =>
      rate?.value == null ? [] : [{ tag, value: rate.value, low: rate.low ?? null, high: rate.high ?? null }],
    )
    .sort((a, b) => a.value - b.value);
  if (rated.length === 0) return "";
  const axis = axisFor(rated.flatMap(({ value, low }) => [value, low]));
  const lines = rated.slice(0, MOST_TAGS).map(({ tag, value, low, high }) => {
    const move = moved.get(tag);
    const change =
      move === undefined
        ? ""
        : `${points(move.delta)} (${points(move.low)} to ${points(move.high)})${move.significant ? " moved" : ""}`;
    const text = `${metricText(value, "ratio")}, ${intervalText(low, high, "ratio")}`;
    return `<tr><th scope="row">${escapeHtml(cut(tag, 60))}</th><td class="number">${metricText(value, "ratio")}</td><td class="number">${intervalText(low, high, "ratio")}</td><td>${intervalBar({ value, low, high }, axis, `${cut(tag, 60)} ${text}`)}</td>${moved.size === 0 ? "" : `<td class="number">${change}</td>`}</tr>`;
  });
  const more = rated.length > MOST_TAGS ? `<p>${count(rated.length - MOST_TAGS)} more tags.</p>` : "";
  return `<h2>Tags</h2><div class="scroll"><table>${head([
    ["tag", ""],
    ["pass rate", "number"],
    ["95 %", "number"],
    [axisLabel(axis), ""],
    ...(moved.size === 0 ? [] : ([["points (90 %)", "number"]] as const)),
  ])}<tbody>${lines.join("\n")}</tbody></table></div>${more}`;
}

export function distributionSection(distributions: readonly Distribution[]): string {
  const figures = distributions.slice(0, 20).map(histogram).join("");
  return figures === ""
    ? ""
    : `<h2>Distribution over cases</h2><div class="figures">${figures}</div><p class="legend">how many cases lie in each tenth; the mean over a case's trials</p>`;
}

export function trendSection(history: readonly PastRun[]): string {
  const chart = trendChart(history);
  return chart === "" ? "" : `<h2>Pass rate over runs</h2>${chart}`;
}

/** What could not be compared. */
export function unpairedSection({ comparison }: RunReport): string {
  if (comparison === null) return "";
  const { cases } = comparison;
  const lists = [
    ["new", cases.new],
    ["removed", cases.removed],
    ["changed, not compared", cases.changed],
    ["without an answer on one side", cases.missing],
  ] as const;
  const told = lists.filter(([, ids]) => ids.length > 0);
  if (told.length === 0) return "";
  const items = told.map(([name, ids]) => {
    const named = ids.slice(0, MOST_LISTED).map((id) => escapeHtml(cut(id, 100)));
    return `<li>${name}: ${plural(ids.length, "case")} (${named.join(", ")}${ids.length > named.length ? ", …" : ""})</li>`;
  });
  return `<h2>Not compared</h2><ul>${items.join("")}</ul>`;
}
