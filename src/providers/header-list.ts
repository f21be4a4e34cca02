import { headerValue, isSendable } from "../domain/header-value.ts";

/**
 * The part of fetch's `Headers` that an SDK needs to build a request. Node's own version loads a second HTTP client
 * on first use, which takes about 20 ms and costs more than the rest of a request.
 */
export class HeaderList implements Iterable<[string, string]> {
  readonly #values = new Map<string, string>();

  /**
   * Adds a value to those of a header.
   *
   * @throws {TypeError} when the value is not allowed in a header; the message does not contain the value, which
   * may be a key
   */
  append(name: string, value: string): void {
    const before = this.get(name);
    this.set(name, before === null ? value : `${before}, ${headerValue(value)}`);
  }

  /** Sets the only value of a header. @throws {TypeError} like `append` */
  set(name: string, value: string): void {
    if (!isSendable(value)) throw new TypeError(`the value of the header "${name}" cannot be sent`);
    this.#values.set(name.toLowerCase(), headerValue(value));
  }

  get(name: string): string | null {
    return this.#values.get(name.toLowerCase()) ?? null;
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase());
  }

  delete(name: string): void {
    this.#values.delete(name.toLowerCase());
  }

  entries(): MapIterator<[string, string]> {
    return this.#values.entries();
  }

  [Symbol.iterator](): MapIterator<[string, string]> {
    return this.entries();
  }
}
