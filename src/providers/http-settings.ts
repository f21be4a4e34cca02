import * as z from "zod";
import { modelFrame } from "../domain/config.ts";
import type { Usage } from "../domain/transcript.ts";
import { NO_FRAGMENT } from "./chat-settings.ts";
import { HeaderSettings } from "./header-settings.ts";

export const STREAM_DIALECTS = ["text", "openai", "anthropic"] as const;
export type StreamDialect = (typeof STREAM_DIALECTS)[number];

const withoutTemplates = (url: string): string => url.replace(/\{\{.*?\}\}|\{%.*?%\}/g, "");

const Path = z.string().startsWith("$").describe("RFC 9535 JSONPath into the reply");

const Fields = z.strictObject({
  ...modelFrame,
  url: z
    .url({ protocol: /^https?$/ })
    .refine((url) => !withoutTemplates(url).includes("#"), NO_FRAGMENT)
    .describe("Its path and query may contain templates like those of body, whose values are URL-encoded"),
  method: z.enum(["GET", "POST", "PUT", "PATCH"]).default("POST"),
  headers: HeaderSettings,
  body: z
    .json()
    .optional()
    .describe(
      "JSON whose strings are Liquid templates over input, messages, case.id and clock; default {input, messages}",
    ),
  answer: Path.optional().describe("JSONPath of the answer; absent: the whole text of the reply"),
  usage: z
    .strictObject({
      input_tokens: Path.optional(),
      output_tokens: Path.optional(),
      cached_input_tokens: Path.optional(),
      cache_write_tokens: Path.optional(),
      reasoning_tokens: Path.optional(),
    } satisfies Record<keyof Usage, unknown>)
    .optional()
    .describe("JSONPaths of token counts; input includes cached tokens, output includes reasoning tokens"),
  messages: Path.optional().describe("JSONPath of the whole conversation, in OpenAI's message format"),
  tool_calls: Path.optional().describe("JSONPath of the tool calls, a list of {name, arguments}"),
  cost_usd: Path.optional().describe("JSONPath of what the answer cost, in US dollars"),
  stream: z
    .enum(STREAM_DIALECTS)
    .optional()
    .describe(
      "The reply is streamed (server-sent events or lines of JSON), and its pieces are joined. openai, anthropic: pieces in the format of that API; text: each piece is a part of the text, or JSON with that part at the JSONPath in answer",
    ),
});

export const HttpSettings = Fields.superRefine(({ method, body }, context) => {
  if (method === "GET" && body !== undefined)
    context.addIssue({ code: "custom", path: ["body"], message: "left out: a GET request has no body" });
});
export type HttpSettings = z.output<typeof HttpSettings>;
