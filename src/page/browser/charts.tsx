import type { JSX } from "preact";
import type { PastRun } from "../../domain/report.ts";
import { count, percent, plural } from "../../reports/format-numbers.ts";

/** The range of values that a chart shows: a part of [0, 1] for shares, or a range in milliseconds. */
export interface Axis {
  readonly low: number;
  readonly high: number;
}

/**
 * The narrowest axis that shows all values and begins at a multiple of 0.1. The axis always ends at 1, so that the bars
 * of different charts can be compared.
 */
export function axisFor(values: readonly (number | null)[]): Axis {
  const least = Math.min(1, ...values.filter((value) => value !== null));
  return { low: Math.max(0, Math.min(0.9, Math.floor(least * 10 - 0.2) / 10)), high: 1 };
}

/** The values of one bar, in the axis's unit; null when unknown. */
export interface BarMarks {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly required?: number | null;
  readonly baseline?: number | null;
}

const BAR = { width: 220, height: 22, edge: 6 };
const n = (value: number): string => value.toFixed(1);

function scale({ low, high }: Axis, from: number, to: number): (value: number) => number {
  return (value) => from + Math.min(1, Math.max(0, (value - low) / (high - low))) * (to - from);
}

/** A bar with a value and its interval, a tick for the requirement, and a hollow mark for the baseline. */
export function IntervalBar({
  marks,
  axis,
  label,
}: {
  marks: BarMarks;
  axis: Axis;
  label: string;
}): JSX.Element {
  const { value, low, high, required = null, baseline = null } = marks;
  const x = scale(axis, BAR.edge, BAR.width - BAR.edge);
  const middle = BAR.height / 2;
  return (
    <svg class="bar" viewBox={`0 0 ${BAR.width} ${BAR.height}`} role="img" aria-label={label}>
      <line class="track" x1={BAR.edge} x2={BAR.width - BAR.edge} y1={middle} y2={middle} />
      {low === null || high === null ? null : (
        <rect
          class="range"
          x={n(x(low))}
          y={middle - 4}
          width={n(Math.max(1, x(high) - x(low)))}
          height="8"
          rx="3"
        />
      )}
      {required === null ? null : <path class="need" d={`M${n(x(required))} ${middle - 9}V${middle + 9}`} />}
      {baseline === null ? null : <circle class="was" cx={n(x(baseline))} cy={middle} r="4" />}
      {value === null ? null : <circle class="now" cx={n(x(value))} cy={middle} r="4" />}
    </svg>
  );
}

const TREND = { width: 720, height: 150, left: 44, right: 12, top: 12, bottom: 24 };

/**
 * The runs of a trend: the runs with a pass rate that have the same target as the last run. A line through runs of
 * different prompts or models would look like a change of one target.
 *
 * @param history oldest first
 */
export function trendOf(history: readonly PastRun[]): readonly PastRun[] {
  const target = history.at(-1)?.target;
  return history.filter((one) => one.target === target && one.pass_rate.value !== null);
}

/** Pass rates of the earlier runs of the same target and of this run; draws nothing when there was no earlier run. */
export function Trend({ history }: { history: readonly PastRun[] }): JSX.Element | null {
  const known = trendOf(history);
  const [first, last] = [known[0], known.at(-1)];
  if (known.length < 2 || first === undefined || last === undefined) return null;
  const axis = axisFor(known.flatMap(({ pass_rate: { value, low = null } }) => [value, low]));
  const y = scale(axis, TREND.height - TREND.bottom, TREND.top);
  const step = (TREND.width - TREND.left - TREND.right - 16) / (known.length - 1);
  const x = (index: number): number => TREND.left + 8 + index * step;
  return (
    <svg
      class="trend"
      viewBox={`0 0 ${TREND.width} ${TREND.height}`}
      role="img"
      aria-label={`Pass rate of the last ${known.length} runs of this target: from ${percent(first.pass_rate.value ?? 0)} to ${percent(last.pass_rate.value ?? 0)}`}
    >
      {[axis.low, (axis.low + axis.high) / 2, axis.high].map((tick) => (
        <g key={tick}>
          <line
            class="track"
            x1={TREND.left}
            x2={TREND.width - TREND.right}
            y1={n(y(tick))}
            y2={n(y(tick))}
          />
          <text class="tick" x={TREND.left - 6} y={n(y(tick) + 4)} text-anchor="end">
            {(tick * 100).toFixed(0)} %
          </text>
        </g>
      ))}
      <polyline
        class="path"
        points={known.map(({ pass_rate }, at) => `${n(x(at))},${n(y(pass_rate.value ?? 0))}`).join(" ")}
      />
      {known.map(({ id, target, pass_rate: { value, low = null, high = null } }, at) => (
        <g key={id}>
          <title>{`${id}, ${target}: ${percent(value ?? 0)}`}</title>
          {low === null || high === null ? null : (
            <path class="whisker" d={`M${n(x(at))} ${n(y(low))}V${n(y(high))}`} />
          )}
          <circle
            class={at === known.length - 1 ? "now" : "past"}
            cx={n(x(at))}
            cy={n(y(value ?? 0))}
            r="4"
          />
        </g>
      ))}
      <text class="tick" x={TREND.left} y={TREND.height - 6}>
        {first.started_at.slice(0, 10)}
      </text>
      <text class="tick" x={TREND.width - TREND.right} y={TREND.height - 6} text-anchor="end">
        {last.started_at.slice(0, 10)}
      </text>
    </svg>
  );
}

