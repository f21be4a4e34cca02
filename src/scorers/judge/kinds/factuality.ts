import { shareOf } from "../count-findings.ts";
import { type JudgeKind, only } from "../judge-kind.ts";
import { findingsForm } from "../reply-form.ts";

export const factuality: JudgeKind = {
  kind: "factuality",
  about:
    "Every claim of the answer against the reference (what the case expects): supported, contradicted or absent. The score is supported / (supported + contradicted); a claim that the reference does not mention does not count, and an answer without a supported claim scores 0.",
  version: 1,
  needs: { body: "optional", criteria: "none", scale: "none" },
  reads: ["reference"],
  threshold: () => 1,
  binary: () => false,
  messages: () => [
    {
      role: "system",
      template: `You check an answer against a reference that is known to be right. List every claim of fact that the answer makes, one entry each, and say of each:
- supported: the reference says the same;
- contradicted: the reference says otherwise;
- absent: the reference does not speak of it.
Use the reference alone, not what you know. An answer without a claim of fact gets an empty list.
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
        conclude: (claims) => {
          if (claims.length === 0) return { score: 0, reason: "it makes no claim that could be checked" };
          const outOf = claims.filter(({ verdict }) => verdict !== "absent");
          return shareOf(claims, { good: "supported", thing: "claim", outOf });
        },
      }),
    },
  ],
  conclude: only,
};
