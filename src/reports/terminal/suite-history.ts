import { percent, plural } from "../format-numbers.ts";
import { plainLine } from "../plain-text.ts";
import { cut } from "./cut.ts";
import {
  BLOCKS,
  costOf,
  flakySentence,
  goOnLines,
  indented,
  interval,
  type PastRun,
  placeOf,
  rateOf,
  type StabilityView,
  startOf,
  underHeadings,
} from "./history.ts";
import { columns } from "./style.ts";

/**
 * One suite over time: the trend as a line of blocks, its stability, then each run with its interval on a
 * common scale.
 *
 * @param runs newest first
 */
export function suiteHistory(
  suite: string,
  runs: readonly PastRun[],
  stability: StabilityView,
  width: number,
): string {
  if (runs.length === 0) return `No runs of ${plainLine(suite)} yet: evals run ${plainLine(suite)}\n`;
  const groups = groupsOf(runs);
  const blocks = [
    [`${plainLine(suite)}   ${plural(runs.length, "run")}`],
    ...groups.map((group) => [
      ...(groups.length === 1 ? [] : [cut(`  ${group.name}   ${plural(group.runs.length, "run")}`, width)]),
      ...trendLines(group.runs, width),
    ]),
    indented(stability.said, width),
    runLines(
      groups.flatMap((group) => group.runs),
      width,
    ),
    goOnLines(runs).slice(1),
    indented(
      `${flakySentence(stability)}${stability.flaky.length === 0 ? "" : `: evals history ${plainLine(suite)} --flaky`}`,
      width,
    ),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

interface RunGroup {
  readonly name: string;
  readonly runs: readonly PastRun[];
}

/**
 * Groups runs by prompt version and model, the group with the newest run first, because a trend over different
 * prompts has no meaning.
 */
function groupsOf(runs: readonly PastRun[]): RunGroup[] {
  const severalModels = new Set(runs.map(({ model }) => model)).size > 1;
  const nameOf = ({ prompt, model }: PastRun): string =>
    [...(prompt === null ? ["no prompt version"] : [prompt]), ...(severalModels ? [model] : [])]
      .map(plainLine)
      .join(" · ");
  return [...new Set(runs.map(nameOf))].map((name) => ({
    name,
    runs: runs.filter((run) => nameOf(run) === name),
  }));
}

/**
 * Shares as blocks, on a scale from the lowest to the highest share; `·` for an unknown share. A scale of less
 * than five points is widened, so that noise does not look like a change.
 */
export function sparkline(shares: readonly (number | null)[]): string {
  const { low, high } = scaleOf(shares.filter((one) => one !== null));
  return shares
    .map((share) => {
      if (share === null) return "·";
      const step = Math.floor(((share - low) / (high - low)) * BLOCKS.length);
      return BLOCKS[Math.max(0, Math.min(BLOCKS.length - 1, step))];
    })
    .join("");
}

function scaleOf(known: readonly number[]): { readonly low: number; readonly high: number } {
  const low = Math.min(1, ...known);
  const high = Math.max(0, ...known);
  const missing = Math.max(0, 0.05 - (high - low)) / 2;
  const up = Math.min(1, high + missing);
  return { low: Math.max(0, Math.min(low - missing, up - 0.05)), high: Math.max(up, 0.05) };
}

function trendLines(runs: readonly PastRun[], width: number): string[] {
  const oldestFirst = runs
    .filter(({ narrowed }) => !narrowed)
    .reverse()
    .slice(-Math.max(10, width - 20));
  const known = oldestFirst.flatMap(({ pass_rate }) => (pass_rate === null ? [] : [pass_rate]));
  if (known.length === 0) return [];
  const newest = oldestFirst.at(-1);
  const now =
    newest === undefined || newest.pass_rate === null
      ? []
      : [
          `             now ${percent(newest.pass_rate)}${newest.low === null ? "" : `, 95 % ${interval(newest)}`}`,
        ];
  return [
    `  pass rate  ${sparkline(oldestFirst.map((one) => one.pass_rate))}`,
    `             oldest to newest, lowest ${percent(Math.min(...known))}, highest ${percent(Math.max(...known))}`,
    ...now,
  ];
}

/** Columns of a run's line that other texts take, so that the plot cannot use them. */
const BESIDE_PLOT = 63;

/** Runs grouped by target, branch and commit. */
function runLines(runs: readonly PastRun[], width: number): string[] {
  const space = Math.max(8, Math.min(30, width - BESIDE_PLOT));
  const bounds = runs.flatMap(({ low, high }) => [low, high]).filter((one) => one !== null);
  const scale = scaleOf(bounds);
  const rows = runs.map((run) => [
    run.id,
    startOf(run),
    rateOf(run),
    interval(run),
    drawn(run, scale, space).padEnd(space),
    costOf(run),
    run.outcome.replace("_", " "),
  ]);
  const scaleText = `${(scale.low * 100).toFixed(0)}${`${(scale.high * 100).toFixed(0)} %`.padStart(space - 2)}`;
  const [head = "", ...lines] = columns(
    [["run", "started (UTC)", "passed", "95 %", scaleText, "cost", "outcome"], ...rows],
    "  ",
  );
  return [cut(head, width), ...underHeadings(runs, lines, headingOf, width)];
}

/** Maximum columns of a target in a heading. */
const MAX_TARGET = 60;

function headingOf(run: PastRun): string {
  const { name, suite, target, cases, narrowed, trials, fingerprint } = run;
  const listed = name === suite ? "" : plainLine(name);
  const size = `${narrowed ? "only " : ""}${plural(cases, "case")} × ${trials}`;
  return [listed, cut(plainLine(target), MAX_TARGET), size, fingerprint.slice(0, 8), placeOf(run)]
    .filter((part) => part !== "")
    .join(" · ");
}

/** Draws the interval and value on a scale: `├──●───┤`. */
function drawn(
  { low, high, pass_rate }: PastRun,
  scale: { readonly low: number; readonly high: number },
  space: number,
): string {
  if (pass_rate === null || low === null || high === null) return "";
  const at = (value: number): number =>
    Math.round(Math.min(1, Math.max(0, (value - scale.low) / (scale.high - scale.low))) * (space - 1));
  const [left, right, middle] = [at(low), at(high), at(pass_rate)];
  return Array.from({ length: right + 1 }, (_, i) => {
    if (i === middle) return "●";
    if (i < left) return " ";
    return i === left ? "├" : i === right ? "┤" : "─";
  }).join("");
}
