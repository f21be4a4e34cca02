import { EXIT } from "../../domain/exit-code.ts";
import { priceText } from "../../operations/judging/judging-price.ts";
import { type Rescored, rescore } from "../../operations/rescore.ts";
import { percent, plural } from "../../reports/format-numbers.ts";
import { runName } from "../../reports/headline.ts";
import { documentText } from "../../reports/json/documents.ts";
import { rescoreDocument } from "../../reports/json/rescore-json.ts";
import { plainLine } from "../../reports/plain-text.ts";
import type { Io } from "../io.ts";
import { keepHeapSmall } from "../small-heap.ts";

/** Options of `evals rescore`, as typed. */
export interface RescoreOptions {
  readonly directory?: string | undefined;
  readonly yes?: boolean | undefined;
  readonly budget?: string | undefined;
  readonly replay?: boolean | undefined;
  readonly json?: boolean | undefined;
}

/** `evals rescore`: the same answers under today's scorers, as a run of its own. */
export async function rescoreCommand(options: RescoreOptions, word: string, io: Io): Promise<number> {
  keepHeapSmall();
  const rescored = await rescore(io, {
    directory: options.directory,
    run: word,
    consent: {
      yes: options.yes === true,
      budget: options.budget === undefined ? null : Number(options.budget),
    },
    replay: options.replay === true,
  });
  io.stdout(options.json === true ? documentText(rescoreDocument(rescored.result)) : textOf(rescored));
  return EXIT.ok;
}

function textOf({ header, result, passRateBefore, judged, unjudged, unreachable }: Rescored): string {
  const { counts, metrics } = result;
  const because =
    unreachable === null ? "the budget is reached" : `nobody answered the judge (${plainLine(unreachable)})`;
  const lines = [
    `${header.id}  ${runName(header)}  ${plural(counts.answered, "answer")} of run ${result.rescored_from} scored again`,
    `  pass rate ${rateText(passRateBefore)} → ${rateText(metrics.pass_rate?.value)}`,
    ...(judged === null ? [] : [`  judges ${plural(judged.calls, "call")}, ${priceText(judged.cost_usd)}`]),
    ...(unjudged === 0 ? [] : [`  ${plural(unjudged, "answer")} not judged: ${because}`]),
    `  its cases: evals show ${header.id} --failing`,
  ];
  return `${lines.join("\n")}\n`;
}

const rateText = (rate: number | null | undefined): string =>
  rate === null || rate === undefined ? "unknown" : percent(rate);
