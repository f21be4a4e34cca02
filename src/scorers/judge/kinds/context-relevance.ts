import { shareOf } from "../count-findings.ts";
import { type JudgeKind, only } from "../judge-kind.ts";
import { findingsForm, type ReplyForm, UnusableReply } from "../reply-form.ts";

export const contextRelevance: JudgeKind = {
  kind: "context-relevance",
  about:
    "The share of the retrieved texts that help to answer the question. The answer itself is not judged.",
  version: 2,
  needs: { body: "optional", criteria: "none", scale: "none" },
  reads: ["sources"],
  threshold: () => "required",
  binary: () => false,
  messages: () => [
    {
      role: "system",
      template: `You judge the sources that were retrieved for a question. Make one entry for each source, in their order, and name it by its number. It is relevant when it holds something that is needed to answer the question, else irrelevant.
{{ instructions }}`,
    },
    { role: "user", template: "Question:\n{{ question }}\n\nSources:\n{{ sources }}" },
  ],
  questions: () => [{ form: sourcesForm(undefined), formFor: sourcesForm }],
  conclude: only,
};

/**
 * The reply form: one verdict for each retrieved text.
 *
 * @param all number of retrieved texts. A reply that judges fewer is rejected, because the share of relevant texts
 * would not show that some were left out. Undefined when the number is unknown; then any number is accepted
 */
function sourcesForm(all: number | undefined): ReplyForm {
  return findingsForm({
    key: "sources",
    item: "source",
    words: ["relevant", "irrelevant"],
    conclude: (sources) => {
      if (all !== undefined && sources.length !== all)
        throw new UnusableReply(`judged ${sources.length} of ${all} sources`);
      if (new Set(sources.map(({ text }) => text.trim())).size < sources.length)
        throw new UnusableReply("judged a source twice");
      return sources.length === 0
        ? { score: 0, reason: "no source was named" }
        : shareOf(sources, { good: "relevant", thing: "source" });
    },
  });
}
