/** The line at which each element of a JSON list starts, from 1. The text must be valid JSON. */
export function elementLines(text: string): number[] {
  const lines: number[] = [];
  let [line, depth, inText, waits] = [1, 0, false, false];
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    if (letter === "\n") line++;
    if (inText) {
      if (letter === "\\") at++;
      else if (letter === '"') inText = false;
      continue;
    }
    if (letter === " " || letter === "\n" || letter === "\r" || letter === "\t") continue;
    if (waits && letter !== "]") lines.push(line);
    waits = (depth === 0 && letter === "[") || (depth === 1 && letter === ",");
    if (letter === '"') inText = true;
    else if (letter === "[" || letter === "{") depth++;
    else if (letter === "]" || letter === "}") depth--;
  }
  return lines;
}
