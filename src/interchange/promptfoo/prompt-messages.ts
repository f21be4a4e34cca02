import { parseDocument } from "yaml";
import { NUNJUCKS, templateTags } from "../../domain/template-tags.ts";
import { repeatedYamlKey } from "../reading/repeated-yaml-keys.ts";
import { Untranslatable } from "./templates/nunjucks-tree.ts";

export interface TemplateMessage {
  readonly role: string;
  /** The text of the message, as a Nunjucks template. */
  readonly content: string;
  /** Line in the whole template, from 1. */
  readonly line: number;
}

const ROLES = ["system", "developer", "user", "assistant", "tool"];

/**
 * The messages of a prompt: each message of a chat in JSON or YAML, or any other text as one user message. Roles
 * are determined before values are filled in, so that a value cannot pretend to be a role.
 *
 * @throws {Untranslatable} for a chat whose messages are created by the template
 */
export function messagesOf(text: string): TemplateMessage[] {
  const trimmed = text.trim();
  const isJson = /^\[\s*(?:\{(?![{%#])|\{%|\{\{)/.test(trimmed);
  const isYaml = /^- role:/m.test(trimmed) && trimmed.startsWith("- role:");
  if (!isJson && !isYaml) return [{ role: "user", content: text, line: 1 }];
  const { bare, tags } = withoutTags(text, isJson);
  let parsed: unknown;
  try {
    parsed = isJson ? JSON.parse(bare) : yamlValue(bare);
  } catch {
    // promptfoo sends text that is not JSON unchanged. A list of messages between block tags cannot be
    // converted.
    const block = tags.find(({ text: tag }) => tag.startsWith("{%"));
    if (block === undefined) return [{ role: "user", content: text, line: 1 }];
    throw new Untranslatable(
      `${block.text} creates the messages of a chat; in evals, the roles must be written in the prompt (messages: input.history inserts earlier messages)`,
      block.line,
    );
  }
  const list = Array.isArray(parsed) ? parsed : undefined;
  if (list === undefined || list.length === 0 || !list.every(isMessage))
    return [{ role: "user", content: text, line: 1 }];
  return list.map(({ role, content }) => {
    const words = restored(role, tags);
    if (!ROLES.includes(words))
      throw new Untranslatable(`the role ${words} is not one of ${ROLES.join(", ")}`, 1);
    return { role: words, ...contentOf(content, tags) };
  });
}

interface Tag {
  readonly text: string;
  readonly line: number;
  /** Whether the tag is a whole value and not a part of a text. */
  readonly whole: boolean;
}

const MARK = /\uE000(\d+)\uE001/g;

/** Replaces each tag by a placeholder, so that the rest can be parsed as JSON. */
function withoutTags(
  text: string,
  isJson: boolean,
): { readonly bare: string; readonly tags: readonly Tag[] } {
  const found = new Map(templateTags(text, NUNJUCKS).map((tag) => [tag.at, tag.text]));
  const tags: Tag[] = [];
  let bare = "";
  let inText = false;
  let line = 1;
  for (let at = 0; at < text.length; at++) {
    const tag = found.get(at);
    if (tag !== undefined) {
      const mark = `\uE000${tags.length}\uE001`;
      tags.push({ text: tag, line, whole: isJson && !inText });
      // A placeholder for a block tag between messages makes the text invalid JSON, and `messagesOf` reports the tag.
      bare +=
        inText || !isJson || tag.startsWith("{%") ? mark : tag.startsWith("{#") ? "" : JSON.stringify(mark);
      line += linesIn(tag);
      at += tag.length - 1;
      continue;
    }
    if (text[at] === "\n") line++;
    if (text[at] === "\\" && inText) {
      if (text[at + 1] === "\n") line++;
      bare += text.slice(at, at + 2);
      at++;
      continue;
    }
    if (text[at] === '"') inText = !inText;
    bare += text[at];
  }
  return { bare, tags };
}

const linesIn = (text: string): number => text.split("\n").length - 1;

/** @throws for a text that is not YAML */
function yamlValue(text: string): unknown {
  const document = parseDocument(text, { uniqueKeys: false, logLevel: "error" });
  const [error] = document.errors;
  if (error !== undefined) throw error;
  if (repeatedYamlKey(document) !== undefined) throw new Error("a map has a key twice");
  return document.toJS();
}

const isMessage = (one: unknown): one is { role: string; content: unknown } =>
  one !== null &&
  typeof one === "object" &&
  typeof (one as { role?: unknown }).role === "string" &&
  "content" in one;

function restored(text: string, tags: readonly Tag[]): string {
  return text.replace(MARK, (_, index: string) => tags[Number(index)]?.text ?? "");
}

function contentOf(
  content: unknown,
  tags: readonly Tag[],
): { readonly content: string; readonly line: number } {
  if (Array.isArray(content)) {
    const parts = content.map((part: { type?: unknown; text?: unknown }) =>
      part?.type === "text" && typeof part.text === "string" ? part.text : undefined,
    );
    if (parts.some((part) => part === undefined))
      throw new Untranslatable("a message contains more than text (an image, a file)", tags[0]?.line ?? 1);
    return contentOf(parts.join("\n"), tags);
  }
  if (typeof content !== "string") throw new Untranslatable("the content of a message is not a text", 1);
  const [only] = content.match(/^\uE000(\d+)\uE001$/) ? [tags[Number(content.slice(1, -1))]] : [];
  const line = tags[Number(/\uE000(\d+)\uE001/.exec(content)?.[1] ?? -1)]?.line ?? 1;
  if (only?.whole !== true) return { content: restored(content, tags), line };
  // The filter is removed, because a value that is serialized and parsed again is the value itself.
  return { content: only.text.replace(/\s*\|\s*(?:dump|tojson)\s*(?:\(\s*\))?\s*(-?\}\})$/, " $1"), line };
}
