import type { Case } from "../domain/case.ts";
import type { Json } from "../domain/json.ts";

/**
 * Compiles the words of `--case` to a matcher of ids: a word is an id, or a pattern with `*`, `?`, `[abc]` or
 * `{a,b}`. An id that contains such a character also matches itself.
 */
export function caseMatcher(words: readonly string[]): (id: string) => boolean {
  const ids = new Set(words);
  const patterns = words.filter((word) => /[*?[{]/.test(word)).map(idPattern);
  return (id) => ids.has(id) || patterns.some((pattern) => pattern.test(id));
}

const TOKEN = /\*+|\?|\[[^\]]+\]|\{[^{}]*\}|[^*?[{]+|[[{]/gu;

/** The regular expression for a pattern; its `*` matches any characters of an id. */
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

/**
 * Makes a function that tells whether the input or expected value of a case contains every word of `text`. Upper and
 * lower case letters count as the same.
 */
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

/** The texts of all values in a JSON value, without the names of members. */
function* textsIn(value: Json | undefined): Generator<string> {
  if (value === undefined || value === null) return;
  if (typeof value !== "object") yield String(value);
  else for (const one of Object.values(value)) yield* textsIn(one);
}
