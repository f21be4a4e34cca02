/**
 * Makes a model's text safe for a terminal or log, on one line. A line feed becomes `⏎`, a tab becomes a space. Each
 * other control character, bidirectional control and unpaired surrogate becomes U+FFFD. Commands that a CI runner would
 * carry out are made harmless.
 */
export function plainLine(text: string): string {
  return withoutCommands(
    text
      .replace(/\r?\n/g, "⏎")
      .replace(/\t/g, " ")
      .replace(/[\p{Cc}\p{Cs}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu, "\uFFFD"),
  );
}

/** Like `plainLine`, but keeps line feeds and tabs. */
export function plainText(text: string): string {
  return withoutCommands(
    text
      .replace(/\r\n?/g, "\n")
      .replace(/[^\P{Cc}\n\t]|[\p{Cs}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu, "\uFFFD"),
  );
}

/**
 * Makes the commands harmless that CI runners find in logs. GitHub finds `::name::` at the start of a line, also after
 * spaces. A report may start a new line at any space, so `::` is broken after every space. `##[name]` and Azure's
 * `##vso[` are broken everywhere.
 */
function withoutCommands(text: string): string {
  return text.replace(/(^|\s):(?=:)/g, "$1\uFFFD").replace(/##(?=(?:vso)?\[)/g, "#\uFFFD");
}

/** Shortens a text to `width` characters, between words if possible; `…` replaces the rest. */
export function shortened(text: string, width: number): string {
  const short = cut(text, width);
  if (short === text) return text;
  const blank = short.lastIndexOf(" ");
  return blank > width / 2 ? `${short.slice(0, blank).trimEnd()} …` : short;
}

/**
 * Shortens a longer text to `width` characters, the last of which is `…`. There is only one `…` at the end, even if the
 * text was cut before.
 */
export function cut(text: string, width: number): string {
  const letters = Array.from(text.length > width * 2 ? text.slice(0, width * 2) : text);
  return letters.length <= width && text.length <= width * 2
    ? text
    : `${letters
        .slice(0, Math.max(0, width - 1))
        .join("")
        .replace(/…+$/, "")}…`;
}
