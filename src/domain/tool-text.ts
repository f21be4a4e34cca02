import { parsePlainJson, withNumbersAsText } from "./exact-json.ts";
import { membersIn } from "./found-documents.ts";
import type { Json } from "./json.ts";

/**
 * Matches a text that may be JSON. Most results are prose, and a failed attempt to parse one takes longer than this
 * check.
 */
const MAY_BE_JSON = /^\s*(?:[[{"\d-]|(?:true|false|null)\s*$)/;

/**
 * Arguments or result of a tool call: parsed if they are JSON, else the text. A number that a double would change,
 * such as an id above 2^53, is kept as text.
 */
export function toolValue(written: unknown): Json {
  if (typeof written !== "string") return withNumbersAsText(written);
  if (!MAY_BE_JSON.test(written)) return written;
  try {
    return parsePlainJson(written);
  } catch {
    return written;
  }
}

const TEXT_PART = /^(?:text|output_text|input_text)$/;
const isTextPart = (part: unknown): boolean => TEXT_PART.test(String(membersIn(part).type));

/** The text of a content part that is only text; undefined for other parts, such as a document with an id. */
export function textOfPart(part: unknown): string | undefined {
  if (typeof part === "string") return part;
  const { type, text, content, ...others } = membersIn(part);
  const isText = type === undefined ? Object.keys(others).length === 0 : isTextPart(part);
  const written = text ?? content;
  return isText && typeof written === "string" ? written : undefined;
}

/** The text of a message's content that is a text or only text parts; undefined for other content. */
export function plainText(content: unknown): string | undefined {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return undefined;
  const texts = content.map(textOfPart);
  return texts.every((text) => text !== undefined) ? texts.join("") : undefined;
}

/** The result of a tool call, or the error that it reports. */
export interface ToolResult {
  readonly value: Json;
  /** The error message, if the result itself says that it is an error; else undefined. */
  readonly error: string | undefined;
}

/**
 * Beginning and end of the text that a framework (the OpenAI Agents SDK, LangGraph) gives the model instead of a result
 * when a tool has thrown an error. Nothing else in the framework's history shows the error.
 */
const THROWN: readonly (readonly [start: string, end: string])[] = [
  ["An error occurred while running the tool. Please try again.", ""],
  ["Error: ", "\n Please fix your mistakes."],
];

function thrownIn(value: Json): string | undefined {
  if (typeof value !== "string") return undefined;
  const told = THROWN.find(([start, end]) => value.startsWith(start) && value.endsWith(end));
  return told && value.slice(0, value.length - told[1].length);
}

/** The members that an MCP server's reply to a tool call can have. */
const MCP_REPLY = new Set(["content", "structuredContent", "isError", "_meta"]);

function isMcpReply(value: Json): value is { readonly [name: string]: Json } & { readonly content: Json[] } {
  const { content } = membersIn(value);
  return (
    Array.isArray(content) &&
    Object.keys(membersIn(value)).every((name) => MCP_REPLY.has(name)) &&
    content.every((part) => typeof membersIn(part).type === "string")
  );
}

/**
 * Reads a tool's result in any of its forms: a value, JSON text, text in content parts, or a whole reply of an MCP
 * server. Some frameworks pass on a server's whole reply, so the same result may arrive in each of these forms.
 */
export function readToolResult(given: unknown): ToolResult {
  const value = toolValue(given);
  const isReply = isMcpReply(value);
  const isPart = isTextPart(value) && Object.keys(membersIn(value)).length === 2;
  const content = isReply ? value.content : isPart ? [value] : value;
  const isParts = Array.isArray(content) && (isReply || content.length > 0) && content.every(isTextPart);
  const text = isParts ? plainText(content) : undefined;
  const inner = text === undefined ? content : toolValue(text);
  if (!isReply) return { value: inner, error: thrownIn(inner) };
  return {
    value: value.structuredContent ?? inner,
    error: value.isError === true ? text || JSON.stringify(content) : thrownIn(inner),
  };
}
