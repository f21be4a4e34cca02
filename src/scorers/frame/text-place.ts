import { isTurn } from "../../domain/conversation.ts";
import { exactJsonText } from "../../domain/exact-json.ts";
import { membersIn } from "../../domain/found-documents.ts";
import type { Message } from "../../domain/message.ts";
import type { TextPlace } from "../../domain/suite.ts";
import type { Transcript } from "../../domain/transcript.ts";
import { Unselectable } from "./parse-answer.ts";
import { knownCalls } from "./whole-transcript.ts";

/** Returns the text of a transcript that a scorer reads; an `Unselectable` when there is no such text. */
export type TextReader = (transcript: Transcript) => string | Unselectable;

const answer: TextReader = ({ output }) => output;

/** The text of a message's content; other parts are left out. */
export function messageText({ content }: Pick<Message, "content">): string {
  if (typeof content === "string") return content;
  if (content === null) return "";
  return content
    .map((part) => (typeof part === "string" ? part : membersIn(part).text))
    .filter((text) => typeof text === "string")
    .join("");
}

/** The texts of the assistant, one per message; only the answer when no conversation is known. */
export function assistantTexts({ messages, output }: Transcript): readonly string[] {
  const texts = messages.filter(({ role }) => role === "assistant").map(messageText);
  if (texts.length === 0) return [output];
  // An answer that is in no message of the conversation is added.
  return texts.includes(output) ? texts : [...texts, output];
}

function conversationText(transcript: Transcript): string {
  const { messages, output } = transcript;
  if (messages.length === 0) return `assistant: ${output}`;
  const texts = messages.filter((message) => messageText(message) !== "");
  return texts.map((message) => `${message.role}: ${messageText(message)}`).join("\n");
}

/** "once" or "3 times". */
export const timesWord = (times: number): string => (times === 1 ? "once" : `${times} times`);

/** The reply to one user message. */
function turnText({ messages, output }: Transcript, turn: number): string | Unselectable {
  if (messages.length === 0) return turn === 1 ? output : new Unselectable(`there is no turn ${turn}`);
  let turns = 0;
  const texts: string[] = [];
  for (const message of messages) {
    if (isTurn(message)) turns++;
    if (message.role === "assistant" && turns === turn) texts.push(messageText(message));
  }
  const text = texts.filter((one) => one !== "").join("\n");
  if (turns < turn) return new Unselectable(`there is no turn ${turn}: the person spoke ${timesWord(turns)}`);
  return text === "" ? new Unselectable(`turn ${turn} has no reply`) : text;
}

/** The arguments of a tool's call as JSON; a list of them when the tool was called several times. */
function toolText(transcript: Transcript, tool: string): string | Unselectable {
  const asked = knownCalls(transcript)
    .filter(({ name }) => name === tool)
    .map((call) => call.arguments);
  if (asked.length === 0) return new Unselectable(`${tool} was not called`);
  return exactJsonText(asked.length === 1 ? asked[0] : asked);
}

/** Compiles `on`; undefined selects the answer. */
export function textReader(on: TextPlace | undefined): TextReader {
  if (on === undefined || on === "answer") return answer;
  if (on === "assistant") return (transcript) => assistantTexts(transcript).join("\n");
  if (on === "conversation") return conversationText;
  if ("turn" in on) return (transcript) => turnText(transcript, on.turn);
  return (transcript) => toolText(transcript, on.tool);
}
