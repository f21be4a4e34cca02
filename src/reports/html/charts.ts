import type { PastRun } from "../../domain/report.ts";
import { count, percent, plural } from "../format-numbers.ts";
import { intervalText } from "../metric-rows.ts";
import type { Distribution } from "./case-data.ts";
import { escapeHtml } from "./html-text.ts";

/** What a chart shows from its left end to its right: part of [0, 1], or milliseconds. */
export interface Axis {
  readonly low: number;
  readonly high: number;
}

/** The narrowest axis of whole tenths that shows all values; it always ends at 1, so that bars compare. */
export function axisFor(values: readonly (number | null)[]): Axis {
  const known = values.filter((value) => value !== null);
  const least = Math.min(1, ...known);
  return { low: Math.max(0, Math.min(0.9, Math.floor(least * 10 - 0.2) / 10)), high: 1 };
}

/** What one bar shows, in the unit of its axis; null where unknown. */
export interface BarMarks {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly required?: number | null;
  readonly baseline?: number | null;
}

const BAR = { width: 260, height: 22, edge: 6 };
const n = (value: number): string => value.toFixed(1);

/** A value with its interval; a tick where something is required, a hollow mark where the baseline stood. */
export function intervalBar(marks: BarMarks, axis: Axis, label: string): string {
  const { value, low, high, required = null, baseline = null } = marks;
  const x = scale(axis, BAR.edge, BAR.width - BAR.edge);
  const middle = BAR.height / 2;
  return [
    `<svg class="bar" width="${BAR.width}" height="${BAR.height}" viewBox="0 0 ${BAR.width} ${BAR.height}" role="img" aria-label="${escapeHtml(label)}"><title>${escapeHtml(label)}</title>`,
    `<line class="track" x1="${BAR.edge}" x2="${BAR.width - BAR.edge}" y1="${middle}" y2="${middle}"/>`,
    low === null || high === null
      ? ""
      : `<rect class="range" x="${n(x(low))}" y="${middle - 4}" width="${n(Math.max(1, x(high) - x(low)))}" height="8" rx="3"/>`,
    required === null ? "" : `<path class="need" d="M${n(x(required))} ${middle - 9}V${middle + 9}"/>`,
    baseline === null ? "" : `<circle class="was" cx="${n(x(baseline))}" cy="${middle}" r="4"/>`,
    value === null ? "" : `<circle class="now" cx="${n(x(value))}" cy="${middle}" r="4"/>`,
    "</svg>",
  ].join("");
}

function scale({ low, high }: Axis, from: number, to: number): (value: number) => number {
  return (value) => {
    const share = (value - low) / (high - low);
    return from + Math.min(1, Math.max(0, share)) * (to - from);
  };
}

const TREND = { width: 720, height: 160, left: 44, right: 12, top: 12, bottom: 24 };

/** Pass rates of the runs before this one; empty when there was none. */
export function trendChart(history: readonly PastRun[]): string {
  const known = history.filter(({ pass_rate }) => pass_rate.value !== null);
  if (known.length < 2) return "";
  const axis = axisFor(known.flatMap(({ pass_rate: { value, low = null } }) => [value, low]));
  const y = scale(axis, TREND.height - TREND.bottom, TREND.top);
  const step = (TREND.width - TREND.left - TREND.right - 16) / (known.length - 1);
  const x = (place: number): number => TREND.left + 8 + place * step;
  const line = known.map(({ pass_rate }, at) => `${n(x(at))},${n(y(pass_rate.value ?? 0))}`).join(" ");
  const ticks = [axis.low, (axis.low + axis.high) / 2, axis.high].map(
    (tick) =>
      `<line class="track" x1="${TREND.left}" x2="${TREND.width - TREND.right}" y1="${n(y(tick))}" y2="${n(y(tick))}"/><text class="tick" x="${TREND.left - 6}" y="${n(y(tick) + 4)}" text-anchor="end">${(tick * 100).toFixed(0)} %</text>`,
  );
  const points = known.map((run, at) => {
    const { value, low = null, high = null } = run.pass_rate;
    const label = `${run.id}, ${run.started_at.slice(0, 10)}, ${run.target}: ${percent(value ?? 0)}`;
    const range =
      low === null || high === null
        ? ""
        : `<path class="whisker" d="M${n(x(at))} ${n(y(low))}V${n(y(high))}"/>`;
    return `<g><title>${escapeHtml(label)}</title>${range}<circle class="${at === known.length - 1 ? "now" : "past"}" cx="${n(x(at))}" cy="${n(y(value ?? 0))}" r="4"/></g>`;
  });
  const [first, last] = [known[0], known.at(-1)];
  const dates = `<text class="tick" x="${TREND.left}" y="${TREND.height - 6}">${escapeHtml(first?.started_at.slice(0, 10) ?? "")}</text><text class="tick" x="${TREND.width - TREND.right}" y="${TREND.height - 6}" text-anchor="end">${escapeHtml(last?.started_at.slice(0, 10) ?? "")}</text>`;
  return `<div class="scroll"><svg class="trend" viewBox="0 0 ${TREND.width} ${TREND.height}" role="img" aria-label="Pass rate of the last ${known.length} runs">${ticks.join("")}<polyline class="path" points="${line}"/>${points.join("")}${dates}</svg></div>${trendTable(known)}`;
}

