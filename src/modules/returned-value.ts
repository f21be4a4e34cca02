import { MAX_NESTED } from "../domain/json-depth.ts";
import { LONGEST_REPLY, LONGEST_REPLY_WORDS } from "../domain/longest-reply.ts";

/** Taken before the user's code can replace it. */
const { stringify } = JSON;

/** The return value of a user's function as JSON text, or the reason why JSON cannot represent it. */
export type ReturnedValue =
  | { readonly kind: "json"; readonly text: string }
  /** `what` completes a message such as "the tool returned …". */
  | { readonly kind: "odd"; readonly what: string };

class OddValue extends Error {}

/** Built-in objects that JSON would silently convert to `{}`. */
const OPAQUE = [Map, Set, WeakMap, WeakSet, RegExp, Error, ArrayBuffer, Promise] as const;

/**
 * Converts a returned value to JSON text. Nothing is changed silently: a value that JSON cannot represent is reported
 * with its path. Reading may run user code (a getter or proxy), so it counts as part of the call.
 */
export function readReturned(value: unknown): ReturnedValue {
  try {
    const json = new Reader().read(value, "");
    const text = json === undefined ? undefined : stringify(json);
    if (text === undefined) return { kind: "odd", what: "nothing" };
    if (text.length > LONGEST_REPLY) throw tooLong();
    return { kind: "json", text };
  } catch (error) {
    if (error instanceof OddValue) return { kind: "odd", what: error.message };
    return { kind: "odd", what: `a value that cannot be read: ${thrownWords(error)}` };
  }
}

function tooLong(): OddValue {
  return new OddValue(`more than ${LONGEST_REPLY_WORDS}`);
}

class Reader {
  /** The objects that contain the value that is being read. Meeting one of them again shows a cycle. */
  readonly #holders = new Set<object>();
  #made = 0;

  /**
   * A copy of the value that JSON can represent; undefined for undefined. @throws {OddValue} when JSON cannot
   * represent the value
   */
  read(value: unknown, at: string): unknown {
    this.#made += typeof value === "string" ? value.length : 1;
    if (this.#made > LONGEST_REPLY) throw tooLong();
    switch (typeof value) {
      case "string":
      case "boolean":
        return value;
      case "undefined":
        return undefined;
      case "number":
        if (!Number.isFinite(value)) throw odd(`${value}, which is not a finite number`, at);
        return value;
      case "bigint":
        throw odd("a BigInt", at);
      case "symbol":
        throw odd("a symbol", at);
      case "function":
        throw odd("a function", at);
      default:
        return value === null ? null : this.#readObject(value as object, at);
    }
  }

  #readObject(value: object, at: string): unknown {
    if (this.#holders.has(value)) throw odd("a value that contains itself", at);
    if (this.#holders.size >= MAX_NESTED) throw odd(`more than ${MAX_NESTED} levels`, at);
    const { toJSON } = value as { toJSON?: unknown };
    this.#holders.add(value);
    try {
      if (typeof toJSON === "function") return this.read(toJSON.call(value, ""), at);
      const opaque = OPAQUE.find((kind) => value instanceof kind);
      if (opaque !== undefined) throw odd(`a ${opaque.name}`, at);
      if (ArrayBuffer.isView(value)) throw odd("bytes", at);
      return Array.isArray(value) ? this.#readList(value, at) : this.#readMembers(value, at);
    } finally {
      this.#holders.delete(value);
    }
  }

  #readList(list: readonly unknown[], at: string): unknown[] {
    return Array.from({ length: list.length }, (_, index) => {
      const item = this.read(list[index], `${at}[${index}]`);
      if (item === undefined) throw odd("undefined", `${at}[${index}]`);
      return item;
    });
  }

  /** Reads the members of an object. As in JSON, a member that is undefined is left out. */
  #readMembers(value: object, at: string): Record<string, unknown> {
    const members: [string, unknown][] = [];
    for (const key of Object.keys(value)) {
      this.#made += key.length;
      const place = at === "" ? key : `${at}.${key}`;
      const member = this.read(memberOf(value, key, place), place);
      if (member !== undefined) members.push([key, member]);
    }
    return Object.fromEntries(members);
  }
}

function memberOf(value: object, key: string, at: string): unknown {
  try {
    return (value as Record<string, unknown>)[key];
  } catch (error) {
    throw new OddValue(`a value that cannot be read at ${at}: ${thrownWords(error)}`);
  }
}

function odd(what: string, at: string): OddValue {
  return new OddValue(`${what}${at === "" ? "" : ` at ${at.slice(0, 200)}`}`);
}

const LONGEST_MESSAGE = 10_000;

/** How many causes of an error are told. */
const MOST_CAUSES = 3;

/**
 * A thrown value as text, with the causes of an error: that of "fetch failed" says which connection failed. A program may
 * throw any value, and converting the value to text may throw again.
 */
export function thrownWords(error: unknown): string {
  try {
    if (error instanceof Error)
      return `${error.name}: ${error.message}${causesOf(error)}`.slice(0, LONGEST_MESSAGE);
    return plainWords(error).slice(0, LONGEST_MESSAGE);
  } catch {
    return "something that cannot be shown";
  }
}

/** The causes of an error, in parentheses; empty when it has none, or its message has their words already. */
function causesOf(error: Error): string {
  const words: string[] = [];
  let one = causeOf(error);
  for (let depth = 0; depth < MOST_CAUSES && one !== undefined; depth++) {
    const text = one instanceof Error ? one.message || one.name : plainWords(one);
    if (text !== "" && !error.message.includes(text)) words.push(text);
    one = causeOf(one);
  }
  return words.length === 0 ? "" : ` (${words.join(": ")})`;
}

function causeOf(error: unknown): unknown {
  if (!(error instanceof Error)) return undefined;
  return error.cause ?? (error instanceof AggregateError ? error.errors[0] : undefined);
}

/** A value that is no error as text: its message, or its members as JSON. */
function plainWords(value: unknown): string {
  if (value === null || typeof value !== "object") return String(value);
  const { message } = value as { message?: unknown };
  if (typeof message === "string" && message !== "") return message;
  const own = String(value);
  return own === "[object Object]" ? (stringify(value) ?? own) : own;
}

/** The message of a thrown error without the error's name; any other thrown value as text. */
export function thrownMessage(error: unknown): string {
  try {
    return error instanceof Error ? String(error.message).slice(0, LONGEST_MESSAGE) : thrownWords(error);
  } catch {
    return "something that cannot be shown";
  }
}
