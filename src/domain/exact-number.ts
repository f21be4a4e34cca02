import { type Decimal, readDecimal } from "./decimal.ts";

/** A number of a JSON text that a double would change, such as an id beyond 2^53: kept as it is written. */
export class ExactNumber {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  get text(): string {
    return this.#text;
  }

  /** Undefined beyond what a double spans: such a number is compared with none. */
  get decimal(): Decimal | undefined {
    return readDecimal(this.#text);
  }

  /** The same text for the same number, however it is written. */
  get canonical(): string {
    const { decimal } = this;
    if (decimal === undefined) return this.#text;
    const [, digits = "", zeros = ""] = /^(.*?)(0*)$/.exec(String(decimal.digits)) ?? [];
    return `${digits}e${decimal.exponent + zeros.length}`;
  }

  /** `JSON.stringify` cannot write it as a number: as text it is at least the same digits. */
  toJSON(): string {
    return this.#text;
  }
}
