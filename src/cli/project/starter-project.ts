/** What `evals init` writes, by path. The suite answers from recorded outputs, so it runs without a key. */
export function starterFiles(): Readonly<Record<string, string>> {
  return {
    "evalconfig.yaml": CONFIG,
    "evals/ticket-queue.yaml": SUITE,
    "datasets/ticket-queue.jsonl": jsonl(
      CASES.map(({ id, message, queue, tags }) => ({ id, input: { message }, expected: { queue }, tags })),
    ),
    "prompts/ticket-queue/1.0.0.md": PROMPT,
    "fixtures/ticket-queue.jsonl": jsonl(
      CASES.flatMap(({ id, answers }) =>
        answers.map((queue, index) => ({ case: id, trial: index + 1, output: JSON.stringify({ queue }) })),
      ),
    ),
  };
}

const jsonl = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

const CONFIG = `# yaml-language-server: $schema=./node_modules/git-evals/schemas/evalconfig.schema.json
models:
  # Answers that were recorded earlier: no key, no network.
  recorded:
    provider: outputs
    file: fixtures/ticket-queue.jsonl

  # A model to ask. Set OPENAI_API_KEY (or put it into .env), then: evals run --model small
  small:
    provider: openai
    model: gpt-5.4-mini-2026-03-17
    params: { max_completion_tokens: 200 }
    price: { input: 0.75, output: 4.50 }   # US dollars per million tokens

defaults: { trials: 3, concurrency: 16 }
`;

const SUITE = `# yaml-language-server: $schema=../node_modules/git-evals/schemas/suite.schema.json
description: Which queue a support ticket belongs to.
dataset: ticket-queue
prompt: ticket-queue
model: recorded
scorers:
  - type: equals
    name: queue
    select: { json: $.queue }
    against: expected.queue
gate:
  require: { pass_rate: ">= 0.8" }
  critical: ["tag:critical"]
`;

const PROMPT = `---
description: Name the queue of a support ticket.
rationale: First version.
---
system:
You route support tickets to one of the queues billing, shipping, account.
Answer as JSON: {"queue": "..."}
user:
{{ input.message }}
`;

interface StarterCase {
  readonly id: string;
  readonly message: string;
  readonly queue: string;
  readonly tags: readonly string[];
  /** What the recorded trials answered. */
  readonly answers: readonly string[];
}

const CASES: readonly StarterCase[] = [
  starter("charged-twice", "I was charged twice for one order.", "billing", ["critical"]),
  starter("refund-missing", "My refund has not arrived after ten days.", "billing", ["critical"]),
  starter("invoice-copy", "Please send me a copy of last month's invoice.", "billing"),
  starter("parcel-late", "The parcel should have been here on Monday.", "shipping"),
  starter("parcel-broken", "The box arrived open and the lamp is broken.", "shipping"),
  starter(
    "address-change",
    "Can you still send it to another address?",
    "shipping",
    [],
    ["shipping", "account", "shipping"],
  ),
  starter("password-reset", "The link to reset my password does not work.", "account"),
  starter("email-change", "I want to log in with another e-mail address.", "account"),
  starter("close-account", "Delete my account and everything in it.", "account"),
  starter(
    "card-expired",
    "My card expired, where do I enter the new one?",
    "billing",
    [],
    ["billing", "account", "account"],
  ),
];

function starter(
  id: string,
  message: string,
  queue: string,
  tags: readonly string[] = [],
  answers: readonly string[] = [queue, queue, queue],
): StarterCase {
  return { id, message, queue, tags: [queue, ...tags], answers };
}
