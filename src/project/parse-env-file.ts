/** Parses `.env`: lines KEY=VALUE, also with `export`, quotes or a comment at the end. Other lines are skipped. */
export function parseEnvFile(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  // A quoted value may span several lines.
  const lines =
    /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=[ \t]*("(?:\\[\s\S]|[^"\\])*"|'[^']*'|[^\r\n]*)/gm;
  for (const [, name = "", raw = ""] of text.matchAll(lines)) values[name] = envValue(raw);
  return values;
}

function envValue(raw: string): string {
  if (raw.startsWith("'") && raw.endsWith("'") && raw.length > 1) return raw.slice(1, -1);
  if (raw.startsWith('"') && raw.endsWith('"') && raw.length > 1) {
    return raw.slice(1, -1).replace(/\\([nrt"\\$])/g, (_, letter: string) => ESCAPES[letter] ?? letter);
  }
  return raw.replace(/(?:^|\s)#.*$/, "").trim();
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };
