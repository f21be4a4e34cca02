import type { MetricValue } from "../../domain/run.ts";
import type { ScoredTraffic, TrafficDay } from "../../domain/scored-traffic.ts";
import { dollars, duration, percent, plural } from "../format-numbers.ts";
import { plainLine } from "../plain-text.ts";
import { cut } from "./cut.ts";
import { fold } from "./fold.ts";
import { columns } from "./style.ts";

/**
 * The scores of traffic by day, then in total, then the scorers that could not be used.
 *
 * @param width of the terminal
 */
export function scoredTrafficText(scored: ScoredTraffic, width: number): string {
  const { suite, days, total, scorers, sample, judged, unjudged } = scored;
  if (total.traces === 0)
    return "No trace matches. `evals traffic` counts all stored traces, with their tags, prompts and models.\n";
  const used = scorers.filter(({ left }) => left === null);
  const shown = used.map(({ name }) => `score.${name}`);
  const drawn =
    sample === null
      ? ""
      : `, ${plural(total.scored, "trace")} drawn (${percent(sample.share)}, seed ${plainLine(sample.seed)})`;
  const rates = ["pass_rate", ...shown, "error_rate"].filter((name) => total.metrics[name]?.value != null);
  const rows = [...days.map((day) => [day.day ?? "no time", day] as const), ["all", total] as const];
  return `${[
    ...fold(
      `${plainLine(suite)} on traffic: ${plural(total.traces, "trace")} in ${plural(total.sessions, "session")}${drawn}`,
      width,
    ),
    "",
    ...columns([
      ["day", "traces", ...rates.map(label)],
      ...rows.map(([name, day]) => [
        name,
        `${day.traces}`,
        ...rates.map((rate) => rateText(day.metrics[rate])),
      ]),
    ]).map((line) => cut(line, width)),
    "",
    ...columns([
      ["day", "p50", "p95", "p99", "cost", "errors"],
      ...rows.map(([name, day]) => [
        name,
        ...["latency_p50", "latency_p95", "latency_p99"].map((one) => known(day.metrics[one], duration)),
        known(day.metrics.cost_usd, dollars),
        errorsText(day),
      ]),
    ]).map((line) => cut(line, width)),
    "",
    ...scorers.flatMap(({ name, left }) =>
      left === null ? [] : fold(`  ${plainLine(name)} cannot score traffic: ${plainLine(left)}.`, width),
    ),
    ...(judged === null
      ? []
      : [
          `  judges ${plural(judged.calls, "call")}, ${judged.usd === null ? "cost unknown" : dollars(judged.usd)}`,
        ]),
    ...(unjudged === 0
      ? []
      : [`  ${plural(unjudged, "trace")} not judged: the budget is reached, or the judge did not answer`]),
    "  one trace with its scores: evals show trace:<id>",
  ].join("\n")}\n`;
}

const label = (metric: string): string => plainLine(metric.replace(/^score\./, "").replace("_", " "));

/** A rate with its interval in per cent, `86 % (29–99)`; a small rate has one more digit. */
function rateText(value: MetricValue | undefined): string {
  if (value?.value == null) return "–";
  const { low, high } = value;
  const bounds = low == null || high == null ? "" : ` (${hundredths(low)}–${hundredths(high)})`;
  return `${hundredths(value.value)} %${bounds}`;
}

const hundredths = (share: number): string => (100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0);

const known = (value: MetricValue | undefined, text: (one: number) => string): string =>
  value?.value == null ? "unknown" : text(value.value);

function errorsText({ errors }: TrafficDay): string {
  const all = Object.entries(errors).map(([kind, count]) => `${kind} ${count}`);
  return all.length === 0 ? "none" : all.join(", ");
}
