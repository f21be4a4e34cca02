import { shareOf } from "../count-findings.ts";
import { type JudgeKind, only } from "../judge-kind.ts";
import { findingsForm } from "../reply-form.ts";

export const contextRecall: JudgeKind = {
  kind: "context-recall",
  about:
    "Whether the retrieved texts contain what the reference says: the share of its statements that a source supports. The answer itself is not judged.",
  version: 1,
  needs: { body: "optional", criteria: "none", scale: "none" },
  reads: ["reference", "sources"],
  threshold: () => 1,
  binary: () => false,
  messages: () => [
    {
      role: "system",
      template: `You judge whether the retrieved sources are enough to write a reference answer. List every statement of fact in the reference, one entry each. It is supported when a source says so, or when it follows from what the sources say; else it is absent.
{{ instructions }}`,
    },
    {
      role: "user",
      template: "Question:\n{{ question }}\n\nSources:\n{{ sources }}\n\nReference:\n{{ reference }}",
    },
  ],
  questions: () => [
    {
      form: findingsForm({
        key: "statements",
        item: "statement",
        words: ["supported", "absent"],
        conclude: (statements) =>
          statements.length === 0
            ? { score: 1, reason: "the reference states nothing" }
            : shareOf(statements, { good: "supported", thing: "statement" }),
      }),
    },
  ],
  conclude: only,
};
