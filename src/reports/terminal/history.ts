import type { FlakyCase } from "../../metrics/stability.ts";
import { dollars, percent, plural } from "../format-numbers.ts";
import { cut, plainLine } from "../plain-text.ts";
import { fold } from "./fold.ts";
import { columns } from "./style.ts";

/** One past run, as the history shows it; null is unknown. */
export interface PastRun {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly started_at: string;
  readonly suite: string;
  /** The suite, with the model's alias where it has several. */
  readonly name: string;
  readonly target: string;
  readonly fingerprint: string;
  readonly trials: number;
  readonly cases: number;
  /** Share in [0, 1] with its 95 % interval. */
  readonly pass_rate: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly cost_usd: number | null;
  /** The gate's outcome; the run's status when there is none. */
  readonly outcome: string;
  readonly verdict: string;
  /** The command that goes on with an interrupted run; null for any other. */
  readonly go_on: string | null;
}

/** How the newest fingerprint behaves over its runs. */
export interface StabilityView {
  /** One sentence. */
  readonly said: string;
  readonly flaky: readonly FlakyCase[];
  /** Cases with two answers or more: only they can be seen to be flaky, or not to be. */
  readonly measured: number;
  /** Cases of the newest fingerprint; null before its first complete run. */
  readonly cases: number | null;
}

/** Which cases are flaky, as far as anybody can know. */
function flakySentence({ flaky, measured, cases }: StabilityView): string {
  if (cases === null || measured === 0)
    return `whether a case is flaky is unknown: ${cases === null ? "there is no complete run yet" : "each case has one answer"}`;
  const known =
    measured === cases ? "" : `, of the ${measured} of ${cases} cases that have two answers or more`;
  return flaky.length === 0
    ? `no case of the newest fingerprint is flaky${known}`
    : `${plural(flaky.length, "case is", "cases are")} flaky${known}`;
}

const HEAD = ["run", "started (UTC)", "suite", "passed", "95 %", "cost", "outcome", "target"];

/** A longer name of a suite would push the outcome off the line. */
const SUITE_WIDTH = 20;

/** Runs of all suites, in the order given. */
export function historyListing(runs: readonly PastRun[], width: number): string {
  if (runs.length === 0) return "No runs yet: evals run\n";
  const rows = runs.map((run) => [
    run.id,
    startOf(run),
    cut(plainLine(run.name), SUITE_WIDTH),
    rateOf(run),
    interval(run),
    costOf(run),
    run.outcome.replace("_", " "),
    plainLine(run.target),
  ]);
  return `${[...columns([HEAD, ...rows], "  ").map((line) => cut(line, width)), ...goOnLines(runs)].join("\n")}\n`;
}

/** How to go on with the interrupted runs that nothing came after: of each suite the newest one. */
function goOnLines(runs: readonly PastRun[]): string[] {
  const newest = runs.filter((run, at) => runs.findIndex(({ suite }) => suite === run.suite) === at);
  const commands = newest.flatMap(({ go_on }) => go_on ?? []);
  return commands.length === 0 ? [] : ["", ...commands.map((command) => `to go on: ${command}`)];
}

const startOf = ({ started_at }: PastRun): string => started_at.slice(0, 16).replace("T", " ");
const rateOf = ({ pass_rate }: PastRun): string => (pass_rate === null ? "unknown" : percent(pass_rate));
const costOf = ({ cost_usd }: PastRun): string => (cost_usd === null ? "—" : dollars(cost_usd));

function interval({ low, high }: PastRun): string {
  return low === null || high === null ? "—" : `${(low * 100).toFixed(0)}–${(high * 100).toFixed(0)}`;
}

