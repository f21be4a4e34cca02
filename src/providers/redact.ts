/**
 * Minimum length of a secret. Shorter values are left in texts, because removing every "x" would make a message
 * unreadable.
 */
const SHORTEST_SECRET = 6;

const KEY_SHAPES = [
  /\b(Bearer|Basic)\s+(?!\[redacted\])[A-Za-z0-9._~+/=-]{4,}/gi,
  /\b(?:sk|pk|rk)[-_][A-Za-z0-9_-]{6,}(?:\*+[A-Za-z0-9_-]+)?/g,
  /\bAIza[A-Za-z0-9_-]{20,}/g,
  /\bgh[pousr]_[A-Za-z0-9]{20,}/g,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g,
] as const;

/** Minimum length of a Base64 form that is removed, because a shorter one could occur in any text. */
const SHORTEST_BASE64 = 8;

/**
 * The Base64 forms of a text inside a longer encoded text. Base64 encodes three bytes at a time, so there is one form
 * for each of the three positions at which the text may begin. Characters that depend on the text around it are left
 * out.
 */
function base64Spellings(text: string): string[] {
  const spellings = [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), Buffer.from(text)]).toString("base64");
    const [digits = ""] = encoded.split("=");
    const decided = digits.slice(Math.ceil((before * 8) / 6), encoded.includes("=") ? -1 : undefined);
    return [decided, decided.replaceAll("+", "-").replaceAll("/", "_")];
  });
  return spellings.filter((one) => one.length >= SHORTEST_BASE64);
}

/** The forms in which a secret may come back: plain, in JSON, in a URL, in HTML, in Base64 and in hexadecimal. */
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
 * Removes the given values from a text in every encoding, and changes nothing else; for replies, whose text must be
 * preserved. Values shorter than 6 characters are ignored.
 */
export function secretRemover(secrets: readonly (string | undefined)[]): (text: string) => string {
  const values = secrets.flatMap((secret) => (secret === undefined ? [] : [secret, secret.trim()]));
  const known = [
    ...new Set(values.filter((secret) => secret.length >= SHORTEST_SECRET).flatMap(spellingsOf)),
  ];
  // Longest first: if one key is a prefix of another, the rest of the longer one must not remain.
  known.sort((a, b) => b.length - a.length);
  return (text) => {
    let clean = text;
    for (const secret of known) if (clean.includes(secret)) clean = clean.replaceAll(secret, "[redacted]");
    return clean;
  };
}

/**
 * Removes known secrets and anything that looks like a key (`Bearer …`, `sk-…`) from a message.
 *
 * @param secrets values of key variables; undefined and very short ones are ignored
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
