import type { JudgeScope, PairWinner } from "../../../domain/judge.ts";
import type { Fence } from "../fence.ts";
import type { JudgedTexts, JudgeKind } from "../judge-kind.ts";
import { type Reading, verdictForm } from "../reply-form.ts";

export const pairwise: JudgeKind = {
  kind: "pairwise",
  about:
    "Compares the answer with another one: what the case expects, or the place that `against` names. The judge is asked twice, with the two answers in both orders. The score is 1 when the answer wins both times, 0 when it loses both times, and otherwise 0.5.",
  version: 1,
  needs: { body: "optional", criteria: "none", scale: "none" },
  reads: ["reference"],
  threshold: () => 0.5,
  binary: () => false,
  messages: () => [
    {
      role: "system",
      template: `You compare two answers to one question. Decide which is better; where neither is, say tie.
{{ instructions }}
Their order, their length and their style say nothing about which is better.`,
    },
    {
      role: "user",
      template: `{{ background }}

First answer:
{{ first }}

Second answer:
{{ second }}`,
    },
  ],
  questions: () => [
    { form: verdictForm({ first: 1, second: 0, tie: 0.5 }), scope: inOrder("output", "reference") },
    { form: verdictForm({ first: 0, second: 1, tie: 0.5 }), scope: inOrder("reference", "output") },
  ],
  conclude: ([shownFirst, shownSecond]) => {
    const [a, b] = [shownFirst as Reading, shownSecond as Reading];
    const orders = [winner(a.score), winner(b.score)] as const;
    if (a.score === b.score)
      return { score: a.score, reason: `${outcome(a.score)} in both orders: ${a.reason}`, orders };
    return {
      score: 0.5,
      orders,
      reason: `a tie: ${outcome(a.score)} when the answer is shown first (${a.reason}), ${outcome(b.score)} when it is shown second (${b.reason})`,
    };
  },
};

function inOrder(first: "output" | "reference", second: "output" | "reference") {
  return (texts: JudgedTexts, fence: Fence): JudgeScope => ({
    first: fence.around("first-answer", texts[first] ?? ""),
    second: fence.around("second-answer", texts[second] ?? ""),
  });
}

function winner(score: number): PairWinner {
  return score === 1 ? "answer" : score === 0 ? "other" : "tie";
}

function outcome(score: number): string {
  return score === 1 ? "wins" : score === 0 ? "loses" : "ties";
}
