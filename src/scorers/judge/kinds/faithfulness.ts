import { shareOf } from "../count-findings.ts";
import { type JudgeKind, only } from "../judge-kind.ts";
import { findingsForm } from "../reply-form.ts";

export const faithfulness: JudgeKind = {
  kind: "faithfulness",
  about:
    "Every claim of the answer against the retrieved texts: supported, contradicted or absent. The score is the share that is supported; an answer that claims nothing scores 1.",
  version: 1,
  needs: { body: "optional", criteria: "none", scale: "none" },
  reads: ["sources"],
  threshold: () => 1,
  binary: () => false,
  messages: () => [
    {
      role: "system",
      template: `You check whether an answer rests on the sources that its writer was given. List every claim of fact that the answer makes, one entry each, and say of each:
- supported: a source says so, or it follows from what the sources say;
- contradicted: a source says otherwise;
- absent: no source speaks of it.
Use the sources alone, not what you know: a true claim that no source supports is absent. An answer without a claim of fact gets an empty list.
{{ instructions }}`,
    },
    { role: "user", template: "{{ material }}" },
  ],
  questions: () => [
    {
      form: findingsForm({
        key: "claims",
        item: "claim",
        words: ["supported", "contradicted", "absent"],
        conclude: (claims) =>
          claims.length === 0
            ? { score: 1, reason: "it makes no claim" }
            : shareOf(claims, { good: "supported", thing: "claim" }),
      }),
    },
  ],
  conclude: only,
};
