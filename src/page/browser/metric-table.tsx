import type { JSX } from "preact";
import type { RunReport } from "../../domain/report.ts";
import { count, duration, points } from "../../reports/format-numbers.ts";
import {
  boundText,
  deltaText,
  intervalText,
  type MetricRow,
  metricRows,
  metricText,
} from "../../reports/metric-rows.ts";
import { type Axis, axisFor, IntervalBar } from "./charts.tsx";

const MAX_TAGS = 200;

/** Every metric with its interval, its requirement and the baseline. */
export function MetricSection({ report }: { report: RunReport }): JSX.Element {
  const rows = metricRows(report);
  const compared = rows.some((row) => row.baseline !== null);
  const rates = rows.filter((row) => row.unit === "ratio");
  const axis = axisFor(
    rates.flatMap((row) => [row.value, row.low, row.required?.value ?? null, row.baseline?.value ?? null]),
  );
  const times = timeAxis(rows.filter((row) => row.unit === "ms"));
  return (
    <section aria-label="metrics">
      <h2>Metrics</h2>
      <Scroll label="metrics">
        <table>
          <thead>
            <tr>
              <th scope="col">metric</th>
              <th scope="col" class="number">
                now
              </th>
              <th scope="col" class="number">
                95 %
              </th>
              <th scope="col">{axisLabel(axis)}</th>
              <th scope="col">required</th>
              {compared ? (
                <>
                  <th scope="col" class="number">
                    baseline
                  </th>
                  <th scope="col" class="number">
                    points (90 %)
                  </th>
                  <th scope="col">verdict</th>
                </>
              ) : null}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <MetricLine
                key={row.metric}
                row={row}
                axis={row.unit === "ms" ? times : row.unit === "ratio" ? axis : null}
                compared={compared}
              />
            ))}
          </tbody>
        </table>
      </Scroll>
      <p class="legend">
        filled dot: this run · bar: its 95 % interval · hollow dot: the baseline · red line: required
        {times === null ? "" : ` · times: 0 to ${duration(times.high)}`}
      </p>
      {compared ? (
        <p class="legend">
          regressed: surely worse by more than the gate allows · small drop: surely worse, but surely by less
          than the gate allows · no regression: surely not worse by more than the gate allows · improved:
          surely better · inconclusive: not enough evidence
        </p>
      ) : null}
    </section>
  );
}

/** A section that scrolls sideways when its table is wider than the screen. */
export function Scroll({ label, children }: { label: string; children: JSX.Element }): JSX.Element {
  return (
    <section class="scroll" tabIndex={0} aria-label={`${label}, a table`}>
      {children}
    </section>
  );
}

/**
 * The axis of all rows with a time, in milliseconds: from 0 to the largest known value; null when no value is known.
 */
function timeAxis(rows: readonly MetricRow[]): Axis | null {
  const known = rows
    .flatMap((row) => [row.value, row.high, row.required?.value ?? null, row.baseline?.value ?? null])
    .filter((value) => value !== null);
  const latest = Math.max(0, ...known);
  return latest === 0 ? null : { low: 0, high: latest };
}

const axisLabel = ({ low, high }: Axis): string =>
  `${(low * 100).toFixed(0)} to ${(high * 100).toFixed(0)} %`;

interface LineProps {
  readonly row: MetricRow;
  /** The axis of the metric's bar; null when no bar is drawn. */
  readonly axis: Axis | null;
  readonly compared: boolean;
}

function MetricLine({ row, axis, compared }: LineProps): JSX.Element {
  const { value, low, high, unit, required, baseline } = row;
  const interval = intervalText(low, high, unit);
  const marks = { value, low, high, required: required?.value ?? null, baseline: baseline?.value ?? null };
  return (
    <tr>
      <th scope="row">{row.label}</th>
      <td class="number">{metricText(value, unit)}</td>
      <td class="number">{interval}</td>
      <td>
        {axis === null ? null : (
          <IntervalBar
            marks={marks}
            axis={axis}
            label={`${row.label} ${metricText(value, unit)}, ${interval}`}
          />
        )}
      </td>
      <td>
        {required === null ? "" : boundText(required.text, unit)}
        {required === null || required.outcome === "passed" ? null : (
          <strong class={required.outcome === "failed" ? "bad" : "unsure"}>
            {" "}
            {required.outcome === "failed" ? "missed" : "undecided"}
          </strong>
        )}
      </td>
      {compared ? (
        <>
          <td class="number">{baseline === null ? "" : metricText(baseline.value, unit)}</td>
          <td class="number">{baseline === null ? "" : deltaText(baseline, unit)}</td>
          <td>{baseline === null ? null : <VerdictWord verdict={baseline.verdict} />}</td>
        </>
      ) : null}
    </tr>
  );
}

export function VerdictWord({ verdict }: { verdict: string }): JSX.Element {
  const tone = verdict === "regressed" ? "bad" : verdict === "improved" ? "good" : "faint";
  return <span class={tone}>{verdict.replaceAll("_", " ")}</span>;
}

/** The pass rate of each tag with its interval, and its change from the baseline. */
export function TagSection({ report }: { report: RunReport }): JSX.Element | null {
  const moved = new Map(report.comparison?.tags.map((one) => [one.tag, one]));
  const rated = Object.entries(report.tags)
    .flatMap(([tag, { pass_rate: rate }]) =>
      rate?.value == null ? [] : [{ tag, value: rate.value, low: rate.low ?? null, high: rate.high ?? null }],
    )
    .sort((a, b) => a.value - b.value);
  if (rated.length === 0) return null;
  const axis = axisFor(rated.flatMap(({ value, low }) => [value, low]));
  return (
    <section aria-label="tags">
      <h2>Tags</h2>
      <Scroll label="tags">
        <table>
          <thead>
            <tr>
              <th scope="col">tag</th>
              <th scope="col" class="number">
                pass rate
              </th>
              <th scope="col" class="number">
                95 %
              </th>
              <th scope="col">{axisLabel(axis)}</th>
              {moved.size === 0 ? null : (
                <th scope="col" class="number">
                  points (90 %)
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {rated.slice(0, MAX_TAGS).map(({ tag, value, low, high }) => {
              const move = moved.get(tag);
              const interval = intervalText(low, high, "ratio");
              return (
                <tr key={tag}>
                  <th scope="row">{tag}</th>
                  <td class="number">{metricText(value, "ratio")}</td>
                  <td class="number">{interval}</td>
                  <td>
                    <IntervalBar marks={{ value, low, high }} axis={axis} label={`${tag} ${interval}`} />
                  </td>
                  {moved.size === 0 ? null : (
                    <td class="number">
                      {move === undefined
                        ? ""
                        : `${points(move.delta)} (${points(move.low)} to ${points(move.high)})${move.significant ? " moved" : ""}`}
                    </td>
                  )}
                </tr>
              );
            })}
          </tbody>
        </table>
      </Scroll>
      {rated.length > MAX_TAGS ? <p>{count(rated.length - MAX_TAGS)} more tags.</p> : null}
    </section>
  );
}
