import { attachedFile, attachedText, markedFile } from "../../domain/attachment.ts";
import type { Tries } from "../../domain/outcome.ts";
import type { RunHeader, StoredAnswer, StoredTrial } from "../../domain/run.ts";
import type { TurnScore } from "../../domain/score.ts";
import type { ShownTrial } from "../../domain/shown-run.ts";
import { dollars, plural } from "../format-numbers.ts";
import { plainLine, plainText } from "../plain-text.ts";
import { voidReason } from "../void-reason.ts";
import { exchangeLines } from "./judge-exchange.ts";
import { transcriptLines, wayFacts } from "./transcript-lines.ts";

/** One trial with its conversation. */
export function shownTrialText(shown: ShownTrial): string {
  const { header, content, request, trial, transcript, judged } = shown;
  const { answer } = trial;
  const facts = trialFacts(shown);
  return [
    `${header.id}/${plainLine(shown.case)}/${trial.trial}  ${outcomeOf(trial)}`,
    facts.length === 0 ? "" : `  ${facts.map(plainLine).join(" · ")}`,
    "",
    ...block("input", jsonText(content?.input)),
    ...(content?.expected === undefined ? [] : block("expected", jsonText(content.expected))),
    ...block(
      "request",
      request === null ? "none: the answer was made elsewhere" : JSON.stringify(request, filesInWords, 2),
    ),
    ...(trial.message === null ? [] : block("error", trial.message)),
    ...(answer === null ? [] : answerBlocks(answer)),
    ...(transcript === null ? [] : transcriptLines(transcript, !isEmpty(answer?.messages))),
    ...scoreLines(header, trial),
    ...failureLine(shown),
    "",
    ...judged.flatMap(exchangeLines),
  ].join("\n");
}

/**
 * Why a trial failed, and the message of the conversation that shows it; empty when the trial passed or the reason
 * is unknown.
 */
function failureLine({ failure }: ShownTrial): string[] {
  if (failure === null || failure.class === "unknown") return [];
  const where = failure.message === null ? "" : ` (message ${failure.message})`;
  return [`failed by ${failure.class}${where}: ${plainLine(failure.evidence)}`];
}

/** Text unchanged, other values as JSON; empty for undefined. */
export function jsonText(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

function outcomeOf({ error, pass }: StoredTrial): string {
  if (error !== null) return error;
  if (pass === null) return "not scored";
  return pass ? "passed" : "failed";
}

/** Facts about a trial: `gpt-5.4-mini-2026-03-17`, `870 ms`, `120 + 8 tokens`, `from the cache`. */
function trialFacts({ trial, transcript }: ShownTrial): string[] {
  const { answer, cached } = trial;
  const facts = [
    ...(answer === null ? [] : answerFacts(answer)),
    ...(transcript === null ? [] : wayFacts(transcript)),
    trial.tries === undefined ? null : triesFact(trial.tries),
    cached ? "from the cache" : null,
    answer?.at ?? null,
  ];
  return facts.filter((fact) => fact !== null);
}

/** How often a request was sent, for instance `3 attempts, 2.1 s of waiting`. */
function triesFact({ attempts, waited_ms }: Tries): string {
  const waited = waited_ms < 100 ? [] : [`${(waited_ms / 1000).toFixed(1)} s of waiting`];
  return [plural(attempts, "attempt"), ...waited].join(", ");
}

function answerFacts(answer: StoredAnswer): (string | null)[] {
  const { model, fallback, latency_ms, input_tokens, output_tokens, cost_usd, finish_reason } = answer;
  return [
    model,
    fallback === undefined ? null : `answered by the fallback ${fallback}`,
    latency_ms === null ? null : `${Math.round(latency_ms)} ms`,
    input_tokens === null ? null : `${input_tokens} + ${output_tokens ?? "?"} tokens`,
    cost_usd === null ? null : dollars(cost_usd),
    finish_reason,
  ];
}

function answerBlocks({ output, refusal }: StoredAnswer): string[] {
  return [...block("answer", output), ...(refusal === null ? [] : block("refusal", refusal))];
}

function scoreLines({ scorers }: RunHeader, trial: StoredTrial): string[] {
  return trial.scores.flatMap((score, index) => {
    // A scorer that the case does not name says nothing of the answer.
    if (score === undefined) return [];
    const scorer = scorers[index];
    const outcome =
      score === null
        ? voidReason(scorer, trial, index)
        : `${score.score} ${score.pass ? "passes" : "fails"}  ${plainLine(score.reason)}`;
    return [`${plainLine(scorer?.name ?? "")}: ${outcome}`, ...turnLines(score?.turns)];
  });
}

function turnLines(turns: readonly TurnScore[] | undefined): string[] {
  if (turns === undefined) return [];
  return [
    `  ${turns.map(({ turn, score, pass }) => `turn ${turn} ${score} ${pass ? "passes" : "fails"}`).join(" · ")}`,
  ];
}

function block(title: string, text: string): string[] {
  const lines = plainText(text).split("\n");
  return [title, ...lines.map((line) => `  ${line}`), ""];
}

/** A replacer for `JSON.stringify`: it replaces each attached file by a short description of the file. */
function filesInWords(_name: string, value: unknown): unknown {
  const file = markedFile(value) ?? attachedFile(value);
  return file === undefined ? value : attachedText(file);
}

const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || (Array.isArray(value) && value.length === 0);
