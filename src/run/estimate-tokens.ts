/**
 * Approximate number of tokens of a text, rather too high than too low: at least nine tenths of the count by
 * common tokenizers for prose, data, digits, code and emoji in any script. It uses simple arithmetic instead of a
 * tokenizer, because providers differ and most do not publish their tokenizers.
 *
 * A word counts by its length, as if its letters were random. An upper-case letter after a lower-case one, and a
 * digit after a letter, start another word. Two digits count as one token, and so does each symbol. A character
 * outside of ASCII counts by its UTF-8 bytes.
 */
export function estimateTokens(text: string): number {
  let tokens = 0;
  let run: Kind = "none";
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const kind = kindOf(code);
    if (kind === run || (run === "upper" && kind === "lower" && length === 1)) {
      run = kind;
      length++;
      continue;
    }
    tokens += tokensOfRun(run, length, kind);
    run = kind;
    length = 1;
  }
  return Math.ceil(tokens + tokensOfRun(run, length, "none"));
}

type Kind =
  | "none"
  | "lower"
  | "upper"
  | "digit"
  | "blank"
  | "sign"
  | "two-bytes"
  | "three-bytes"
  | "surrogate";

function kindOf(code: number): Kind {
  if (code < 0x80) {
    if (code >= 0x61 && code <= 0x7a) return "lower";
    if (code >= 0x41 && code <= 0x5a) return "upper";
    if (code >= 0x30 && code <= 0x39) return "digit";
    return code === 0x20 || (code >= 0x09 && code <= 0x0d) ? "blank" : "sign";
  }
  if (code < 0x800) return "two-bytes";
  return code >= 0xd800 && code <= 0xdfff ? "surrogate" : "three-bytes";
}

/** @param next kind of the characters that follow: a single space before a word belongs to the word's first token */
function tokensOfRun(kind: Kind, length: number, next: Kind): number {
  switch (kind) {
    case "none":
      return 0;
    case "lower":
      return Math.max(1, length * 0.57);
    case "upper":
      return Math.max(1, length * 0.63);
    case "digit":
      return Math.ceil(length / 2);
    case "blank":
      return length === 1 && (next === "lower" || next === "upper") ? 0 : Math.ceil(length / 4);
    case "sign":
      return length;
    case "two-bytes":
      return length;
    case "three-bytes":
      return length * 1.8;
    case "surrogate":
      // A surrogate pair is four bytes, which are at most four tokens, and usually two or three.
      return length * 1.5;
    default:
      return kind satisfies never;
  }
}
