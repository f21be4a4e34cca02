/** Shorter values are words, not keys: taking every "x" out of a message would hide what it says. */
const SHORTEST_SECRET = 6;

const KEY_SHAPES = [
  /\b(Bearer|Basic)\s+(?!\[redacted\])[A-Za-z0-9._~+/=-]{4,}/gi,
  /\b(?:sk|pk|rk)[-_][A-Za-z0-9_-]{6,}(?:\*+[A-Za-z0-9_-]+)?/g,
  /\bAIza[A-Za-z0-9_-]{20,}/g,
  /\bgh[pousr]_[A-Za-z0-9]{20,}/g,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g,
] as const;

/**
 * Takes the given values out of any text, and nothing else: for replies, whose wording must stay as it was.
 * Values of fewer than 6 characters are left alone.
 */
export function secretRemover(secrets: readonly (string | undefined)[]): (text: string) => string {
  const known = secrets.filter(
    (secret) => secret !== undefined && secret.length >= SHORTEST_SECRET,
  ) as string[];
  // Longest first: a key that is the beginning of another must not leave the other's tail behind.
  known.sort((a, b) => b.length - a.length);
  return (text) => {
    let clean = text;
    for (const secret of known) if (clean.includes(secret)) clean = clean.replaceAll(secret, "[redacted]");
    return clean;
  };
}

/**
 * Takes known secrets and whatever has the shape of a key (`Bearer …`, `sk-…`) out of a message for people.
 *
 * @param secrets values of key variables; undefined and very short ones are skipped
 */
export function redactor(secrets: readonly (string | undefined)[]): (text: string) => string {
  const remove = secretRemover(secrets);
  return (text) => {
    let clean = remove(text);
    for (const shape of KEY_SHAPES) {
      clean = clean.replace(shape, (_, scheme?: unknown) =>
        typeof scheme === "string" ? `${scheme} [redacted]` : "[redacted]",
      );
    }
    return clean;
  };
}