/** A line of pass rates without numbers, for a list. */
export function Sparkline({
  values,
  label,
}: {
  values: readonly number[];
  label: string;
}): JSX.Element | null {
  if (values.length < 2) return null;
  const axis = axisFor(values);
  const y = scale(axis, 20, 4);
  const points = values.map((value, at) => `${n((at / (values.length - 1)) * 96 + 2)},${n(y(value))}`);
  return (
    <svg class="spark" viewBox="0 0 100 24" role="img" aria-label={label}>
      <polyline class="path" points={points.join(" ")} />
      <circle class="now" cx="98" cy={n(y(values.at(-1) ?? 0))} r="2.5" />
    </svg>
  );
}

const HISTOGRAM = { width: 330, height: 96, floor: 78 };

/** A number that fits above a column: `3,342`, `120k`. */
const short = (many: number): string => (many < 10_000 ? count(many) : `${Math.round(many / 1000)}k`);

/** Counts the values in each tenth of [0, 1]; 1 belongs to the last tenth, and null is not counted. */
export function tenths(values: Iterable<number | null>): number[] {
  const bins = Array.from({ length: 10 }, () => 0);
  for (const value of values) {
    if (value === null) continue;
    const bin = Math.min(9, Math.max(0, Math.floor(value * 10)));
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  return bins;
}

/** A histogram of cases by their share or score, with one column for each tenth of [0, 1]. */
export function Histogram({ name, bins }: { name: string; bins: readonly number[] }): JSX.Element | null {
  const all = bins.reduce((sum, one) => sum + one, 0);
  if (all === 0) return null;
  const largest = Math.max(...bins);
  const width = HISTOGRAM.width / bins.length;
  const labels = bins.flatMap((many, at) =>
    many === 0 ? [] : [`${plural(many, "case")} from ${at * 10} to ${at * 10 + 10} %`],
  );
  return (
    <figure>
      <figcaption>{name}</figcaption>
      <svg
        class="histogram"
        viewBox={`0 0 ${HISTOGRAM.width} ${HISTOGRAM.height}`}
        role="img"
        aria-label={`${name}: ${labels.join(", ")}`}
      >
        {bins.map((many, at) => {
          const height = many === 0 ? 0 : Math.max(2, (many / largest) * (HISTOGRAM.floor - 14));
          const top = HISTOGRAM.floor - height;
          return (
            <g key={at}>
              <rect
                class="column"
                x={n(at * width + 1.5)}
                y={n(top)}
                width={n(width - 3)}
                height={n(height)}
              />
              {many === 0 ? null : (
                <text class="tick" x={n(at * width + width / 2)} y={n(top - 3)} text-anchor="middle">
                  {short(many)}
                </text>
              )}
            </g>
          );
        })}
        <line class="track" x1="0" x2={HISTOGRAM.width} y1={HISTOGRAM.floor} y2={HISTOGRAM.floor} />
        {([0, 50, 100] as const).map((tick) => (
          <text
            key={tick}
            class="tick"
            x={n((tick / 100) * HISTOGRAM.width)}
            y={HISTOGRAM.height - 4}
            text-anchor={tick === 0 ? "start" : tick === 100 ? "end" : "middle"}
          >
            {tick} %
          </text>
        ))}
      </svg>
    </figure>
  );
}
