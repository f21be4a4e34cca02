import type { ArmAnswer } from "../../domain/arms.ts";
import type { Case } from "../../domain/case.ts";
import { EvalsError } from "../../domain/problem.ts";
import type { Preferences } from "../../metrics/compare-arms.ts";
import { sameInputs } from "../../metrics/pair-sessions.ts";
import { dollars, plural } from "../../reports/format-numbers.ts";
import { judgePool } from "../../run/judge-pool.ts";
import { askVerdicts, type JudgedAnswer, priceVerdicts } from "../judging/ask-verdicts.ts";
import type { JudgingConsent } from "../judging/judging-price.ts";
import { openJudgeIn } from "../judging/open-judge.ts";
import { openProject } from "../project/open-project.ts";
import type { SideContext } from "../sides/outputs-side.ts";
import { type JudgedSoFar, judgingTraffic } from "../traffic/traffic-judging.ts";
import type { ReadAnswer } from "./read-arm.ts";

interface PairQuestion extends JudgedAnswer {
  /** The answer of arm a, used as the reference. */
  readonly other: ArmAnswer;
}

export interface PairJudging extends SideContext {
  readonly signal: AbortSignal;
  readonly consent: JudgingConsent;
  /** The command as typed, for error messages. */
  readonly command: string;
}

export interface JudgedPairs {
  readonly preferences: Preferences;
  readonly notes: readonly string[];
}

const CONCURRENCY = 8;

/**
 * Asks a pairwise judge, for each input that both arms answered, which of the two answers is better. The judge sees
 * each pair in both orders.
 *
 * @throws {EvalsError} when the arms did not answer the same inputs, the judge is not pairwise, or the user has not
 * allowed its cost
 */
export async function judgePairs(
  arms: { readonly a: readonly ReadAnswer[]; readonly b: readonly ReadAnswer[] },
  spec: string,
  { io, directory, store, signal, consent, command }: PairJudging,
): Promise<JudgedPairs> {
  const questions = questionsOf(arms);
  if (questions.length === 0) throw otherInputs();
  const project = await openProject(io, { directory, suites: [] });
  await requirePairwise(project, spec);
  const concurrency = project.config.defaults.concurrency ?? CONCURRENCY;
  const pool = judgePool(project, { concurrency, instead: undefined });
  try {
    const judge = await openJudgeIn(pool, spec, project);
    const judged = await judgingTraffic(pool, { project, store, io, consent, command, signal }, () =>
      priceVerdicts(judge, questions),
    );
    const preferences = new Map<ArmAnswer, "a" | "b" | "tie">();
    const asked = await askVerdicts(judge, questions, {
      concurrency,
      stopping: () => signal.aborted,
      onVerdict: ({ other }, { score }) =>
        preferences.set(other, score === 1 ? "b" : score === 0 ? "a" : "tie"),
    });
    const missing = questions.length - preferences.size;
    return { preferences, notes: [...costNotes(judged()), ...missingNotes(missing, asked.failure)] };
  } finally {
    await pool.close();
  }
}

function costNotes(judged: JudgedSoFar | null): string[] {
  if (judged === null || judged.calls === 0) return [];
  const cost = judged.usd === null ? "cost unknown" : dollars(judged.usd);
  return [`The judge was asked ${plural(judged.calls, "time")}: ${cost}.`];
}

function missingNotes(missing: number, failure: string | null): string[] {
  if (missing === 0) return [];
  const [pairs, count] = missing === 1 ? ["pair has", "counts"] : ["pairs have", "count"];
  const why = failure === null ? "" : `: ${failure}`;
  return [`${missing} ${pairs} no verdict from the judge and ${count} for neither arm${why}`];
}

async function requirePairwise(
  project: Awaited<ReturnType<typeof openProject>>,
  spec: string,
): Promise<void> {
  const { settings, path } = await project.judges.find(spec);
  if (settings.kind === "pairwise") return;
  throw new EvalsError({
    code: "EVALS_ARM_JUDGE",
    path,
    what: `Judge "${spec}" is of kind "${settings.kind}": it judges a single answer.`,
    why: "Only a pairwise judge is shown both answers, in both orders.",
    fix: "Name a judge with `kind: pairwise`; docs/judges.md shows one. Without --judge, the arms are compared by the share of answers that pass.",
  });
}

/** The questions about both arms' answers to the same input. */
function questionsOf({
  a,
  b,
}: {
  readonly a: readonly ReadAnswer[];
  readonly b: readonly ReadAnswer[];
}): PairQuestion[] {
  const kept = (answers: readonly ReadAnswer[]) => answers.filter(({ failed }) => failed !== true);
  return sameInputs(kept(a), kept(b)).map((two): PairQuestion => {
    const { input, a: other, b: answer } = two;
    const golden: Case = {
      ...{ id: input, input: other.asked, expected: other.output },
      ...{ tags: [], metadata: {} },
    };
    return { labelled: { answer: answer.output }, golden, repeat: other.trial, other };
  });
}

function otherInputs(): EvalsError {
  return new EvalsError({
    code: "EVALS_ARM_INPUTS",
    what: "The two arms did not answer the same inputs, so no pair can be shown to the judge.",
    why: "Only two answers to the same input can be compared with each other.",
    fix: 'Give the answers to the same input the same "case" or "input" in both arms, or leave --judge out: the arms are then compared by the share of answers that pass.',
  });
}
