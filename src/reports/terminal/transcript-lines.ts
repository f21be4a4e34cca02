import { contentText } from "../../domain/content-text.ts";
import { conversationSteps } from "../../domain/conversation.ts";
import type { ToolUse, TranscriptDocument } from "../../domain/describe-transcript.ts";
import type { Message } from "../../domain/message.ts";
import type { Retrieval } from "../../domain/trajectory.ts";
import { plural } from "../format-numbers.ts";
import { plainLine, plainText } from "../plain-text.ts";

const indented = (text: string, by: string): string[] =>
  text === ""
    ? []
    : plainText(text)
        .split("\n")
        .map((line) => `${by}${line}`);

const jsonText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

function callLines({ name, arguments: asked, result, error, latency_ms }: ToolUse, by: string): string[] {
  const time = latency_ms === null ? "" : `  ${Math.round(latency_ms)} ms`;
  const outcome = error !== null ? `failed: ${error}` : result === null ? "" : `= ${jsonText(result)}`;
  return [`${by}${plainLine(`${name}(${jsonText(asked)})${time}`)}`, ...indented(outcome, `${by}  `)];
}

function messageLines({ role, name, content }: Message): string[] {
  return [
    `  ${plainLine(name === undefined ? role : `${role} ${name}`)}`,
    ...indented(contentText(content), "    "),
  ];
}

/** The messages in order. The result of a tool call is shown below the call, and not as a message of its own. */
function conversationLines({ messages, tool_calls }: TranscriptDocument): string[] {
  const { replies } = conversationSteps(messages);
  const stepOfMessage = new Map(
    replies.flatMap(({ step, added: indexes }) => indexes.map((index) => [index, step])),
  );
  const last = new Map(replies.map(({ step, added: indexes }) => [indexes.at(-1), step]));
  const lines: string[] = [];
  for (const [index, message] of messages.entries()) {
    const step = stepOfMessage.get(index);
    if (message.role === "tool") continue;
    if (step === undefined) {
      const text = messageLines(message);
      if (text.length > 1) lines.push(...text);
      continue;
    }
    if (replies[step - 1]?.added[0] === index) lines.push(`  assistant, step ${step}`);
    lines.push(...indented(contentText(message.content), "    "));
    const ended = last.get(index);
    const calls = ended === undefined ? [] : (tool_calls ?? []).filter((call) => call.step === ended);
    lines.push(...calls.flatMap((call) => callLines(call, "    ")));
  }
  return lines;
}

function retrievalLine({ step, query, documents }: Retrieval): string {
  const found = documents.map(({ id, score }) => (score === null ? id : `${id} ${score}`)).join(", ");
  const asked = query === null ? "" : `${JSON.stringify(query)}  `;
  return `  ${plainLine(`${step === null ? "" : `step ${step}  `}${asked}${found === "" ? "nothing found" : found}`)}`;
}

const titled = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [title, ...lines, ""];

/** Facts about a trajectory: `first token after 210 ms`, `3 steps`, `2 turns`, `stopped by its limit on steps`. */
export function wayFacts({ first_token_ms, steps, turns, stopped }: TranscriptDocument): readonly string[] {
  return [
    ...(first_token_ms === undefined ? [] : [`first token after ${Math.round(first_token_ms)} ms`]),
    ...(steps === null || steps < 2 ? [] : [plural(steps, "step")]),
    ...(turns === null || turns < 2 ? [] : [plural(turns, "turn")]),
    ...(stopped === null ? [] : [`stopped by its limit on ${stopped}`]),
  ];
}

/**
 * The parts of a transcript other than the answer, for a terminal.
 *
 * @param own whether the target reported the conversation itself. If not, the conversation is in the request, which the
 * caller has shown already, so only tool calls, retrievals and state are returned
 */
export function transcriptLines(transcript: TranscriptDocument, own: boolean): string[] {
  const calls = own ? [] : (transcript.tool_calls ?? []);
  return [
    ...(own ? titled("conversation", conversationLines(transcript)) : []),
    ...titled(
      "tool calls",
      calls.flatMap((call) => callLines(call, "  ")),
    ),
    ...titled("retrievals", transcript.retrievals.map(retrievalLine)),
    ...(transcript.state === null
      ? []
      : titled("state", indented(JSON.stringify(transcript.state, null, 2), "  "))),
  ];
}
