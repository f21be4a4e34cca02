import { promptWord, type TargetFacts, targetParts } from "../domain/listed-target.ts";
import { isRecording } from "../domain/recorded-provider.ts";
import type { Comparison, RunEnd, RunReport } from "../domain/report.ts";
import { isUnfinished, type RunHeader, type RunStatus } from "../domain/run.ts";
import { count, plural, priceText } from "./format-numbers.ts";

/** The headline of a run: a word that matches the exit code, and the result of the comparison. */
export interface Headline {
  /** The first words of the terminal report: `FAILED`, `PASSED, not enough evidence`. */
  readonly word: string;
  readonly tone: "good" | "bad" | "unsure" | "plain";
  /** The comparison's verdict in words; empty without a baseline. */
  readonly verdict: string;
  /** Number of cases and trials: `100 cases × 5`. */
  readonly size: string;
}

/**
 * The name of a run: `triage`, or `triage (support@1.1.0, small)` when the suite lists prompts or models, or another
 * model than the suite's was chosen: aliases of one model cannot be told apart by its name. It contains names given by
 * the user, so it must be escaped when shown.
 */
export function runName(header: TargetFacts & Pick<RunHeader, "suite" | "other_model">): string {
  const chosen = header.other_model === true && !header.one_of_several ? [header.alias] : [];
  return nameWith(header.suite, [...targetParts(header), ...chosen]);
}

/**
 * What tells a run from others of the same name: its alias and its prompt, as far as the others have another one.
 *
 * @param all the headers of all runs of the report
 */
export function apart(header: RunHeader, all: readonly RunHeader[]): string[] {
  const name = runName(header);
  const namesakes = all.filter((one) => runName(one) === name);
  const differs = (of: (one: RunHeader) => string): string[] =>
    namesakes.some((one) => of(one) !== of(header)) ? [of(header)] : [];
  const prompt = (one: RunHeader): string => (one.prompt === null ? "no prompt" : promptWord(one.prompt));
  return [...differs((one) => one.alias), ...differs(prompt)];
}

const nameWith = (suite: string, parts: readonly string[]): string =>
  parts.length === 0 ? suite : `${suite} (${parts.join(", ")})`;

/** The name of a comparison, in the form that `runName` gives to the name of a run. */
export function comparedName({
  suite,
  prompt,
  alias,
}: Pick<Comparison, "suite" | "prompt" | "alias">): string {
  return nameWith(
    suite,
    [prompt, alias].filter((part) => part !== undefined),
  );
}

/** The size of a run: `10 cases × 5`, or `10 cases, 53 trials` when not every case has as many. */
export function sizeOf({ cases, trials, planned }: Pick<RunHeader, "cases" | "trials" | "planned">): string {
  const size = plural(cases, "case");
  return planned === cases * trials ? `${size} × ${trials}` : `${size}, ${plural(planned, "trial")}`;
}

export function headline({ gate, status, header }: RunReport): Headline {
  const verdict = gate.verdict === "none" ? "" : gate.verdict.replaceAll("_", " ");
  const size = sizeOf(header);
  const made = (word: string, tone: Headline["tone"]): Headline => ({ word, tone, verdict, size });
  switch (gate.outcome) {
    case "failed":
      return made("FAILED", "bad");
    case "undecided":
      return made(lacksTrials(status) ? "INCOMPLETE" : "UNDECIDED", "unsure");
    case "not_gated":
      return made("NOT GATED", "plain");
    case "passed":
      return gate.verdict === "inconclusive"
        ? made("PASSED, not enough evidence", "unsure")
        : made("PASSED", "good");
    default:
      return gate.outcome satisfies never;
  }
}

/** Whether trials are missing for which `--resume` would ask the model. */
export function lacksTrials(status: RunStatus): boolean {
  return status === "incomplete" || isUnfinished(status);
}

