import type { ExplainedCase } from "../../domain/cache-reason.ts";
import type { PlannedRun, RunPlan } from "../../domain/run-plan.ts";
import { count, dollars, plural } from "../format-numbers.ts";
import { plainLine } from "../plain-text.ts";
import { fold } from "./fold.ts";
import { columns, styleFor, type TerminalOptions } from "./style.ts";

/** The report of `evals run --dry-run`: what the runs would ask and cost. Ends with a line feed. */
export function runPlanText({ runs }: RunPlan, { width, color }: TerminalOptions): string {
  const style = styleFor(color);
  const blocks = [
    ...runs.map((run) => [
      `${style.strong("PLAN")}  ${style.strong(plainLine(planName(run, runs)))}   ${plainLine(run.target)} · ${plural(run.cases, "case")}`,
      `  ${callsSentence(run)}`,
      ...(run.calls === 0 && run.variants === undefined ? [] : [`  ${tokensSentence(run)}`]),
      `  ${costSentence(run.usd)}`,
      ...(run.usd.afresh == null ? [] : [`    asked afresh (--no-cache): about ${dollars(run.usd.afresh)}`]),
      ...run.assumptions.map((one) => `    ${plainLine(one)}`),
      ...cacheLines(run.cache ?? []),
    ]),
    closing(runs),
  ];
  return `${blocks.map((lines) => lines.flatMap((line) => fold(line, width)).join("\n")).join("\n\n")}\n`;
}

/** The suite's name, with the model's alias if it is planned with several. */
function planName({ suite, alias }: PlannedRun, runs: readonly PlannedRun[]): string {
  const several = runs.some((one) => one.suite === suite && one.alias !== alias);
  return several ? `${suite} (${alias})` : suite;
}

function callsSentence(run: PlannedRun): string {
  const { trials, cached, variants } = run;
  const known = cached === 0 ? "no answer at hand" : `${plural(cached, "answer")} at hand`;
  const pressed = variants === undefined ? "" : `, and up to ${plural(variants, "variant")} under pressure`;
  return `${plural(trials, "trial")}: ${known}, ${count(trials - cached)} to ask${rangeWords(run)}${pressed}`;
}

/** The calls of trials that take several, each as far as it is known: `, with about 26 calls (at least 8, at most 80)`. */
function rangeWords({ calls, calls_range: range }: PlannedRun): string {
  if (range === undefined || range.most === 0) return "";
  const { least, most } = range;
  if (least === most) return `, with ${plural(calls, "call")}`;
  const bounds = `at least ${count(least)}, at most ${count(most)}`;
  return calls === least ? `, with ${bounds} calls` : `, with about ${count(calls)} calls (${bounds})`;
}

/**
 * One line per case: the number of trials with a cached answer, the number of trials to ask the model for, and the
 * reason.
 */
function cacheLines(cases: readonly ExplainedCase[]): string[] {
  if (cases.length === 0) return [];
  const rows = cases.map(({ id, at_hand, asked, why }) => [
    plainLine(id),
    [at_hand === 0 ? "" : `${count(at_hand)} at hand`, asked === 0 ? "" : `${count(asked)} asked`]
      .filter((part) => part !== "")
      .join(", "),
    plainLine(why),
  ]);
  return ["", ...columns(rows).map((line) => `  ${line}`)];
}

function tokensSentence({ input_tokens: input, output_tokens: output }: PlannedRun): string {
  return input === null || output === null
    ? "tokens  unknown"
    : `tokens  about ${count(input)} in, ${count(output)} out`;
}

function costSentence({ expected, most }: PlannedRun["usd"]): string {
  if (expected === 0 && most === 0) return "cost    nothing";
  const likely = expected === null ? "unknown" : `about ${dollars(expected)}`;
  return `cost    ${likely}${most === null ? "; the maximum cost is not known" : `, at most ${dollars(most)}`}`;
}

function closing(runs: readonly PlannedRun[]): string[] {
  const calls = runs.reduce((sum, run) => sum + run.calls, 0);
  const known = runs.every(({ usd }) => usd.expected !== null);
  const usd = runs.reduce((sum, run) => sum + (run.usd.expected ?? 0), 0);
  const most = runs.reduce((sum, run) => sum + (run.calls_range?.most ?? run.calls), 0);
  const bound = most === calls ? "" : `about ${count(calls)} calls, at most ${count(most)}`;
  const all =
    runs.length < 2
      ? []
      : [
          `${runs.length} runs: ${bound || plural(calls, "call")}, ${known ? `about ${dollars(usd)}` : "cost unknown"}`,
        ];
  const uncertain = calls === 0 ? [] : ["Retries make more calls, an early stop makes fewer."];
  return [...all, ["Nothing was asked.", ...uncertain].join(" ")];
}
