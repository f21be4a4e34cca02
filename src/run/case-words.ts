import type { Case } from "../domain/case.ts";
import type { Json } from "../domain/json.ts";

/**
 * Which ids some words of `--case` mean: a word is an id, or a pattern with `*`, `?`, `[abc]` or `{a,b}`. An id that holds
 * such a sign itself is meant by its own name too.
 */
export function caseMatcher(words: readonly string[]): (id: string) => boolean {
  const ids = new Set(words);
  const patterns = words.filter((word) => /[*?[{]/.test(word)).map(idPattern);
  return (id) => ids.has(id) || patterns.some((pattern) => pattern.test(id));
}

const TOKEN = /\*+|\?|\[[^\]]+\]|\{[^{}]*\}|[^*?[{]+|[[{]/gu;

/** An id is one word, whatever it holds: `*` stands for any characters. */
function idPattern(word: string): RegExp {
  return new RegExp(`^${patternText(word)}$`, "su");
}

function patternText(word: string): string {
  return Array.from(word.matchAll(TOKEN), ([token]) => {
    if (token.startsWith("*")) return ".*";
    if (token === "?") return ".";
    if (token.length > 1 && token.startsWith("{"))
      return `(?:${token.slice(1, -1).split(",").map(patternText).join("|")})`;
    if (token.length > 1 && token.startsWith("["))
      return `[${token
        .slice(1, -1)
        .replace(/^!/, "^")
        .replace(/[\\[\]]/g, "\\$&")}]`;
    return token.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&");
  }).join("");
}

/** Whether every word occurs in what a case asks or expects, in whatever case its letters are. */
export function textMatcher(text: string): (golden: Pick<Case, "input" | "expected">) => boolean {
  const words = text
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== "");
  return ({ input, expected }) => {
    const texts = [...textsIn(input), ...textsIn(expected)].join("\n").toLowerCase();
    return words.every((word) => texts.includes(word));
  };
}

/** Values, not the names of members. */
function* textsIn(value: Json | undefined): Generator<string> {
  if (value === undefined || value === null) return;
  if (typeof value !== "object") yield String(value);
  else for (const one of Object.values(value)) yield* textsIn(one);
}
