import type { RunHeader } from "../../domain/run.ts";
import { percent, plural, priceText } from "../format-numbers.ts";
import { runName } from "../headline.ts";
import type { RescoredResult } from "../json/rescore-json.ts";
import { plainLine } from "../plain-text.ts";

/** The result of rescoring stored answers. */
interface ShownRescoring {
  readonly header: RunHeader;
  readonly result: Pick<RescoredResult, "counts" | "metrics" | "rescored_from" | "error_examples">;
  /** The pass rate of the same answers with their earlier scores, in [0, 1]; null when unknown. */
  readonly passRateBefore: number | null;
  /** The calls and the cost of judges; null without judges. */
  readonly judged: { readonly calls: number; readonly cost_usd: number | null } | null;
  /** Number of answers without a judge's verdict. */
  readonly unjudged: number;
  /** Why a judge's model could not be reached; null when each one could. */
  readonly unreachable: string | null;
}

/** The pass rates before and after rescoring, the judges' cost, and the number of answers that were not judged. */
export function rescoredText(rescored: ShownRescoring): string {
  const { header, result, passRateBefore, judged, unjudged, unreachable } = rescored;
  const { counts, metrics } = result;
  const because =
    unreachable === null ? "the budget is reached" : `the judge did not answer (${plainLine(unreachable)})`;
  const lines = [
    `${header.id}  ${runName(header)}  ${plural(counts.answered, "answer")} of run ${result.rescored_from} scored again`,
    `  pass rate ${rateText(passRateBefore)} → ${rateText(metrics.pass_rate?.value)}`,
    ...(judged === null ? [] : [`  judges ${plural(judged.calls, "call")}, ${priceText(judged.cost_usd)}`]),
    ...(unjudged === 0 ? [] : [`  ${plural(unjudged, "answer")} not judged: ${because}`]),
    ...result.error_examples.map(
      ({ kind, count, message }) =>
        `  ${plural(count, "error")} (${kind})${message === "" ? "" : `: ${plainLine(message)}`}`,
    ),
    `  its cases: evals show ${header.id} --failing`,
  ];
  return `${lines.join("\n")}\n`;
}

const rateText = (rate: number | null | undefined): string =>
  rate === null || rate === undefined ? "unknown" : percent(rate);