/**
 * One suite over time: the trend as a line of blocks, is it stable, then each run with its interval drawn to one scale.
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
  const blocks = [
    [`${plainLine(suite)}   ${plural(runs.length, "run")}`],
    trendLines(runs, width),
    indented(stability.said, width),
    runLines(runs, width),
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

const BLOCKS = "▁▂▃▄▅▆▇█";

/**
 * Shares as blocks, lowest to highest on the scale given; `·` where nothing is known. A scale narrower than five points
 * is widened, so that noise does not look like a mountain range.
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
  const oldestFirst = [...runs].reverse().slice(-Math.max(10, width - 20));
  const known = oldestFirst.flatMap(({ pass_rate }) => (pass_rate === null ? [] : [pass_rate]));
  if (known.length === 0) return [];
  const [newest] = runs;
  const now =
    newest === undefined || newest.pass_rate === null
      ? ""
      : `   now ${percent(newest.pass_rate)}${newest.low === null ? "" : `, 95 % ${interval(newest)}`}`;
  return [
    `  pass rate  ${sparkline(oldestFirst.map((one) => one.pass_rate))}`,
    `             oldest to newest, ${percent(Math.min(...known))} to ${percent(Math.max(...known))}${now}`,
  ];
}

/** Columns that every other part of a run's line needs. */
const BESIDE_PLOT = 63;

/** Runs under the target they were made with: a new heading is a new fingerprint. */
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
  return [
    cut(head, width),
    ...lines.flatMap((line, index) => {
      const run = runs[index];
      const before = runs[index - 1];
      const same = run === undefined || run.fingerprint === before?.fingerprint;
      return [...(same ? [] : [cut(`— ${headingOf(run)}`, width)]), cut(line, width)];
    }),
  ];
}

function headingOf({ name, suite, target, cases, trials, fingerprint }: PastRun): string {
  const alias = name === suite ? "" : `${plainLine(name)} · `;
  return `${alias}${plainLine(target)} · ${plural(cases, "case")} × ${trials} · ${fingerprint.slice(0, 8)}`;
}

/** `├──●───┤`: the interval and the value on a scale. */
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

const MAX_FLAKY = 30;

/** Cases that pass only sometimes, flakiest first, with their share of passed trials run by run. */
export function flakyListing(suite: string, stability: StabilityView, runs: number, width: number): string {
  const { said, flaky } = stability;
  const rows = flaky
    .slice(0, MAX_FLAKY)
    .map((one) => [
      `  ${cut(plainLine(one.id), 32)}`,
      `${one.passed}/${one.answered}`,
      percent(one.flip_rate).padStart(7),
      runs > 1 ? sharesLine(one.shares) : "",
    ]);
  const head = ["  case", "passed", "flips", runs > 1 ? "by run, newest right" : ""];
  const lines =
    rows.length === 0
      ? indented(flakySentence(stability), width)
      : columns([head, ...rows], "  ").map((line) => cut(line, width));
  const more = flaky.length > MAX_FLAKY ? [`  …${flaky.length - MAX_FLAKY} more: --json lists all`] : [];
  const blocks = [
    [
      plainLine(suite),
      `  ${stability.measured === 0 ? "flaky cases unknown" : plural(flaky.length, "flaky case")} over ${plural(runs, "complete run")} of the newest fingerprint`,
    ],
    indented(said, width),
    [...lines, ...more],
    ...(rows.length === 0
      ? []
      : [indented("flips: how often two trials of the case disagree; a fair coin 50 %", width)]),
  ];
  return `${blocks.map((block) => block.join("\n")).join("\n\n")}\n`;
}

/** On the whole scale from never to always. */
function sharesLine(shares: readonly (number | null)[]): string {
  return shares
    .map((share) => (share === null ? "·" : BLOCKS[Math.round(share * (BLOCKS.length - 1))]))
    .join("");
}

function indented(text: string, width: number): string[] {
  return fold(`  ${text}`, width, 0);
}

const CSV_COLUMNS = [
  ...["id", "started_at", "suite", "target", "fingerprint", "trials", "cases"],
  ...["pass_rate", "low", "high", "cost_usd", "outcome", "verdict"],
] as const satisfies readonly (keyof PastRun)[];

/** RFC 4180 with line feeds; unknown is an empty cell. */
export function historyCsv(runs: readonly PastRun[]): string {
  const lines = runs.map((run) => CSV_COLUMNS.map((name) => csvCell(run[name])).join(","));
  return `${[CSV_COLUMNS.join(","), ...lines].join("\n")}\n`;
}

/**
 * One cell. Text that a spreadsheet would take for a formula gets an apostrophe before it: a suite's or model's name
 * must not compute anything.
 */
export function csvCell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const text = plainLine(value);
  const harmless = /^\s*[=+\-@]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(harmless) ? `"${harmless.replace(/"/g, '""')}"` : harmless;
}
