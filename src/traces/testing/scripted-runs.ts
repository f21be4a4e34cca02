import type { TranscriptDocument } from "../../domain/describe-transcript.ts";
import type { Json } from "../../domain/json.ts";
import { toolValue } from "../../domain/tool-text.ts";

// For tests only: the scripted replies of a model in twenty runs of one agent, and how its traces must be read.

export interface ScriptedCall {
  readonly name: string;
  readonly arguments: { readonly [key: string]: Json };
}

/** One reply of the model: tool calls, with or without a text, or the final text. */
export interface ScriptedReply {
  readonly text?: string;
  readonly calls?: readonly ScriptedCall[];
}

const call = (name: string, given: ScriptedCall["arguments"] = {}): ScriptedCall => ({
  name,
  arguments: given,
});
const find = (id: string) => call("find_order", { id });
const refund = (id: string, amount = 40) => call("refund", { id, amount });
const calls = (...all: ScriptedCall[]): ScriptedReply => ({ calls: all });
const says = (text: string): ScriptedReply => ({ text });

/** The model's replies in each run. For an order id that begins with X, the tool throws: there is no such order. */
export const SCRIPTED_RUNS: readonly (readonly ScriptedReply[])[] = [
  [says("Hello. What can I do?")],
  [calls(find("A-1")), says("It was 40.")],
  [calls(find("A-1")), calls(refund("A-1")), says("I have paid 40 back.")],
  [calls(find("A-1"), call("search", { query: "returns" })), says("Send it back.")],
  [calls(find("A-1"), find("A-2"), find("A-3")), says("All three are here.")],
  [calls(find("A-1")), calls(find("A-1")), says("It is still there.")],
  [calls(find("A-1"), find("A-1")), says("I looked twice.")],
  [calls(find("X-1")), calls(find("A-1")), says("Found it now.")],
  [calls(find("X-1")), calls(find("X-1")), says("There is no such order.")],
  [calls(find("X-1"), find("A-2")), says("One of them is here.")],
  [{ text: "Let me look.", ...calls(find("A-1")) }, says("It was 40.")],
  [{ text: "Let me look.", ...calls(find("A-1"), find("X-2")) }, says("One is here.")],
  [calls(call("note", { text: "broken" })), says("Noted.")],
  [calls(call("search", { query: "label" })), says("Use the label.")],
  [calls(call("count", {})), says("There are 7.")],
  [
    calls(call("note", { text: 'Größe "L"\n→ 2', tags: ["a", "b"], at: { page: 3, exact: true } })),
    says("Noted: Größe L."),
  ],
  [calls(call("count", {})), calls(call("count", {})), calls(refund("A-1", 7)), says("Done.")],
  [
    { text: "Next.", ...calls(find("A-1")) },
    { text: "Next.", ...calls(find("A-1")) },
    { text: "Next.", ...calls(find("A-2")) },
    calls(refund("A-2", 12.5)),
    says("Next."),
  ],
  [calls(find("X-1"), refund("X-1")), says("Neither works.")],
  [calls(call("check", { id: "A-9" })), calls(find("A-9")), says("It may not be paid back.")],
];

/**
 * The user's message in a run. It contains the number of the run, by which `scriptedReply` finds the replies.
 */
export const askOf = (run: number): string => `[${run}] Please help.`;

/** The model's next reply in a conversation. */
export function scriptedReply(messages: readonly { readonly role: string }[]): {
  readonly run: number;
  readonly step: number;
  readonly reply: ScriptedReply;
} {
  const run = Number(/\[(\d+)\] Please/.exec(JSON.stringify(messages))?.[1]);
  const step = messages.filter(({ role }) => role === "assistant").length;
  const reply = SCRIPTED_RUNS[run]?.[step];
  if (reply === undefined) throw new Error(`run ${run} has no step ${step}`);
  return { run, step, reply };
}

/** The tools of the agent, as code of a module without imports. */
export const SCRIPTED_TOOLS = `export const shop = {
  find_order: ({ id }) => { if (id.startsWith("X")) throw new Error("no order " + id); return { id, total: 40 }; },
  refund: ({ id, amount }) => { if (id.startsWith("X")) throw new Error("nothing to pay for " + id); return { paid: amount }; },
  search: ({ query }) => [{ id: "H-1", text: "About " + query }, { id: "H-2", text: "Ask us." }],
  note: () => "noted",
  count: () => 7,
  check: () => ({ error: "not allowed" }),
};
`;

const RESULTS: Readonly<Record<string, (given: Readonly<Record<string, Json>>) => Json>> = {
  find_order: ({ id = null }) => ({ id, total: 40 }),
  refund: ({ amount = null }) => ({ paid: amount }),
  search: ({ query }) => [
    { id: "H-1", text: `About ${query}` },
    { id: "H-2", text: "Ask us." },
  ],
  note: () => "noted",
  count: () => 7,
};

/** A run as read from its trace. */
export interface TracedRun {
  readonly run: number;
  readonly output: string;
  /**
   * Role and text of each message. The text of a failed tool is null, because each framework words it
   * differently.
   */
  readonly messages: readonly (readonly [role: string, text: Json])[];
  readonly tool_calls: readonly {
    readonly name: string;
    readonly arguments: Json;
    readonly step: number | null;
    readonly result?: Json;
    readonly error?: string;
  }[];
  readonly steps: number | null;
  readonly usage: { readonly input_tokens: number | null; readonly output_tokens: number | null };
}

function ended({ name, arguments: given }: ScriptedCall): { result: Json } | { error: string } {
  const id = String(given.id ?? "");
  if (name === "check") return { error: "not allowed" };
  if (id.startsWith("X")) return { error: `${name === "refund" ? "nothing to pay for" : "no order"} ${id}` };
  return { result: RESULTS[name]?.(given) ?? null };
}

/** What reading a trace of this run must give. */
export function expectedRun(run: number): TracedRun {
  const replies = SCRIPTED_RUNS[run] ?? [];
  const messages: [string, Json][] = [
    ["system", "Help."],
    ["user", askOf(run)],
  ];
  const tool_calls: TracedRun["tool_calls"][number][] = [];
  replies.forEach(({ text, calls: asked = [] }, at) => {
    messages.push(["assistant", text ?? null]);
    for (const one of asked) {
      const outcome = ended(one);
      messages.push(["tool", "result" in outcome ? outcome.result : null]);
      tool_calls.push({ ...one, step: at + 1, ...outcome });
    }
  });
  const steps = replies.length;
  const usage = { input_tokens: 100 * steps, output_tokens: 10 * steps };
  return { run, output: replies.at(-1)?.text ?? "", messages, tool_calls, steps, usage };
}

/** @param shown a trace's transcript, as `evals show --json` prints it */
export function tracedRun(shown: TranscriptDocument): TracedRun {
  const { messages, steps, usage, output } = shown;
  const tool_calls = shown.tool_calls ?? [];
  const hasFailed = tool_calls.map(({ error }) => error !== null);
  let results = 0;
  return {
    run: Number(/\[(\d+)\] Please/.exec(JSON.stringify(messages))?.[1]),
    output,
    messages: messages.map(({ role, content }) => {
      if (role !== "tool") return [role, content as Json];
      return [role, hasFailed[results++] === true ? null : toolValue(content)];
    }),
    tool_calls: tool_calls.map(({ name, arguments: asked, step, result, error }) => ({
      ...{ name, arguments: asked, step },
      ...(error === null ? { result } : { error }),
    })),
    steps,
    usage: { input_tokens: usage.input_tokens, output_tokens: usage.output_tokens },
  };
}
