import type { CaseBaseline } from "../../domain/case-baseline.ts";
import type { RunHeader, StoredAnswer, StoredTrial } from "../../domain/run.ts";
import { wordsOfAnswer } from "../../domain/transcript.ts";
import type { Passage, TrialFacts, ViewedScore, ViewedSide, ViewedTrial } from "../../domain/viewed-run.ts";
import { voidReason } from "../../reports/void-reason.ts";
import { cutLetters } from "./short-input.ts";

/**
 * A text, truncated at a length; `letters` is its length before that. Line ends are normalized first, so that a text
 * with fewer than `letters` characters was always truncated.
 */
export function passage(written: string, limit: number): Passage {
  const text = written.includes("\r") ? written.replace(/\r\n?/g, "\n") : written;
  return { text: cutLetters(text, limit), letters: text.length };
}

/** A case as one side on the page, with its stored trials. @param limit maximum characters of each text */
export function storedSide(header: RunHeader, trials: readonly StoredTrial[], limit: number): ViewedSide {
  return {
    run: header.id,
    name: `run ${header.id}`,
    trials: trials.map((one) => viewedTrial(header, one, limit)),
  };
}

export function viewedTrial(header: RunHeader, stored: StoredTrial, limit: number): ViewedTrial {
  const { trial, kind, error, message, answer } = stored;
  return {
    trial,
    times: 1,
    outcome: kind === "errored" ? "errored" : outcomeOf(stored.pass),
    error:
      kind === "errored" ? { kind: error ?? "provider", message: cutLetters(message ?? "", limit) } : null,
    output: answer === null ? null : passage(wordsOfAnswer(answer), limit),
    // A scorer that the case does not name says nothing of the answer.
    scores: header.scorers.flatMap((_, index) =>
      stored.scores.length > 0 && stored.scores[index] === undefined
        ? []
        : [viewedScore(header, stored, index, limit)],
    ),
    facts: answer === null ? null : factsOf(answer, stored.cached),
  };
}

function outcomeOf(pass: boolean | null): ViewedTrial["outcome"] {
  if (pass === null) return "unscored";
  return pass ? "passed" : "failed";
}

function viewedScore(header: RunHeader, trial: StoredTrial, index: number, limit: number): ViewedScore {
  const scorer = header.scorers[index];
  const score = trial.scores[index] ?? null;
  return {
    scorer: scorer?.name ?? "",
    required: scorer?.required ?? true,
    score: score?.score ?? null,
    pass: score?.pass ?? null,
    reason: cutLetters(score?.reason ?? voidReason(scorer, trial, index), limit),
    ...(score?.agreement === undefined ? {} : { agreement: score.agreement }),
  };
}

function factsOf(answer: StoredAnswer, cached: boolean): TrialFacts {
  const { model, finish_reason, usage, latency_ms, cost_usd, at } = answer;
  const [fallback, stopped] = [answer.fallback ?? null, answer.trajectory?.stopped ?? null];
  return { model, fallback, finish_reason, stopped, usage, latency_ms, cost_usd, cached, at };
}

/** A case in a committed baseline as one side on the page. Its answers are known, but not which trial gave them. */
export function baselineSide({ side, answers }: CaseBaseline, limit: number): ViewedSide {
  let trial = 0;
  return {
    run: null,
    name: side,
    trials: (answers ?? []).flatMap(({ output, trials, pass }) =>
      [{ outcome: "passed", times: pass } as const, { outcome: "failed", times: trials - pass } as const]
        .filter(({ times }) => times > 0)
        .map(({ outcome, times }) => ({
          trial: ++trial,
          times,
          outcome,
          error: null,
          output: passage(output, limit),
          scores: [],
          facts: null,
        })),
    ),
  };
}
