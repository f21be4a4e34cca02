/** Bytes that arrive in pieces, as text: a letter may be cut between two of them. */
export class Utf8Stream {
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });

  /** @returns undefined for bytes that are not UTF-8: no letter is guessed */
  read(bytes: Uint8Array): string | undefined {
    try {
      return this.#decoder.decode(bytes, { stream: true });
    } catch {
      return undefined;
    }
  }

  /** Whether the last letter is whole. */
  endsWhole(): boolean {
    try {
      this.#decoder.decode();
      return true;
    } catch {
      return false;
    }
  }
}
