import { cut, plainLine, plainText } from "../plain-text.ts";

/**
 * A text between other words. Every ASCII sign becomes a character reference, which Markdown never takes for structure
 * and HTML never for a tag; inside `<code>` no mention, issue number or commit is linked.
 */
export function inlineCode(text: string, limit = 120): string {
  const shown = cut(plainLine(text), limit);
  return shown.trim() === "" ? "<code>&#32;</code>" : `<code>${references(shown)}</code>`;
}

/**
 * A sentence of ours that may hold somebody's words. Signs that cannot begin anything stay themselves; a mention or an
 * issue number is parted by a blank of no width, since GitHub links them after the references are resolved.
 */
export function inlineText(text: string, limit = 600): string {
  return references(cut(plainLine(text), limit))
    .replace(/&#(4[014]|37);/g, (_, code) => String.fromCharCode(Number(code)))
    .replace(/(?<=[\p{L})%])&#46;(?= |$)/gu, ".")
    .replace(/(?<=[\p{L}\p{N})%])&#58;(?= |$)/gu, ":")
    .replace(/&#(64|35);/g, "$&&#8203;");
}

/**
 * Every ASCII sign but blanks, letters and digits as a reference. Inside a word `-`, `_`, `/` and `.` begin nothing and
 * stay, so that a case's id is found by who looks for it; only `www.` would become a link.
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
 * A text of several lines, as it was. A line feed is a reference too, so that the block is one line and no fence, blank
 * line or closing tag of the text can end it.
 */
export function block(text: string, limit: number): string {
  const shown = cut(plainText(text), limit);
  return `<pre>${shown.replace(/[&<>"'`@\n\\*_~|[\]#:]|(?<=www)\./gi, (sign) => `&#${sign.charCodeAt(0)};`)}</pre>`;
}