/** Why the model was not asked for all trials, in one or two sentences; empty when it was asked for all. */
export function endSentence({ end, counts }: RunReport): string {
  switch (end.kind) {
    case "all-asked":
      return "";
    case "decided":
      return `Stopped after ${count(counts.trials - counts.not_needed)} of ${count(counts.trials)} trials: the rest could not change the verdict.`;
    case "skipped":
      return `${count(counts.answered)} of ${count(counts.trials)} answered, ${count(counts.skipped)} ${skippedWords(end)}.`;
    case "interrupted":
      return `${count(counts.answered)} of ${count(counts.trials)} trials answered: the run was interrupted.`;
    case "running":
      return `${count(counts.answered)} of ${count(counts.trials)} trials answered: the run is still running.`;
    case "unreachable":
    case "judge-unreachable":
      return `${lostSentence({ end, counts })} (${end.message}).${end.kind === "unreachable" ? "" : " The answers are kept."}`;
    default:
      return end satisfies never;
  }
}

/**
 * For a run that could stop early: the result of the look (the check between trials) that decided its verdict, with
 * the interval at that look; empty for other runs. Every other number of a report is computed from all answers.
 */
export function decisionSentence({ comparison }: RunReport): string {
  return comparison?.decided?.said ?? "";
}

/** The words after the number of skipped trials: `not asked` with the reason, or that their answers come with a batch. */
export function skippedWords({ because, budget }: Extract<RunEnd, { kind: "skipped" }>): string {
  if (because === "batch") return "come with a batch, mostly within a day";
  if (because !== "budget") return "not asked (stopped)";
  const limits = [
    ...(budget?.usd === undefined ? [] : [priceText(budget.usd)]),
    ...(budget?.tokens === undefined ? [] : [plural(budget.tokens, "token")]),
  ];
  return `not asked (the budget${limits.length === 0 ? "" : ` of ${limits.join(" or ")}`} is reached)`;
}

/**
 * Why a run stopped asking the model, or a judge's model: a sentence without its full stop. The sentence is also
 * correct when some calls were answered.
 */
export function lostSentence({ end, counts }: Pick<RunReport, "end" | "counts">): string {
  const judge = end.kind === "judge-unreachable";
  const { because = "none-answered" } = end.kind === "unreachable" || judge ? end : {};
  const ofJudge = judge ? " of the judge" : "";
  switch (because) {
    case "no-money":
      return `The account${ofJudge} has no money left: stopped early`;
    case "long-wait":
      return `The server${ofJudge} asks for a much longer wait: stopped early`;
    case "no-batch":
      return `The server accepted no batch: nothing ${counts.answered > 0 ? "more was" : "was"} asked or paid`;
    case "no-more":
      return `The model${ofJudge} no longer answers: stopped early`;
    case "no-worker":
      return "No worker can ask the model: stopped early";
    case "workers-lost":
      return "Worker after worker died on the same trials: stopped early";
    case "none-answered":
      if (judge) return "The judge did not answer: stopped early";
      if (counts.answered > 0) return "Calls were not answered: stopped early";
      return counts.errored <= 1
        ? "The first call was not answered: stopped early"
        : `None of the first ${count(counts.errored)} calls was answered: stopped early`;
    default:
      return because satisfies never;
  }
}

/**
 * The words after the number of skipped trials: `not asked`, or `come with a batch`. If the judge did not answer: `not
 * asked or not judged`, because some of these trials have an answer.
 */
function undone({ end }: Pick<RunReport, "end">): string {
  if (end.kind === "skipped" && end.because === "batch") return "come with a batch";
  return end.kind === "judge-unreachable" ? "not asked or not judged" : "not asked";
}

/** The counts of a run in words: `312 asked, 188 not needed, 0 errors`. */
export function countsSentence({ counts, header, end, retries }: RunReport): string {
  const recorded = isRecording(header.provider);
  const asked = `${count(counts.answered - counts.cached)} ${recorded ? "recorded" : "asked"}`;
  return [
    counts.answered === 0 ? "0 answers" : `${plural(counts.answered, "answer")}: ${asked}`,
    counts.cached > 0 ? `${count(counts.cached)} cached` : "",
    counts.variants === undefined ? "" : plural(counts.variants.variants, "variant"),
    counts.not_needed > 0 ? `${count(counts.not_needed)} not needed` : "",
    counts.skipped > 0 ? `${count(counts.skipped)} ${undone({ end })}` : "",
    plural(counts.errored, "error"),
    (retries?.trials ?? 0) > 0 ? `${count(retries?.trials ?? 0)} tried again` : "",
  ]
    .filter((text) => text !== "")
    .join(", ");
}
