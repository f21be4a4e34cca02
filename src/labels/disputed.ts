import type { Label } from "../domain/label.ts";
import { answerKey } from "./label-file.ts";
import { isAdjudicated } from "./truth.ts";

/** The verdicts of judges, or of people, on one answer: `pass` of the `of` verdicts say that it passes. */
export interface Votes {
  readonly pass: number;
  readonly of: number;
}

/** An answer with the verdicts of judges on it. */
export interface OpinedAnswer {
  readonly case: string;
  readonly answer_hash: string;
  /** Verdicts of judges, with members and repeats counted separately; null when no judge rated it. */
  readonly judged: Votes | null;
}

/** An answer, and how much the verdicts on it differ. */
export interface DisputedAnswer<A> {
  readonly answer: A;
  /** Probability that two verdicts on the answer differ, in (0, 1]; `between` says whose verdicts. */
  readonly dispute: number;
  readonly between: "judge and people" | "judges" | "people";
}

/**
 * Answers on which judges disagree with people, judges with each other, or people with each other. The most disputed
 * come first; equally disputed ones keep their order. Of an adjudicated answer, only the adjudication counts as
 * people's verdict.
 */
export function disputedAnswers<A extends OpinedAnswer>(
  answers: readonly A[],
  labels: readonly Label[],
): DisputedAnswer<A>[] {
  const byAnswer = votesOfPeople(labels);
  return answers
    .flatMap((answer) => {
      const found = disputeOver(answer.judged, byAnswer.get(answerKey(answer)) ?? null);
      return found === null ? [] : [{ answer, ...found }];
    })
    .sort((a, b) => b.dispute - a.dispute);
}

function votesOfPeople(labels: readonly Label[]): Map<string, Votes> {
  const groups = new Map<string, Label[]>();
  for (const label of labels) {
    if (label.verdict === "unsure") continue;
    groups.set(answerKey(label), [...(groups.get(answerKey(label)) ?? []), label]);
  }
  return new Map(
    [...groups].map(([key, group]) => {
      const settled = group.filter(isAdjudicated);
      const votes = settled.length > 0 ? settled : group;
      return [key, { pass: votes.filter((one) => one.verdict === "pass").length, of: votes.length }];
    }),
  );
}

function disputeOver(
  judges: Votes | null,
  people: Votes | null,
): Omit<DisputedAnswer<never>, "answer"> | null {
  const judged = shareOf(judges);
  const share = shareOf(people);
  const found: Omit<DisputedAnswer<never>, "answer">[] = [];
  if (judged !== null && share !== null)
    found.push({ dispute: share * (1 - judged) + judged * (1 - share), between: "judge and people" });
  if (judged !== null) found.push({ dispute: 2 * judged * (1 - judged), between: "judges" });
  if (share !== null) found.push({ dispute: 2 * share * (1 - share), between: "people" });
  const [first] = found.sort((a, b) => b.dispute - a.dispute);
  return first === undefined || first.dispute === 0 ? null : first;
}

function shareOf(votes: Votes | null): number | null {
  return votes === null || votes.of === 0 ? null : votes.pass / votes.of;
}
