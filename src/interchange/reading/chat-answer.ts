import type { Json } from "../../domain/json.ts";
import { isObject, type JsonObject, listMember, numberMember, objectMember } from "./json-fields.ts";

/** A provider's reply: the text of the answer, and its usage. */
export interface ChatAnswer {
  /** Undefined when the reply contains no answer. */
  readonly output: string | undefined;
  readonly usage: { readonly [field: string]: number } | undefined;
}

/** Reads a reply of OpenAI (chat completions, responses, completions) or Anthropic. */
export function chatAnswer(body: JsonObject): ChatAnswer {
  return { output: answerText(body), usage: usageOf(objectMember(body, "usage")) };
}

function answerText(body: JsonObject): string | undefined {
  const [choice] = listMember(body, "choices");
  if (isObject(choice)) {
    const message = objectMember(choice, "message");
    if (message !== undefined) return contentText(message.content) ?? toolCallText(message);
    return typeof choice.text === "string" ? choice.text : undefined;
  }
  if (Array.isArray(body.content)) return contentText(body.content as Json);
  if (typeof body.output_text === "string") return body.output_text;
  const messages = listMember(body, "output")
    .filter(isObject)
    .filter(({ type }) => type === "message");
  return messages.length === 0
    ? undefined
    : messages.map(({ content }) => contentText(content) ?? "").join("");
}

/** The text of a content: the string, or the joined text parts; undefined when there is none. */
export function contentText(content: Json | undefined): string | undefined {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return undefined;
  const texts = (content as readonly Json[]).flatMap((part) =>
    isObject(part) &&
    typeof part.text === "string" &&
    /^(?:text|output_text|input_text)$/.test(String(part.type ?? "text"))
      ? [part.text]
      : [],
  );
  return texts.length === 0 ? undefined : texts.join("");
}

/** An answer that only calls tools is represented by the calls as JSON. */
function toolCallText(message: JsonObject): string | undefined {
  const calls = listMember(message, "tool_calls");
  return calls.length === 0 ? undefined : JSON.stringify(calls);
}

/** Token counts of a reply of OpenAI or Anthropic, under the names that evals uses. */
export function usageOf(usage: JsonObject | undefined): { readonly [field: string]: number } | undefined {
  const input = numberMember(usage, "prompt_tokens") ?? numberMember(usage, "input_tokens");
  const output = numberMember(usage, "completion_tokens") ?? numberMember(usage, "output_tokens");
  if (input === undefined || output === undefined || usage === undefined) return undefined;
  const details = objectMember(usage, "prompt_tokens_details") ?? objectMember(usage, "input_tokens_details");
  const thought =
    objectMember(usage, "completion_tokens_details") ?? objectMember(usage, "output_tokens_details");
  const cached =
    numberMember(details, "cached_tokens") ??
    numberMember(usage, "cached_tokens") ??
    numberMember(usage, "input_tokens_cache_read");
  const reasoning = numberMember(thought, "reasoning_tokens") ?? numberMember(usage, "reasoning_tokens");
  const written = numberMember(usage, "input_tokens_cache_write");
  return {
    input_tokens: input,
    output_tokens: output,
    ...(cached === undefined ? {} : { cached_input_tokens: cached }),
    ...(written === undefined ? {} : { cache_write_tokens: written }),
    ...(reasoning === undefined ? {} : { reasoning_tokens: reasoning }),
  };
}
