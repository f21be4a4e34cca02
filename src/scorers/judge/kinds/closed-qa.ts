import { type JudgeKind, only } from "../judge-kind.ts";
import { verdictForm } from "../reply-form.ts";

export const closedQa: JudgeKind = {
  kind: "closed-qa",
  about:
    "Pass or fail: does the answer meet the one criterion that the body of the file states? Nothing else counts.",
  version: 1,
  needs: { body: "required", criteria: "none", scale: "none" },
  reads: [],
  threshold: () => 1,
  binary: () => true,
  messages: () => [
    {
      role: "system",
      template:
        "You check one answer of an assistant against one criterion. Whatever else is right or wrong about the answer, decide only whether it meets this criterion:\n{{ instructions }}",
    },
    { role: "user", template: "{{ material }}" },
  ],
  questions: () => [{ form: verdictForm({ pass: 1, fail: 0 }) }],
  conclude: only,
};
