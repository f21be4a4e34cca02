import type { Label } from "../domain/label.ts";
import { answerKey } from "./label-file.ts";
import { isAdjudicated } from "./truth.ts";

/** Verdicts of one kind of opinion: so many of so many pass. */
export interface Votes {
  readonly pass: number;
  readonly of: number;
}

/** An answer of which there is more than one opinion. */
export interface OpinedAnswer {
  readonly case: string;
  readonly answer_hash: string;
  /** Verdicts of judges, members and repeats each counted; null when no judge spoke of it. */
  readonly judged: Votes | null;
}

/** An answer, and how far opinions of it part. */
export interface DisputedAnswer<A> {
  readonly answer: A;
  /** Chance that two opinions of it differ, in (0, 1]. */
  readonly dispute: number;
  readonly between: "judge and people" | "judges" | "people";
}

/**
 * Answers on which judge and people, judges, or people part, the most disputed first; equals in the order given. An
 * answer that was adjudicated is settled among people, and is disputed only if the judge still contradicts them.
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
