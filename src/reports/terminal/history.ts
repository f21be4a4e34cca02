import type { FlakyCase } from "../../metrics/stability.ts";
import { dollars, percent, plural } from "../format-numbers.ts";
import { plainLine } from "../plain-text.ts";
import { cut, cutName } from "./cut.ts";
import { fold } from "./fold.ts";
import { columns } from "./style.ts";

/** One past run for display; null means unknown. */
export interface PastRun {
  readonly id: string;
  /** Start of the run, ISO 8601, UTC. */
  readonly started_at: string;
  readonly suite: string;
  /** The suite, with the model's alias if it has several. */
  readonly name: string;
  readonly target: string;
  /** Prompt version, `support@1.2.0`; null without a versioned prompt. */
  readonly prompt: string | null;
  /** Alias of the model. */
  readonly model: string;
  /** The commit at HEAD; null outside git and before the first commit. */
  readonly commit: string | null;
  /** The branch; null when HEAD was detached, or the run is from a version of evals that did not store it. */
  readonly branch: string | null;
  /** Whether files differed from the commit; null outside git. */
  readonly dirty: boolean | null;
  readonly fingerprint: string;
  readonly trials: number;
  readonly cases: number;
  /** Whether only some of the suite's cases were chosen, so that its pass rate is not that of the suite. */
  readonly narrowed: boolean;
  /** Pass rate as a share in [0, 1]; `low` and `high` are its 95 % interval. */
  readonly pass_rate: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly cost_usd: number | null;
  /** The gate's outcome; the run's status when there is none. */
  readonly outcome: string;
  readonly verdict: string;
  /** The command that resumes an interrupted run; null for others. */
  readonly go_on: string | null;
}

/** How stable the results of a suite's newest fingerprint are over its runs. */
export interface StabilityView {
  /** The stability in one sentence. */
  readonly said: string;
  readonly flaky: readonly FlakyCase[];
  /** Number of cases with two answers or more; only for them is flakiness known. */
  readonly measured: number;
  /** Number of cases of the newest fingerprint; null before its first complete run. */
  readonly cases: number | null;
}

/** The number of flaky cases in words, or that it is unknown. */
export function flakySentence({ flaky, measured, cases }: StabilityView): string {
  if (cases === null || measured === 0)
    return `whether a case is flaky is unknown: ${cases === null ? "there is no complete run yet" : "each case has one answer"}`;
  const known =
    measured === cases ? "" : `, of the ${measured} of ${cases} cases that have two answers or more`;
  return flaky.length === 0
    ? `no case of the newest fingerprint is flaky${known}`
    : `${plural(flaky.length, "case is", "cases are")} flaky${known}`;
}

/** The outcome comes before the numbers, because a narrow terminal cuts the end of a line. */
const HEAD = ["run", "started (UTC)", "suite", "outcome", "passed", "95 %", "cost", "target"];

/** Maximum columns of a suite's name; a longer one would leave no space for the outcome. */
const SUITE_WIDTH = 20;

/** Runs of all suites, in the order given, grouped by branch and commit. */
export function historyListing(runs: readonly PastRun[], width: number): string {
  if (runs.length === 0) return "No runs yet: evals run\n";
  const rows = runs.map((run) => [
    run.id,
    startOf(run),
    cutName(plainLine(run.name), SUITE_WIDTH),
    run.outcome.replace("_", " "),
    rateOf(run),
    interval(run),
    costOf(run),
    plainLine(run.target),
  ]);
  const [head = "", ...lines] = columns([HEAD, ...rows], "  ");
  return `${[cut(head, width), ...underHeadings(runs, lines, placeOf, width), ...goOnLines(runs)].join("\n")}\n`;
}

/**
 * The lines of runs. A heading comes before each run for which `headingOf` gives another text than for the run
 * above it.
 */
