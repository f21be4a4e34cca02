/** Decodes bytes that arrive in chunks; a character may be split between two chunks. */
export class Utf8Stream {
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });

  /** @returns undefined for bytes that are not UTF-8; these are never replaced by U+FFFD */
  read(bytes: Uint8Array): string | undefined {
    try {
      return this.#decoder.decode(bytes, { stream: true });
    } catch {
      return undefined;
    }
  }

  /** Whether the last character is complete. */
  endsWhole(): boolean {
    try {
      this.#decoder.decode();
      return true;
    } catch {
      return false;
    }
  }
}
