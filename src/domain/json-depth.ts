/** Whether a JSON text is nested more deeply than the limit; recursive functions would overflow the stack on such a value. */
export function isDeeperThan(text: string, limit: number): boolean {
  return tooDeepAt(text, limit) !== undefined;
}

/** The offset at which a JSON text exceeds the nesting limit; undefined when it does not. */
export function tooDeepAt(text: string, limit: number): number | undefined {
  if (text.length <= limit) return undefined;
  let depth = 0;
  let inText = false;
  for (let index = 0; index < text.length; index++) {
    const letter = text.charCodeAt(index);
    if (inText) {
      if (letter === 92) index++;
      else if (letter === 34) inText = false;
    } else if (letter === 34) inText = true;
    else if (letter === 123 || letter === 91) {
      if (++depth > limit) return index;
    } else if (letter === 125 || letter === 93) depth--;
  }
  return undefined;
}

/** Maximum nesting in the answer of a model or service. */
export const MAX_NESTED = 500;
