/** Splits `a, "b, c"` like promptfoo: at commas outside of quotes; spaces around and empty parts are dropped. */
export function splitList(text: string): string[] {
  const parts: string[] = [];
  const part = /\s*(?:"((?:\\["\\]|""|[^"])*)"\s*(?=,|$)|([^,]*))(?:,|$)/gy;
  for (let at = 0; at < text.length; ) {
    part.lastIndex = at;
    const [whole = "", quoted, plain = ""] = part.exec(text) ?? [];
    if (whole === "") break;
    if (quoted !== undefined) parts.push(quoted.replace(/\\(["\\])|""/g, (_, escaped) => escaped ?? '"'));
    else if (plain.trim() !== "") parts.push(plain.trim());
    at += whole.length;
  }
  return parts;
}
