/**
 * Compiles a pattern of file names: `*` and `?` within a name, `**` over folders, `{a,b}`, `[abc]`.
 *
 * @param pattern with `/` between folders, on every system
 */
export function globPattern(pattern: string): {
  readonly test: (path: string) => boolean;
  /** Whether the pattern matches in folders of any depth. */
  readonly isDeep: boolean;
} {
  const expression = new RegExp(`^${[...tokens(pattern)].join("")}$`, "u");
  return { test: (path) => expression.test(path), isDeep: pattern.includes("**") };
}

const TOKEN = /\*\*\/|\*\*|\*|\?|\{[^{}/]*\}|\[[^\]/]+\]|[^*?{[]+|[{[]/gu;

function* tokens(pattern: string): Generator<string> {
  for (const [token] of pattern.matchAll(TOKEN)) {
    if (token === "**/") yield "(?:[^/]+/)*";
    else if (token === "**") yield ".*";
    else if (token === "*") yield "[^/]*";
    else if (token === "?") yield "[^/]";
    else if (token.length > 1 && token.startsWith("{"))
      yield `(?:${token
        .slice(1, -1)
        .split(",")
        .map((one) => [...tokens(one)].join(""))
        .join("|")})`;
    else if (token.length > 1 && token.startsWith("[")) yield token.replace(/^\[!/, "[^");
    else yield token.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&");
  }
}
