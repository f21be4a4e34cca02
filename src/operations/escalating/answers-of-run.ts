import type { StatedAnswer } from "../../domain/escalation.ts";
import type { StoredCase, StoredTrial } from "../../domain/run.ts";
import { everyItem } from "../../store/reads.ts";
import type { Store, StoredRun } from "../../store/store.ts";

/** What a run's answers say of their own certainty, and where that was found. */
export interface RunConfidence {
  /** In the answer itself, or in how far the trials of a case agree. */
  readonly from: "answers" | "agreement";
  readonly answers: readonly StatedAnswer[];
  /** Answers that name no confidence where others do. */
  readonly without: number;
}

/** Fewer trials of a case agree by chance alone. */
const LEAST_TRIALS = 3;

/**
 * The `confidence` of answers that are JSON objects; where none names one, the share of a case's trials that gave its most
 * frequent answer, which is then right when that answer passes.
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
