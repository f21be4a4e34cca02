import { type JudgeKind, only } from "../judge-kind.ts";
import { scoreForm } from "../reply-form.ts";

export const ordinal: JudgeKind = {
  kind: "ordinal",
  about:
    "The judge chooses one level of the file's `scale`; `means` describes each level. The score is the level's `value`, or else its position between the lowest level (0) and the highest (1).",
  version: 1,
  needs: { body: "optional", criteria: "none", scale: "required" },
  reads: [],
  threshold: () => "required",
  binary: () => false,
  messages: () => [
    {
      role: "system",
      template: `You place one answer of an assistant on a scale.
{{ instructions }}
Scale:
{{ scale }}

Choose the level whose description fits best.`,
    },
    { role: "user", template: "{{ material }}" },
  ],
  questions: ({ scale }) => [{ form: scoreForm(scale ?? { min: 0, max: 1 }) }],
  conclude: only,
};
