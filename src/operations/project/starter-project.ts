import { schemaLine } from "../../domain/schema-address.ts";

/** Default name of the example. */
export const STARTER_NAME = "ticket-queue";

/** The version of the prompt that the suite uses. */
export const RELEASED = "1.0.0";
/** The version of the prompt that the gate blocks. */
export const EDITED = "1.1.0";

/**
 * The files of `evals init`, by path. The config is written last, so that it exists only with a complete example. The
 * suite takes its answers from a recording of two prompt versions, so it runs without a key. It demonstrates how a
 * prompt edit is blocked.
 *
 * @param name of the suite, its dataset, its prompt and its recording
 * @param typed whether the suite is in TypeScript
 */
export function starterFiles(name: string = STARTER_NAME, typed = false): Readonly<Record<string, string>> {
  const named = (text: string): string => text.replaceAll(STARTER_NAME, name);
  return {
    [`evals/${name}.${typed ? "ts" : "yaml"}`]: named(typed ? TYPED_SUITE : SUITE),
    [`datasets/${name}.jsonl`]: jsonl(
      CASES.map(({ id, message, queue, tags }) => ({ id, input: { message }, expected: { queue }, tags })),
    ),
    [`prompts/${name}/${RELEASED}.md`]: PROMPT,
    [`prompts/${name}/${EDITED}.md`]: EDITED_PROMPT,
    [`fixtures/${name}.jsonl`]: jsonl(recordedLines()),
    "evalconfig.yaml": named(CONFIG),
  };
}

const jsonl = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

const CONFIG = `${schemaLine("evalconfig")}models:
  # A model to ask. Set OPENAI_API_KEY (or put it into .env), then: evals run --model small
  small:
    provider: openai
    model: gpt-5.4-mini-2026-03-17
    params: { max_completion_tokens: 200 }

  # Answers kept in git, as evals run --model small --record writes them: no key, no network.
  recorded: { provider: replay, of: small, file: fixtures/ticket-queue.jsonl }

defaults: { trials: 3, concurrency: 16 }
`;

const SUITE = `${schemaLine("suite")}description: Which queue a support ticket belongs to.
dataset: ticket-queue
prompt: ${STARTER_NAME}@${RELEASED}   # released; ${EDITED} is an edit that is not good enough yet
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

const TYPED_SUITE = `import { defineSuite } from "git-evals";

export default defineSuite({
  description: "Which queue a support ticket belongs to.",
  dataset: "ticket-queue",
  prompt: "${STARTER_NAME}@${RELEASED}", // released; ${EDITED} is an edit that is not good enough yet
  model: "recorded",
  scorers: [
    { type: "equals", name: "queue", select: { json: "$.queue" }, against: "expected.queue" },
    // A scorer of your own: it gets the case, the answer and its transcript. This one is reported, and decides nothing.
    { name: "short", required: false, score: ({ output }) => String(output).length <= 200 },
  ],
  gate: {
    require: { pass_rate: ">= 0.8" },
    critical: ["tag:critical"],
  },
});
`;

const PROMPT = `---
${schemaLine("prompt")}description: Name the queue of a support ticket.
rationale: First version.
---
system:
You route support tickets to one of the queues billing, shipping, account.
Answer as JSON: {"queue": "..."}
user:
{{ input.message }}
`;

/** A well-meant edit of four words after which answers are no longer pure JSON. */
const EDITED_PROMPT = PROMPT.replace(
  "First version.",
  "People asked why a ticket went where it went.",
).replace('Answer as JSON: {"queue": "..."}', 'Answer as JSON: {"queue": "..."} and explain your choice.');

interface StarterCase {
  readonly id: string;
  readonly message: string;
  readonly queue: string;
  readonly tags: readonly string[];
  /** The queues in the recorded answers, one for each trial. */
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

/** Keys of the recording: SHA-256 of the request with version 1.0.0 of the prompt, and with 1.1.0. */
const REQUESTS: Readonly<Record<string, readonly [released: string, edited: string]>> = {
  "charged-twice": [
    "febab7cff66cd3b2b19dafd065be10ced33465b05e9b2753bd31247080e1e4de",
    "dfca215913cafe662553224789ee412210aa12b2554f899847873958944bb036",
  ],
  "refund-missing": [
    "b788ae8388864fd2262cc460e10a47b6265d4533762c1220245d85ad40573a49",
    "fc7b3bc7015659661714a1b0af684b9e913c42a6132d90444d16fca9c0e400a2",
  ],
  "invoice-copy": [
    "ce2f65874b0802816308486387a56022c2bbb985cde499efa56b33e5ddd2c44e",
    "6abf51fcedef2a6a55de959d8cd9b36ae620c6cabd5a1ec04f6684b70daa1c34",
  ],
  "parcel-late": [
    "25200e31291e6e7604a373326a69b02bf4e36b9ef3916054ba248d1cd0b56815",
    "56befae242d8fad6f1719696e322da0206ec71d396d9b6de54b48e68f71a73e0",
  ],
  "parcel-broken": [
    "e3fe985c5e6d7b751f0df5d820ce7c127c7c8602b540f11ea06c13da32a05f83",
    "5912bc46762fe10acf3ae392e5f67528d12ed460f26ef27f01e0f629c7c1561b",
  ],
  "address-change": [
    "87d6acd1a808daec937747fe1bc725ce886a2700a437de8756002a94da1ebed8",
    "85e10e0f0f0d596d4575c2309f5e743cbac13e3a55dace654396d72ac0328b52",
  ],
  "password-reset": [
    "352d7d031469dd3bcbfc2cc01720079519fdc505e7af0f2df3c6a972f18a1af4",
    "950502bf08d87db4400340048ad40da554f03ac89cc9ca9b192ded617f3d41f8",
  ],
  "email-change": [
    "39fc7ce54ffc118953b1947f1d8518aa87bd5f77c1bf2ef8b6c33ae280c911ce",
    "51012283e6f2bc696e68de4a26d5339156c1c6a70550bed7e614098acbc83669",
  ],
  "close-account": [
    "2b06c855fb9b3bbe53dca9f76afcd831127fced4041b74781bf607dc2a438886",
    "6650d9dd5ad71ea44a14f9e154d0420244c436c3fa008e0deffacce98701edf1",
  ],
  "card-expired": [
    "9d83e88df4903af0fa59b26d61f9a24ac4b7cee3de65d688457a3d9e47d4fa64",
    "8367fa94f9033992371665b742776f236105b1f38fc84e3edd03f8edc10d3b2f",
  ],
};

/** The lines of the recording. With the edited prompt, two of three answers go on after their JSON. */
function recordedLines(): readonly object[] {
  return CASES.flatMap(({ id, queue, answers }) => {
    const requests = REQUESTS[id];
    if (requests === undefined) throw new Error(`no recorded request of ${id}`);
    const [released, edited] = requests;
    const line = (request: string, index: number, output: string) => ({
      case: id,
      trial: index + 1,
      request,
      output,
    });
    return [
      ...answers.map((answer, index) => line(released, index, JSON.stringify({ queue: answer }))),
      ...answers.map((answer, index) => {
        const reason = index === 0 ? "" : `\n\nThis is about ${answer}, so I chose the ${answer} queue.`;
        return line(edited, index, `${JSON.stringify({ queue: index === 0 ? queue : answer })}${reason}`);
      }),
    ];
  });
}
