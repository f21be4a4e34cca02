/** Shorter values are words, not keys: taking every "x" out of a message would hide what it says. */
const SHORTEST_SECRET = 6;

const KEY_SHAPES = [
  /\b(Bearer|Basic)\s+(?!\[redacted\])[A-Za-z0-9._~+/=-]{4,}/gi,
  /\b(?:sk|pk|rk)[-_][A-Za-z0-9_-]{6,}(?:\*+[A-Za-z0-9_-]+)?/g,
  /\bAIza[A-Za-z0-9_-]{20,}/g,
  /\bgh[pousr]_[A-Za-z0-9]{20,}/g,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g,
] as const;

/** Fewer characters of Base64 may be any text's. */
const SHORTEST_BASE64 = 8;

/** What a text is in Base64, wherever in a longer text it begins: only the characters that it decides alone. */
function base64Spellings(text: string): string[] {
  const spellings = [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), Buffer.from(text)]).toString("base64");
    const [digits = ""] = encoded.split("=");
    const decided = digits.slice(Math.ceil((before * 8) / 6), encoded.includes("=") ? -1 : undefined);
    return [decided, decided.replaceAll("+", "-").replaceAll("/", "_")];
  });
  return spellings.filter((one) => one.length >= SHORTEST_BASE64);
}

/** How a secret may be written where it comes back: as it is, in JSON, in an address, in HTML, in Base64, in hexadecimal. */
function spellingsOf(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const percent = encodeURIComponent(secret);
  return [
    secret,
    json,
    json.replaceAll("/", "\\/"),
    JSON.stringify(json).slice(1, -1),
    percent,
    percent.replaceAll("%20", "+"),
    percent.replace(/%../g, (code) => code.toLowerCase()),
    percent.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`),
    encodeURI(secret),
    secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;"),
    Buffer.from(secret).toString("hex"),
    ...base64Spellings(secret),
  ];
}

/**
 * Takes the given values out of any text, however they are spelled, and nothing else: for replies, whose wording must stay
 * as it was. Values of fewer than 6 characters are left alone.
 */
export function secretRemover(secrets: readonly (string | undefined)[]): (text: string) => string {
  const values = secrets.flatMap((secret) => (secret === undefined ? [] : [secret, secret.trim()]));
  const known = [
    ...new Set(values.filter((secret) => secret.length >= SHORTEST_SECRET).flatMap(spellingsOf)),
  ];
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
