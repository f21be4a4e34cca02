import { EvalsError, type Problem } from "../domain/problem.ts";
import type { OwnRedaction, Redact, RedactedKind, Redaction } from "../domain/redaction.ts";
import { findCards } from "./find-cards.ts";
import { findEmails } from "./find-emails.ts";
import { findIbans } from "./find-ibans.ts";
import { findKeys } from "./find-keys.ts";
import { findPhones } from "./find-phones.ts";
import type { Range } from "./word-start.ts";

const FINDERS: Readonly<Record<RedactedKind, (text: string) => Range[]>> = {
  key: findKeys,
  email: findEmails,
  iban: findIbans,
  card: findCards,
  phone: findPhones,
};

interface Named {
  readonly name: string;
  readonly find: (text: string) => readonly Range[];
}

interface Find {
  readonly name: string;
  readonly from: number;
  to: number;
}

/**
 * Makes the redaction that the settings describe. If two matches overlap, both are removed under one name. The names
 * of the user's own patterns have priority; then the kinds follow in a fixed order.
 *
 * @param placeOf location of an entry in the project file, by its index from 0
 * @throws {EvalsError} for invalid patterns
 */
export async function openRedaction(
  redact: Redact,
  placeOf: (index: number) => Pick<Problem, "path" | "line" | "column">,
): Promise<Redaction> {
  const own = await ownFinders(redact, placeOf);
  const kinds = Object.entries(FINDERS).filter(([kind]) => redact.includes(kind as RedactedKind));
  const named = [...own, ...kinds.map(([name, find]): Named => ({ name, find }))];
  const text = (given: string): string => redactedText(given, named);
  return {
    identity: identityOf(redact),
    text,
    value: (value) => redactedValue(value, text),
    body: (body) => redactedBody(body, text),
  };
}

/** The order of kinds is not part of the identity, because they are searched in a fixed order. */
function identityOf(redact: Redact): Redaction["identity"] {
  const kinds = redact.filter((one) => typeof one === "string");
  return [...new Set([...kinds].sort()), ...redact.filter((one) => typeof one !== "string")];
}

async function ownFinders(
  redact: Redact,
  placeOf: (index: number) => Pick<Problem, "path" | "line" | "column">,
): Promise<Named[]> {
  if (redact.every((one) => typeof one === "string")) return [];
  const { linearFinder } = await import("../domain/linear-pattern.ts");
  const problems: Problem[] = [];
  const named: Named[] = [];
  for (const [index, one] of redact.entries()) {
    if (typeof one === "string") continue;
    try {
      named.push({ name: one.name, find: linearFinder(one.pattern) });
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      problems.push(badPattern(one, error, placeOf(index)));
    }
  }
  if (problems.length > 0) throw new EvalsError(problems);
  return named;
}

function badPattern(
  { name, pattern }: OwnRedaction,
  error: Error,
  place: Pick<Problem, "path" | "line" | "column">,
): Problem {
  return {
    code: "EVALS_REDACT_PATTERN",
    ...place,
    what: `The pattern of "${name}" cannot be used: ${error.message}.`,
    why: "The texts that this pattern should remove would be stored. The pattern runs on everything that a model writes, so it must be an RE2 pattern, whose time grows only linearly with the text.",
    fix: `pattern: a regular expression without lookaround and back-references; now it is ${JSON.stringify(pattern)}`,
  };
}

function redactedText(text: string, named: readonly Named[]): string {
  const finds = named.flatMap(({ name, find }, rank) =>
    find(text).map(([from, to]) => ({ name, rank, from, to })),
  );
  if (finds.length === 0) return text;
  finds.sort((a, b) => a.from - b.from || a.rank - b.rank);
  const merged: (Find & { rank: number })[] = [];
  for (const one of finds) {
    const last = merged.at(-1);
    if (last === undefined || one.from >= last.to) merged.push(one);
    else
      merged[merged.length - 1] = {
        ...(one.rank < last.rank ? one : last),
        from: last.from,
        to: Math.max(last.to, one.to),
      };
  }
  const plain = replaced(text, merged, ({ name }) => `[${name}]`);
  // A redacted number in a JSON answer becomes a string.
  return isJson(text) && !isJson(plain)
    ? replaced(text, merged, ({ name, from }) => (isBare(text, from) ? `"[${name}]"` : `[${name}]`))
    : plain;
}

function replaced(text: string, finds: readonly Find[], by: (find: Find) => string): string {
  let made = "";
  let at = 0;
  for (const find of finds) {
    made += text.slice(at, find.from) + by(find);
    at = find.to;
  }
  return made + text.slice(at);
}

function isJson(text: string): boolean {
  if (!/^\s*[[{\d-]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether a JSON value that is not a string starts here: after a colon, comma or bracket. */
function isBare(text: string, from: number): boolean {
  return /(?:^|[:,[])\s*$/.test(text.slice(Math.max(0, from - 40), from));
}

/** A number below this value is too short for a card, account or telephone number, so it is not searched. */
const LEAST_NUMBER = 1e6;

function redactedValue<T>(value: T, redact: (text: string) => string): T {
  if (typeof value === "string") return redact(value) as T;
  if (typeof value === "number") {
    if (Math.abs(value) < LEAST_NUMBER || !Number.isInteger(value)) return value;
    const text = String(value);
    const made = redact(text);
    return made === text ? value : ((made.startsWith('"') ? JSON.parse(made) : made) as T);
  }
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => redactedValue(item, redact));
    return items.some((item, index) => item !== value[index]) ? (items as T) : value;
  }
  return redactedObject(value, redact);
}

function redactedObject<T extends object>(value: T, redact: (text: string) => string): T {
  let changed = false;
  const made: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    const name = freeKey(made, redact(key));
    const inner = redactedValue(member, redact);
    if (name !== key || inner !== member) changed = true;
    Object.defineProperty(made, name, { value: inner, enumerable: true, configurable: true, writable: true });
  }
  return changed ? (made as T) : value;
}

/** Adds a number to a key that would be equal to an earlier key of the object after redaction: `[email] 2`. */
function freeKey(made: Readonly<Record<string, unknown>>, key: string): string {
  let free = key;
  for (let number = 2; Object.hasOwn(made, free); number++) free = `${key} ${number}`;
  return free;
}

function redactedBody(body: string, redact: (text: string) => string): string {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return redact(body);
  }
  const made = redactedValue(value, redact);
  return made === value ? body : JSON.stringify(made, withoutPieces);
}

/** Removes the tokens of a text (logprobs), because they would reveal what was removed from the text. */
function withoutPieces(key: string, value: unknown): unknown {
  return key === "logprobs" || key === "logits" ? null : value;
}
