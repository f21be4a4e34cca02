import type { StatedAnswer } from "../../domain/escalation.ts";
import { everyItem } from "../../domain/pages.ts";
import type { StoredCase, StoredTrial } from "../../domain/run.ts";
import type { Store, StoredRun } from "../../store/store.ts";

/** The confidences of a run's answers, and how they were determined. */
export interface RunConfidence {
  /** `answers`: the answers state their confidence. `agreement`: it is the agreement of a case's trials. */
  readonly from: "answers" | "agreement";
  readonly answers: readonly StatedAnswer[];
  /** Number of answers that state no confidence; 0 when `from` is `agreement`. */
  readonly without: number;
}

/** Minimum number of a case's trials to count their agreement; the agreement of fewer trials may be chance. */
const LEAST_TRIALS = 3;

/**
 * Reads `confidence` from answers that are JSON objects. If no answer has a confidence, each case contributes only
 * its most frequent answer. The confidence of that answer is the share of the case's trials that gave it.
 */
export async function answersOfRun(
  { read }: Pick<Store, "read">,
  { no }: Pick<StoredRun, "no">,
): Promise<RunConfidence> {
  const named: StatedAnswer[] = [];
  const agreed: StatedAnswer[] = [];
  let without = 0;
  for await (const one of everyItem((page) => read.cases(no, page))) {
    const trials = (await read.trialsOfCase(no, one.case_no)).filter(
      ({ kind, pass }) => kind === "answered" && pass !== null,
    );
    for (const trial of trials) {
      const confidence = confidenceIn(trial.answer?.output ?? "");
      if (confidence === null) without += 1;
      else named.push({ confidence, correct: trial.pass === true, strata: one.tags });
    }
    if (trials.length >= LEAST_TRIALS) agreed.push(agreement(trials, one));
  }
  return named.length > 0
    ? { from: "answers", answers: named, without }
    : { from: "agreement", answers: agreed, without: 0 };
}

function confidenceIn(output: string): number | null {
  if (!output.trimStart().startsWith("{")) return null;
  try {
    const { confidence } = JSON.parse(output) as { readonly confidence?: unknown };
    return typeof confidence === "number" && confidence >= 0 && confidence <= 1 ? confidence : null;
  } catch {
    return null;
  }
}

function agreement(trials: readonly StoredTrial[], { tags }: Pick<StoredCase, "tags">): StatedAnswer {
  const counts = new Map<string, number>();
  const textOf = ({ answer }: StoredTrial): string => (answer?.output ?? "").trim();
  for (const trial of trials) counts.set(textOf(trial), (counts.get(textOf(trial)) ?? 0) + 1);
  const [text, count] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a));
  const correct = trials.some((trial) => textOf(trial) === text && trial.pass === true);
  return { confidence: count / trials.length, correct, strata: tags };
}
