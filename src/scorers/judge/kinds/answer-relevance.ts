import type { Scale } from "../../../domain/judge-settings.ts";
import { type JudgeKind, only } from "../judge-kind.ts";
import { scoreForm } from "../reply-form.ts";

const RELEVANCE: Scale = [
  { score: 0, means: "It does not speak to the question." },
  { score: 1, means: "It speaks to the question's subject, and leaves what was asked unanswered." },
  { score: 2, means: "It answers a part of what was asked, or buries the answer among other matters." },
  { score: 3, means: "It answers what was asked, with little that was not asked for." },
  { score: 4, means: "It answers all that was asked and nothing else." },
];

export const answerRelevance: JudgeKind = {
  kind: "answer-relevance",
  about:
    "How far the answer speaks to the question, whether it is right or wrong. The judge chooses a level from 0 to 4, or a level of the file's own `scale`.",
  version: 1,
  needs: { body: "optional", criteria: "none", scale: "optional" },
  reads: [],
  threshold: () => "required",
  binary: () => false,
  scale: RELEVANCE,
  messages: () => [
    {
      role: "system",
      template: `You judge how far an answer speaks to the question that was asked. Whether it is true does not matter here.
{{ instructions }}
Scale:
{{ scale }}`,
    },
    { role: "user", template: "{{ material }}" },
  ],
  questions: ({ scale = RELEVANCE }) => [{ form: scoreForm(scale) }],
  conclude: only,
};