function trendTable(history: readonly PastRun[]): string {
  const rows = [...history].reverse().map(({ id, started_at, target, pass_rate }) => {
    const { value, low = null, high = null } = pass_rate;
    return `<tr><td><code>${escapeHtml(id)}</code></td><td>${escapeHtml(started_at.slice(0, 16).replace("T", " "))}</td><td class="number">${percent(value ?? 0)}</td><td class="number">${intervalText(low, high, "ratio")}</td><td class="text">${escapeHtml(target)}</td></tr>`;
  });
  return `<details><summary>the ${history.length} runs as a table</summary><div class="scroll"><table><thead><tr><th scope="col">run</th><th scope="col">started (UTC)</th><th scope="col">pass rate</th><th scope="col">95 %</th><th scope="col">target</th></tr></thead><tbody>${rows.join("")}</tbody></table></div></details>`;
}

const HISTOGRAM = { width: 330, height: 96, floor: 78 };

/** `3,342`, `120k`: as much as fits above a column. */
const short = (many: number): string => (many < 10_000 ? count(many) : `${Math.round(many / 1000)}k`);

/** How many cases have which share or score; a column a tenth. */
export function histogram({ name, bins }: Distribution): string {
  const all = bins.reduce((sum, one) => sum + one, 0);
  if (all === 0) return "";
  const most = Math.max(...bins);
  const width = HISTOGRAM.width / bins.length;
  const columns = bins.map((many, at) => {
    const height = many === 0 ? 0 : Math.max(2, (many / most) * (HISTOGRAM.floor - 14));
    const label = `${at * 10} to ${at * 10 + 10} %: ${count(many)} of ${count(all)} cases`;
    const top = HISTOGRAM.floor - height;
    const number =
      many === 0
        ? ""
        : `<text class="tick" x="${n(at * width + width / 2)}" y="${n(top - 3)}" text-anchor="middle">${short(many)}</text>`;
    return `<g><title>${label}</title><rect class="column" x="${n(at * width + 1.5)}" y="${n(top)}" width="${n(width - 3)}" height="${n(height)}"/>${number}</g>`;
  });
  const told = bins.flatMap((many, at) =>
    many === 0 ? [] : [`${plural(many, "case")} from ${at * 10} to ${at * 10 + 10} %`],
  );
  const ends = [0, 50, 100].map(
    (tick) =>
      `<text class="tick" x="${n((tick / 100) * HISTOGRAM.width)}" y="${HISTOGRAM.height - 4}" text-anchor="${tick === 0 ? "start" : tick === 100 ? "end" : "middle"}">${tick} %</text>`,
  );
  return `<figure><figcaption>${escapeHtml(name)}</figcaption><svg class="histogram" viewBox="0 0 ${HISTOGRAM.width} ${HISTOGRAM.height}" role="img" aria-label="${escapeHtml(`${name}: ${told.join(", ")}`)}">${columns.join("")}<line class="track" x1="0" x2="${HISTOGRAM.width}" y1="${HISTOGRAM.floor}" y2="${HISTOGRAM.floor}"/>${ends.join("")}</svg></figure>`;
}
