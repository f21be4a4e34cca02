import { attachedFile, attachedText, filesIn } from "./attachment.ts";
import { membersIn } from "./found-documents.ts";
import type { Message } from "./message.ts";

function partText(part: unknown): string {
  if (typeof part === "string") return part;
  const { type, text } = membersIn(part);
  if (typeof text === "string") return text;
  const [file] = attachedFile(part) === undefined ? filesIn(part) : [attachedFile(part)];
  if (file !== undefined) return attachedText(file);
  return typeof type === "string" ? `[${type}]` : JSON.stringify(part);
}

/** A message's content as readable text: all text parts, and a placeholder for each part that is not text. */
export function contentText(content: Message["content"]): string {
  if (content === null || typeof content === "string") return content ?? "";
  return content.map(partText).join("\n");
}
