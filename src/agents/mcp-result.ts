import { withNumbersAsText } from "../domain/exact-json.ts";
import type { Json } from "../domain/json.ts";
import type { ToolOutcome } from "../domain/tool.ts";
import { readTextResult } from "./text-result.ts";

interface CallResult {
  readonly content?: readonly { readonly type: string; readonly text?: unknown }[] | undefined;
  readonly structuredContent?: unknown;
  readonly isError?: boolean | undefined;
}

/** The result of an MCP call as one value: text is parsed as JSON if possible, other content is unchanged. */
export function resultOfContent({ content = [], structuredContent, isError }: CallResult): ToolOutcome {
  const texts = content.map((part) => (part.type === "text" ? part.text : undefined));
  const text = texts.every((one) => typeof one === "string") ? texts.join("\n") : undefined;
  if (isError === true) return { kind: "error", message: text || JSON.stringify(content) };
  if (structuredContent !== undefined) return { kind: "result", value: structuredContent as Json };
  if (text === undefined) return { kind: "result", value: content as unknown as Json };
  return { kind: "result", value: withNumbersAsText(readTextResult(text)) };
}
