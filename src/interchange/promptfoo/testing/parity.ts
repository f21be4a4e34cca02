import type { Json } from "../../../domain/json.ts";

/** An assertion with answers, and the verdict that promptfoo 0.121 gave on each. */
export interface ParityCase {
  readonly assertion: { readonly type: string; readonly [key: string]: Json };
  readonly vars?: { readonly [name: string]: Json };
  readonly answers: readonly (readonly [answer: string | Answer, theirs: boolean])[];
  /**
   * Why evals gives another verdict on some of the answers. With this text, the test requires a different verdict.
   */
  readonly different?: string;
  /** The text about the assertion in the table of docs/from-promptfoo.md, besides its type. */
  readonly about?: string;
}

/** An answer with its measurements and tool calls. */
export interface Answer {
  readonly output: string;
  readonly latency_ms?: number;
  readonly cost_usd?: number;
  readonly tool_calls?: Json;
  readonly finish_reason?: string;
}

/** Tools of the model in the test's config. */
export const TOOLS: Json = [
  {
    type: "function",
    function: {
      name: "find_order",
      parameters: { type: "object", properties: { order: { type: "string" } }, required: ["order"] },
    },
  },
  { type: "function", function: { name: "refund", parameters: { type: "object" } } },
];

/** An answer that called tools: names, or names with arguments. */
const called = (...calls: readonly (string | readonly [name: string, given: Json])[]): Answer => ({
  output: "Done.",
  tool_calls: calls.map((one) =>
    typeof one === "string" ? { name: one, arguments: {} } : { name: one[0], arguments: one[1] },
  ),
});

const timed = (latency_ms: number, cost_usd: number): Answer => ({ output: "x", latency_ms, cost_usd });

