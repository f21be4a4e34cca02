import type {
  ArmMetric,
  ArmMetricName,
  ArmStratum,
  ArmsComparison,
  ArmsPlan,
  ArmVerdict,
} from "../../domain/arms.ts";
import { count, dollars, duration, percent, plural, points } from "../format-numbers.ts";
import { plainLine } from "../plain-text.ts";
import { cutName } from "./cut.ts";
import { fold } from "./fold.ts";
import { columns, type Style } from "./style.ts";

const VERDICT: Readonly<Record<ArmVerdict, string>> = {
  a_better: "A IS BETTER",
  b_better: "B IS BETTER",
  undecided: "UNDECIDED",
};

/**
 * The report of `evals ab`: the verdict, all numbers, then the strata, those that differ first. Ends with a
 * line feed.
 */
export function armsText(compared: ArmsComparison, style: Style, width: number): string {
  const { verdict, arms, design, pairs, strata, notes } = compared;
  const shade = verdict === "undecided" ? style.unsure : style.strong;
  const head = [
    `${shade(VERDICT[verdict])}   ${decision(compared)}`,
    `  a  ${plainLine(arms.a.source)}: ${plural(arms.a.sessions, "session")}, ${plural(arms.a.answers, "answer")}`,
    `  b  ${plainLine(arms.b.source)}: ${plural(arms.b.sessions, "session")}, ${plural(arms.b.answers, "answer")}`,
    design === "shadow"
      ? `  Both arms answered the same inputs: ${plural(pairs, "pair")}.`
      : `  Each arm has its own sessions, paired in order of time: ${plural(pairs, "pair")}.`,
    "  The 95 % intervals stay valid however often you look: stop when the verdict is decided.",
  ].flatMap((line) => fold(line, width));
  const body = [
    ...columns([["metric", "a", "b", "b − a", "95 %"], ...compared.metrics.map(metricRow)], "  "),
    ...strataLines(strata),
    ...notes.flatMap((note) => fold(plainLine(note), width)),
  ];
  return `${[...head, "", ...body].join("\n")}\n`;
}

function decision({ metrics, decided_by }: ArmsComparison): string {
  const metric = metrics.find((one) => one.metric === decided_by);
  if (metric?.delta == null) return "it is not known which answers are good";
  return `${nameOf(metric.metric)} ${points(metric.delta)} points (${range(metric)})`;
}

const nameOf = (name: ArmMetricName): string => name.replaceAll("_", " ");

const SHARES: ReadonlySet<ArmMetricName> = new Set(["pass_rate", "preference", "error_rate", "refusal_rate"]);

function shown(name: ArmMetricName, value: number | null): string {
  if (value === null) return "—";
  if (SHARES.has(name)) return percent(value);
  if (name.startsWith("latency")) return duration(value);
  if (name === "cost_per_trial") return dollars(value);
  return value.toFixed(Math.abs(value) >= 100 ? 0 : 2).replace("-", "−");
}

function change(name: ArmMetricName, value: number | null): string {
  if (value === null) return "—";
  if (SHARES.has(name)) return points(value);
  return `${value < 0 ? "−" : "+"}${shown(name, Math.abs(value))}`;
}

function range({ metric, low, high }: ArmMetric): string {
  return low === null && high === null ? "—" : `${change(metric, low)} to ${change(metric, high)}`;
}

function metricRow(one: ArmMetric): string[] {
  const { metric, a, b, delta } = one;
  return [nameOf(metric), shown(metric, a), shown(metric, b), change(metric, delta), range(one)];
}

function strataLines(strata: readonly ArmStratum[]): string[] {
  if (strata.length === 0) return [];
  const row = ({ stratum, metrics, p_adjusted: p, verdict }: ArmStratum): string[] => {
    const [metric] = metrics.filter((one) => one.delta !== null);
    return [
      cutName(plainLine(stratum), 27),
      metric === undefined ? "—" : count(Math.min(metric.sessions.a, metric.sessions.b)),
      metric === undefined ? "—" : change(metric.metric, metric.delta),
      metric === undefined ? "—" : range(metric),
      p === null ? "—" : p < 0.001 ? "< 0.001" : p.toFixed(3),
      verdict === "undecided" ? "" : VERDICT[verdict].toLowerCase(),
    ];
  };
  const ordered = [...strata].sort((one, other) => (one.p_adjusted ?? 2) - (other.p_adjusted ?? 2));
  return [
    "",
    ...columns([["stratum", "sessions", "b − a", "95 %", "p", ""], ...ordered.map(row)], "  "),
    `  p is adjusted for ${plural(strata.length, "stratum", "strata")} (Benjamini–Hochberg)`,
  ];
}

/** The report of `evals power --ab`: the number of sessions that each arm needs. Ends with a line feed. */
export function armsPlanText(plan: ArmsPlan, style: Style, width: number): string {
  const lines = [
    `${style.strong(`${count(plan.sessions)} sessions per arm`)} detect a difference of ${points(plan.effect).slice(1)} points with ${percent(plan.power)} chance, at a pass rate of ${percent(plan.rate)}`,
    ...(plan.rate_stated
      ? []
      : ["  The pass rate was not given: 50 %, which needs the most sessions, is assumed; --rate sets it."]),
    `  You may look every day and stop when the verdict is decided. A test with a single look, on a day fixed in advance, needs ${count(plan.single_look)}.`,
  ];
  return `${lines.flatMap((line) => fold(line, width)).join("\n")}\n`;
}
