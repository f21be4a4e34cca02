// A production conversation, which each producer in `producer-traces.ts` writes in its own form.

export const ASK = "Where is A-7? Write to dana.kirk@example.com";
const SYSTEM = "Be brief.";
export const ARGUMENTS = { order: "A-7", deep: { ok: true } };
export const RESULT = { state: "sent" };
export const ANSWER = "It is on its way.";
export const MODEL = "gpt-4.1-2025-04-14";
export const json = JSON.stringify;
export const CALL = {
  id: "c1",
  type: "function",
  function: { name: "find_order", arguments: json(ARGUMENTS) },
};

const GIVEN = [
  { role: "system", content: SYSTEM },
  { role: "user", content: ASK },
];
const CALLING = { role: "assistant", content: null, tool_calls: [CALL] };
const FOUND = { role: "tool", tool_call_id: "c1", content: json(RESULT) };
const REPLY = { role: "assistant", content: ANSWER };
export const CALLS = [
  { given: GIVEN, reply: CALLING, usage: { input: 30, output: 4, cached: 8 } },
  { given: [...GIVEN, CALLING, FOUND], reply: REPLY, usage: { input: 50, output: 6, cached: 0 } },
];
/** The trace that must be read from every producer's form. */
export const EXPECTED_TRACE = {
  session: "s-1",
  model: MODEL,
  output: ANSWER,
  usage: { input_tokens: 80, output_tokens: 10, cached_input_tokens: 8 },
  tool_calls: [{ name: "find_order", arguments: ARGUMENTS, result: RESULT }],
  messages: [
    { role: "system", content: SYSTEM },
    { role: "user", content: "Where is A-7? Write to [email]" },
    { role: "assistant", content: null },
    { role: "tool", content: json(RESULT) },
    { role: "assistant", content: ANSWER },
  ],
};
/** Texts that must not be in the store after an import. */
export const SECRETS = ["dana.kirk@example.com", "user-7-of-northwind"];
export const ABOUT = { "session.id": "s-1", "user.id": "user-7-of-northwind", "tag.tags": ["canary", "de"] };

export const TRACE_ID = "5b8efff798038103d269b633813fc60c";
export const AT = Date.UTC(2026, 4, 4, 8);
export const iso = (ms: number): string => new Date(AT + ms).toISOString();