/** At least one assertion of every type that is imported and needs no model. */
export const PARITY: readonly ParityCase[] = [
  {
    assertion: { type: "equals", value: "yes" },
    answers: [
      ["yes", true],
      ["yes ", false],
    ],
  },
  {
    assertion: { type: "equals", value: { a: [1, null] } },
    about: "an object",
    answers: [
      ['{"a": [1, null]}', true],
      ['{"a": [1]}', false],
      ["none", false],
    ],
  },
  {
    assertion: { type: "not-equals", value: { a: 1 } },
    about: "not-",
    answers: [
      ['{"a": 1}', false],
      ["none", true],
    ],
  },
  {
    assertion: { type: "contains", value: "{{shop}}" },
    about: "a template",
    vars: { shop: "Northwind" },
    answers: [
      ["at Northwind", true],
      ["at northwind", false],
    ],
  },
  {
    assertion: { type: "icontains", value: 42 },
    about: "a number",
    answers: [
      ["it is 42", true],
      ["it is 4", false],
    ],
  },
  {
    assertion: { type: "contains-any", value: 'apple, "pear, green", plum' },
    about: "a list in one text",
    answers: [
      ["a plum", true],
      ["a pear", false],
    ],
  },
  {
    assertion: { type: "contains-all", value: ["a", "b"] },
    answers: [
      ["b a", true],
      ["a", false],
    ],
  },
  {
    assertion: { type: "icontains-any", value: ["PayPal", "cash"] },
    answers: [
      ["by paypal", true],
      ["by card", false],
    ],
  },
  {
    assertion: { type: "icontains-all", value: "RED,blue" },
    answers: [
      ["red Blue", true],
      ["red", false],
    ],
  },
  {
    assertion: { type: "starts-with", value: "Hello" },
    answers: [
      ["Hello you", true],
      [" Hello", false],
    ],
  },
  {
    assertion: { type: "regex", value: "\\b[A-Z]{2}-\\d{3}\\b" },
    answers: [
      ["see AB-123", true],
      ["see AB-12", false],
    ],
  },
  {
    assertion: { type: "regex", value: "^(?!.*sorry).*AB" },
    about: "lookaround",
    answers: [
      ["your AB", true],
      ["sorry, AB", false],
    ],
  },
  {
    assertion: { type: "is-json" },
    answers: [
      ["[1]", true],
      ["```json\n[1]\n```", false],
    ],
  },
  {
    assertion: { type: "is-json", value: "type: array\nitems: { type: string }\nminItems: 1\n" },
    about: "a schema in YAML",
    answers: [
      ['["a"]', true],
      ["[]", false],
      ["a", false],
    ],
  },
  {
    assertion: { type: "contains-json", value: { type: "object", required: ["queue"] } },
    about: "a schema",
    answers: [
      ['Sure: {"queue": "a"}', true],
      ['{"a": 1}', false],
      ["none", false],
    ],
  },
  {
    assertion: { type: "contains-json" },
    about: "braces that are no JSON",
    answers: [
      ['a {"b": 1} c', true],
      ["Dear {name}", true],
    ],
    different: "promptfoo reads what is in braces as YAML, so `{name}` counts as JSON there",
  },
  {
    assertion: { type: "levenshtein", value: "hello world", threshold: 2 },
    answers: [
      ["hallo world", true],
      ["goodbye", false],
    ],
  },
  {
    assertion: { type: "word-count", value: { min: 2, max: 4 } },
    answers: [
      ["three words here", true],
      ["one", false],
    ],
  },
  {
    assertion: { type: "javascript", value: "output.length < context.vars.limit" },
    about: "an expression",
    vars: { limit: 5 },
    answers: [
      ["hi", true],
      ["hello there", false],
    ],
  },
  {
    assertion: { type: "javascript", value: "const n = output.length; n / 10", threshold: 0.5 },
    about: "a number with a threshold",
    answers: [
      ["abcdefg", true],
      ["abc", false],
    ],
  },
  {
    assertion: {
      type: "javascript",
      value:
        "const parsed = JSON.parse(output);\nreturn { pass: parsed.ok, score: 0.5, reason: 'parsed' };\n",
    },
    about: "lines that return, and may throw",
    answers: [
      ['{"ok": true}', true],
      ["no JSON", false],
    ],
  },
  {
    assertion: { type: "javascript", value: "output === 'OK'", transform: "output.trim().toUpperCase()" },
    about: "a transform",
    answers: [
      [" ok\n", true],
      ["no", false],
    ],
  },
  {
    assertion: { type: "python", value: "len(output) / 10", threshold: 0.5 },
    answers: [
      ["abcdefg", true],
      ["abc", false],
    ],
  },
  {
    assertion: { type: "finish-reason", value: "stop" },
    answers: [
      [{ output: "x", finish_reason: "stop" }, true],
      [{ output: "x", finish_reason: "end_turn" }, true],
      [{ output: "x", finish_reason: "max_tokens" }, false],
    ],
  },
  {
    assertion: { type: "not-finish-reason", value: "length" },
    about: "not-",
    answers: [
      [{ output: "x", finish_reason: "STOP" }, true],
      [{ output: "x", finish_reason: "max_tokens" }, false],
    ],
  },
  {
    assertion: { type: "latency", threshold: 500 },
    answers: [
      [timed(500, 0), true],
      [timed(501, 0), false],
    ],
  },
  {
    assertion: { type: "cost", threshold: 0.002 },
    answers: [
      [timed(1, 0.002), true],
      [timed(1, 0.0021), false],
    ],
  },
  {
    assertion: { type: "rouge-n", value: "the cat sat on the mat", threshold: 0.75 },
    about: "words are separated in another way",
    answers: [
      ["the cat sat on the mat", true],
      ["a dog ran", false],
    ],
  },
  {
    assertion: { type: "is-refusal" },
    about: "phrases are other ones",
    answers: [
      ["I'm sorry, but I can't help with that.", true],
      ["Here you are.", false],
    ],
  },
  {
    assertion: { type: "trajectory:tool-used", value: ["find_order", "ref*"] },
    about: "several, one by a pattern",
    answers: [
      [called("refund", "find_order", "find_order"), true],
      [called("find_order"), false],
      [called(), false],
    ],
  },
  {
    assertion: { type: "trajectory:tool-used", value: { name: "find_order", min: 1, max: 2 } },
    about: "so often",
    answers: [
      [called("find_order", "refund"), true],
      [called("find_order", "find_order", "find_order"), false],
      [called("refund"), false],
    ],
  },
  {
    assertion: { type: "not-trajectory:tool-used", value: ["refund", "delete"] },
    about: "not-",
    answers: [
      [called("find_order"), true],
      [called("find_order", "refund"), false],
    ],
  },
  {
    assertion: { type: "trajectory:tool-sequence", value: ["find_order", "refund"] },
    answers: [
      [called("find_order", "check", "refund"), true],
      [called("refund", "find_order"), false],
    ],
  },
  {
    assertion: {
      type: "trajectory:tool-sequence",
      value: { mode: "exact", steps: ["find_order", { name: "refund" }] },
    },
    about: "exact",
    answers: [
      [called(["find_order", { order: "A" }], "refund"), true],
      [called("find_order", "check", "refund"), false],
      [called("find_order"), false],
    ],
  },
  {
    assertion: {
      type: "trajectory:tool-args-match",
      value: { name: "refund", args: { order: "{{order}}", lines: [{ n: 1 }] }, ignore: "*_id" },
    },
    about: "in part",
    vars: { order: "A-7" },
    answers: [
      [called(["refund", { order: "A-7", lines: [{ n: 1, m: 2 }], amount: 25, request_id: "x" }]), true],
      [
        called(["refund", { order: "A-8", lines: [{ n: 1 }] }], ["refund", { order: "A-7", lines: [] }]),
        false,
      ],
      [called("find_order"), false],
    ],
  },
  {
    assertion: {
      type: "trajectory:tool-args-match",
      value: { name: "refund", args: { amount: 25 }, mode: "exact", defaults: { currency: "EUR" } },
    },
    about: "exact",
    answers: [
      [called(["refund", { amount: 25, currency: "EUR" }]), true],
      [called(["refund", { amount: 25, currency: "USD" }]), false],
    ],
  },
  {
    assertion: { type: "not-trajectory:tool-args-match", value: { name: "refund", args: { amount: 99 } } },
    about: "not-",
    answers: [
      [called(["refund", { amount: 25 }]), true],
      [called(["refund", { amount: 99 }]), false],
    ],
  },
  {
    assertion: { type: "trajectory:step-count", value: { type: "tool", max: 2 } },
    about: "of tools",
    answers: [
      [called("a", "b"), true],
      [called("a", "b", "c"), false],
    ],
  },
  {
    assertion: { type: "tool-call-f1", value: "find_order, refund", threshold: 0.8 },
    answers: [
      [called("refund", "find_order", "refund"), true],
      [called("find_order"), false],
      [called(), false],
    ],
  },
  {
    assertion: { type: "is-valid-openai-tools-call" },
    answers: [
      [called(["find_order", { order: "A" }], ["find_order", { order: "B" }], "refund"), true],
      [called(["find_order", { order: "A" }], ["find_order", {}]), false],
      [called(), false],
    ],
  },
  {
    assertion: { type: "is-valid-openai-function-call" },
    about: "a tool that the provider does not have",
    answers: [
      [called(["find_order", { order: "A" }]), true],
      [called(["find_order", { order: "A" }], "other"), false],
    ],
    different: "a call of a tool that the model was not given is let through, beside one that it was",
  },
  {
    assertion: { type: "is-valid-function-call" },
    answers: [
      [called("refund"), true],
      [called("other"), false],
    ],
  },
  {
    assertion: {
      type: "assert-set",
      threshold: 0.5,
      assert: [
        { type: "contains", value: "x" },
        { type: "contains", value: "y" },
      ],
    },
    answers: [
      ["x", true],
      ["z", false],
    ],
  },
];
