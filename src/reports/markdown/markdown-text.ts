import { cut, plainLine, plainText } from "../plain-text.ts";

/**
 * A text of a user or a model within a sentence, as `<code>`. Every ASCII symbol becomes a character reference,
 * which neither Markdown nor HTML interprets. Inside `<code>`, GitHub does not link mentions, issue numbers or
 * commits.
 */
export function inlineCode(text: string, limit = 120): string {
  const shown = cut(plainLine(text), limit);
  return shown.trim() === "" ? "<code>&#32;</code>" : `<code>${references(shown)}</code>`;
}

/**
 * A sentence of a report that may contain text of a user or a model. Harmless symbols are kept. A zero-width space
 * is inserted into mentions and issue numbers, because GitHub links them after resolving character references.
 */
export function inlineText(text: string, limit = 600): string {
  return references(cut(plainLine(text), limit))
    .replace(/&#(4[014]|37);/g, (_, code) => String.fromCharCode(Number(code)))
    .replace(/(?<=[\p{L})%])&#46;(?= |$)/gu, ".")
    .replace(/(?<=[\p{L}\p{N})%])&#58;(?= |$)/gu, ":")
    .replace(/&#(64|35);/g, "$&&#8203;");
}

/**
 * Replaces every ASCII character except spaces, letters and digits by a reference. Inside a word, `-`, `_`, `/`
 * and `.` are harmless and kept, so that a case id can be searched; only `www.` would become a link.
 */
function references(text: string): string {
  const isLetter = (at: number): boolean => /[A-Za-z0-9]/.test(text[at] ?? "");
  return text.replace(/[!-/:-@[-`{-~]/g, (sign, at: number) => {
    const inside = "-_/.".includes(sign) && isLetter(at - 1) && isLetter(at + 1);
    const link = sign === "." && /www$/i.test(text.slice(0, at));
    return inside && !link ? sign : `&#${sign.charCodeAt(0)};`;
  });
}

/**
 * A text of a user or a model with several lines, as a block. Line feeds become character references too, so the
 * block is one line of Markdown and nothing in the text can end it.
 */
export function block(text: string, limit: number): string {
  const shown = cut(plainText(text), limit);
  return `<pre>${shown.replace(/[&<>"'`@\n\\*_~|[\]#:]|(?<=www)\./gi, (sign) => `&#${sign.charCodeAt(0)};`)}</pre>`;
}
