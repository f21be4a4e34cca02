/**
 * Whether a JSON text opens more lists and objects in each other than that: who walks or writes such a value runs out of
 * stack.
 */
export function isDeeperThan(text: string, limit: number): boolean {
  return tooDeepAt(text, limit) !== undefined;
}

/** Where, from 0, a JSON text opens one list or object more than `most` in each other; undefined when it does not. */
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

/** Levels in what a model or a service answers: no honest answer is nested so far. */
export const MAX_NESTED = 500;
