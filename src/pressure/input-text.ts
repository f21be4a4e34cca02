import { ExactNumber } from "../domain/exact-number.ts";
import { canonicalJson, type Json } from "../domain/json.ts";

/** A path in an input: member names, and list indices from 0. */
export type InputPath = readonly (string | number)[];

/** Members of the input that are not part of the question: the tools' initial state, and the simulated user. */
const NOT_MESSAGES = new Set(["state", "user"]);

interface Found {
  readonly path: InputPath;
  readonly value: Json;
}

/** Every value in an input that the target may see, starting with the input itself. */
function* valuesIn(value: Json, path: InputPath = []): Generator<Found> {
  yield { path, value };
  if (value === null || typeof value !== "object" || (value as unknown) instanceof ExactNumber) return;
  if (Array.isArray(value)) {
    for (const [at, one] of value.entries()) yield* valuesIn(one, [...path, at]);
    return;
  }
  for (const [name, one] of Object.entries(value as { readonly [name: string]: Json }))
    if (path.length > 0 || !NOT_MESSAGES.has(name)) yield* valuesIn(one, [...path, name]);
}

/** Converts a place such as `input.turns[0].text` to the path below the input: `turns`, 0, `text`. */
export function pathOf(at: string): InputPath {
  const [, ...steps] = at.replaceAll(/\[(\d+)\]/g, ".$1").split(".");
  return steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}

/** The value at a path; undefined when the input has no value there. */
export function readAt(input: Json, path: InputPath): Json | undefined {
  return path.reduce<Json | undefined>((here, step) => {
    if (here === null || here === undefined || typeof here !== "object") return undefined;
    if (!Object.hasOwn(here, step)) return undefined;
    return (here as { readonly [name: string]: Json })[step];
  }, input);
}

/** A copy of the input with another value at one path. The copy shares all other parts with the original. */
export function replaceAt(input: Json, [step, ...rest]: InputPath, value: Json): Json {
  if (step === undefined) return value;
  if (Array.isArray(input))
    return input.map((one: Json, at) => (at === step ? replaceAt(one, rest, value) : one));
  const members = input as { readonly [name: string]: Json };
  return { ...members, [step]: replaceAt(members[step] ?? null, rest, value) };
}

const isText = (value: Json | undefined): value is string =>
  typeof value === "string" && /\p{L}.*\s.*\p{L}/su.test(value);

/**
 * The question text of an input: the text at the path `at`, if `at` is given; else the last text with a question mark;
 * else the longest text of several words. Undefined when the input has no such text.
 */
export function mainText(
  input: Json,
  at: string | undefined,
): { readonly path: InputPath; readonly text: string } | undefined {
  if (at !== undefined) {
    const path = pathOf(at);
    const text = readAt(input, path);
    return typeof text === "string" && text.trim() !== "" ? { path, text } : undefined;
  }
  let best: { readonly path: InputPath; readonly text: string } | undefined;
  for (const { path, value } of valuesIn(input)) {
    if (!isText(value)) continue;
    const asks = value.includes("?");
    const bestAsks = best?.text.includes("?") ?? false;
    if (best === undefined || (asks === bestAsks ? asks || value.length > best.text.length : asks))
      best = { path, text: value };
  }
  return best;
}

/** Names of lists whose order matters, such as the turns of a conversation. */
const IN_ORDER = new Set(["turns", "messages", "history", "steps"]);

/**
 * The list at the path `at`, if `at` is given and the list has two items or more. Without `at`, the longest list of the
 * input that has two different items and whose order does not matter (see `IN_ORDER`). Undefined when there is none.
 */
export function mainList(
  input: Json,
  at: string | undefined,
): { readonly path: InputPath; readonly items: readonly Json[] } | undefined {
  if (at !== undefined) {
    const path = pathOf(at);
    const items = readAt(input, path);
    return Array.isArray(items) && items.length > 1 ? { path, items } : undefined;
  }
  let best: { readonly path: InputPath; readonly items: readonly Json[] } | undefined;
  for (const { path, value } of valuesIn(input)) {
    if (!Array.isArray(value) || value.length < 2 || path.some((step) => IN_ORDER.has(String(step))))
      continue;
    const first = canonicalJson(value[0] as Json);
    if (value.every((item) => canonicalJson(item as Json) === first)) continue;
    if (best === undefined || value.length > best.items.length) best = { path, items: value as Json[] };
  }
  return best;
}
