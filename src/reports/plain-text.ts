/**
 * A model's text made harmless for a terminal or a log: no control sequences, no bidirectional tricks, no half of a
 * surrogate pair, no commands to the CI that reads the log, one line. Line feeds and tabs become visible.
 */
export function plainLine(text: string): string {
  return withoutCommands(
    text
      .replace(/\r?\n/g, "⏎")
      .replace(/\t/g, " ")
      .replace(/[\p{Cc}\p{Cs}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu, "\uFFFD"),
  );
}

/** The same over several lines: line feeds and tabs stay. */
export function plainText(text: string): string {
  return withoutCommands(
    text
      .replace(/\r\n?/g, "\n")
      .replace(/[^\P{Cc}\n\t]|[\p{Cs}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu, "\uFFFD"),
  );
}

/**
 * CI runners read a log for commands: GitHub's `::name::` where a line begins, blanks before it skipped (so after any
 * blank: a report may break the line there), and `##[name]` and Azure's `##vso[` anywhere.
 */
function withoutCommands(text: string): string {
  return text.replace(/(^|\s):(?=:)/g, "$1\uFFFD").replace(/##(?=(?:vso)?\[)/g, "#\uFFFD");
}

/** At most `width` characters, ended between two words where the text has some there; `…` stands for the rest. */
export function shortened(text: string, width: number): string {
  const short = cut(text, width);
  if (short === text) return text;
  const blank = short.lastIndexOf(" ");
  return blank > width / 2 ? `${short.slice(0, blank).trimEnd()} …` : short;
}

/** At most `width` characters, the end replaced by `…`, one also where the text was cut before. */
export function cut(text: string, width: number): string {
  const letters = Array.from(text.length > width * 2 ? text.slice(0, width * 2) : text);
  return letters.length <= width && text.length <= width * 2
    ? text
    : `${letters
        .slice(0, Math.max(0, width - 1))
        .join("")
        .replace(/…+$/, "")}…`;
}
