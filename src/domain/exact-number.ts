import { type Decimal, readDecimal } from "./decimal.ts";

/** A number in JSON that a double would change, such as an id above 2^53, kept as written. */
export class ExactNumber {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  get text(): string {
    return this.#text;
  }

  /** The exact value; undefined outside of the range of doubles, where numbers are never compared. */
  get decimal(): Decimal | undefined {
    return readDecimal(this.#text);
  }

  /** The same text for equal numbers, however they are written. */
  get canonical(): string {
    const { decimal } = this;
    if (decimal === undefined) return this.#text;
    const [, digits = "", zeros = ""] = /^(.*?)(0*)$/.exec(String(decimal.digits)) ?? [];
    return `${digits}e${decimal.exponent + zeros.length}`;
  }

  /** `JSON.stringify` cannot write all digits of an exact number. As a string, the number keeps its digits. */
  toJSON(): string {
    return this.#text;
  }
}
