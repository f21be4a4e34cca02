import { CALL_TYPES } from "./plan-calls.ts";

/**
 * The assertion types that the module of checks can run, which the import writes into the project. That module can
 * transform the answer before a check.
 */
export const CHECKED = new Set([
  ...["javascript", "equals", "contains", "icontains", "contains-any", "contains-all", "icontains-any"],
  ...["icontains-all", "starts-with", "regex", "levenshtein", "is-json", "word-count", "finish-reason"],
]);

const SPANS = "Of spans, evals keeps only the conversation that they describe.";

/** Types that are not imported, with the reason. */
export const LEFT_TYPES: Readonly<Record<string, string>> = {
  perplexity: "perplexity needs the log probabilities of tokens, which evals does not request.",
  "perplexity-score": "perplexity-score needs the log probabilities of tokens, which evals does not request.",
  webhook:
    "webhook: evals cannot send an answer to a web service that judges it. Write a module scorer that does.",
  ruby: "Ruby is not run; write the check in JavaScript or Python.",
  bleu: "BLEU is not among the scorers; chrf and rouge are.",
  gleu: "GLEU is not among the scorers; chrf and rouge are.",
  meteor: "METEOR is not among the scorers; chrf and rouge are.",
  "is-sql": "No SQL parser is built in; write a module scorer with a parser of your own.",
  "contains-sql": "No SQL parser is built in; write a module scorer with a parser of your own.",
  "is-xml": "No XML parser is built in; write a module scorer with a parser of your own.",
  "contains-xml": "No XML parser is built in; write a module scorer with a parser of your own.",
  "is-html": "No HTML parser is built in; write a module scorer with a parser of your own.",
  "contains-html": "No HTML parser is built in; write a module scorer with a parser of your own.",
  "similar:dot": "Only the cosine of two embeddings is measured.",
  "similar:euclidean": "Only the cosine of two embeddings is measured.",
  classifier:
    "The assertion asks a model of Hugging Face. Use the scorer classifier, which asks any service of yours.",
  pi: "pi is an external service that no provider of evals supports.",
  "select-best":
    "The assertion chooses between the answers of several targets. Compare two runs with `evals diff`, or use a pairwise judge.",
  "max-score":
    "The assertion chooses between the answers of several targets. Compare two runs with `evals diff`.",
  guardrails: "evals counts a provider's filter as a refusal, which the scorer not-refusal checks.",
  "conversation-relevance": "evals judges a conversation as a whole: a judge sees {{ conversation }}.",
  "search-rubric": "A judge of evals cannot search the web.",
  "agent-rubric": "A judge of evals cannot use tools.",
  "skill-used":
    "A transcript does not say which skill an assistant used. The scorers not-called and tool-calls check which tools it called.",
  "trace-span-count": SPANS,
  "trace-span-duration": SPANS,
  "trace-error-spans": `${SPANS} The scorer tool-errors checks for tools that failed.`,
};

/** All types that are imported. */
export const TAKEN_TYPES = [
  ...CHECKED,
  ...CALL_TYPES,
  "trajectory:goal-success",
  ...[
    "python",
    "contains-json",
    "latency",
    "cost",
    "similar",
    "similar:cosine",
    "rouge-n",
    "is-refusal",
    "moderation",
    "assert-set",
  ],
  ...[
    "llm-rubric",
    "g-eval",
    "factuality",
    "model-graded-factuality",
    "model-graded-closedqa",
    "answer-relevance",
  ],
  ...["context-faithfulness", "context-recall", "context-relevance"],
];
