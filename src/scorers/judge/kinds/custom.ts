import { type JudgeKind, only } from "../judge-kind.ts";
import { scoreForm, verdictForm } from "../reply-form.ts";

export const custom: JudgeKind = {
  kind: "custom",
  about:
    "A prompt of your own, with role lines. With a `scale` the reply is a score on it, else pass or fail.",
  version: 1,
  needs: { body: "prompt", criteria: "none", scale: "optional" },
  reads: [],
  threshold: ({ scale }) => (scale === undefined ? 1 : "required"),
  binary: ({ scale }) => scale === undefined,
  messages: () => [],
  questions: ({ scale }) => [
    { form: scale === undefined ? verdictForm({ pass: 1, fail: 0 }) : scoreForm(scale) },
  ],
  conclude: only,
};