export function underHeadings(
  runs: readonly PastRun[],
  lines: readonly string[],
  headingOf: (run: PastRun) => string,
  width: number,
): string[] {
  const headings = runs.map(headingOf);
  return lines.flatMap((line, at) => {
    const heading = headings[at] ?? "";
    const same = heading === (headings[at - 1] ?? "");
    return [
      ...(same
        ? []
        : fold(`— ${heading === "" ? "outside git" : heading}`, width).map((part) => cut(part, width))),
      cut(line, width),
    ];
  });
}

/** The git state of a run: `main at 1d2c0aa, files changed`; empty outside git. */
export function placeOf({ commit, branch, dirty }: PastRun): string {
  const at = commit === null ? [] : [commit.slice(0, 7)];
  const known = [...(branch === null ? [] : [plainLine(branch)]), ...at].join(" at ");
  const place = known !== "" && commit === null ? `${known}, before its first commit` : known;
  return place !== "" && dirty === true ? `${place}, files changed` : place;
}

/** The commands that resume interrupted runs: one for each suite whose newest run was interrupted. */
export function goOnLines(runs: readonly PastRun[]): string[] {
  const newest = runs.filter((run, at) => runs.findIndex(({ suite }) => suite === run.suite) === at);
  const commands = newest.flatMap(({ go_on }) => go_on ?? []);
  return commands.length === 0 ? [] : ["", ...commands.map((command) => `to go on: ${command}`)];
}

export const startOf = ({ started_at }: PastRun): string => started_at.slice(0, 16).replace("T", " ");
export const rateOf = ({ pass_rate }: PastRun): string =>
  pass_rate === null ? "unknown" : percent(pass_rate);
export const costOf = ({ cost_usd }: PastRun): string => (cost_usd === null ? "—" : dollars(cost_usd));

export function interval({ low, high }: PastRun): string {
  return low === null || high === null ? "—" : `${(low * 100).toFixed(0)}–${(high * 100).toFixed(0)}`;
}

export const BLOCKS = "▁▂▃▄▅▆▇█";

const MAX_FLAKY = 30;

/** Cases that pass only sometimes, flakiest first, with their share of passed trials in each run. */
export function flakyListing(suite: string, stability: StabilityView, runs: number, width: number): string {
  const { said, flaky } = stability;
  const rows = flaky
    .slice(0, MAX_FLAKY)
    .map((one) => [
      `  ${cutName(plainLine(one.id), 32)}`,
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
      : [indented("flips: how often two trials of the case disagree; 50 % if each were a fair coin", width)]),
  ];
  return `${blocks.map((block) => block.join("\n")).join("\n\n")}\n`;
}

/** The shares as blocks, on a scale from 0 to 1. */
function sharesLine(shares: readonly (number | null)[]): string {
  return shares
    .map((share) => (share === null ? "·" : BLOCKS[Math.round(share * (BLOCKS.length - 1))]))
    .join("");
}

export function indented(text: string, width: number): string[] {
  return fold(`  ${text}`, width, 0);
}

const CSV_COLUMNS = [
  ...["id", "started_at", "suite", "target", "fingerprint", "trials", "cases"],
  ...["pass_rate", "low", "high", "cost_usd", "outcome", "verdict"],
  ...["prompt", "model", "commit", "branch", "dirty"],
] as const satisfies readonly (keyof PastRun)[];

/** The runs as CSV (RFC 4180, but with line feeds); an unknown value is an empty cell. */
export function historyCsv(runs: readonly PastRun[]): string {
  const lines = runs.map((run) => CSV_COLUMNS.map((name) => csvCell(run[name])).join(","));
  return `${[CSV_COLUMNS.join(","), ...lines].join("\n")}\n`;
}

/** One cell of CSV. Text that a spreadsheet would treat as a formula gets an apostrophe in front. */
export function csvCell(value: string | number | boolean | null): string {
  if (value === null) return "";
  if (typeof value !== "string") return String(value);
  const text = plainLine(value);
  const harmless = /^\s*[=+\-@]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(harmless) ? `"${harmless.replace(/"/g, '""')}"` : harmless;
}
