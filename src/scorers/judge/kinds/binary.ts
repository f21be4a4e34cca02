import { type JudgeKind, only } from "../judge-kind.ts";
import { verdictForm } from "../reply-form.ts";

export const binary: JudgeKind = {
  kind: "binary",
  about: "Pass or fail, by what the body of the file says.",
  version: 1,
  needs: { body: "required", criteria: "none", scale: "none" },
  reads: [],
  threshold: () => 1,
  binary: () => true,
  messages: () => [
    {
      role: "system",
      template: "You judge one answer of an assistant. Decide whether it passes:\n{{ instructions }}",
    },
    { role: "user", template: "{{ material }}" },
  ],
  questions: () => [{ form: verdictForm({ pass: 1, fail: 0 }) }],
  conclude: only,
};
