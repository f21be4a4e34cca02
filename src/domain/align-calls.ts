import { itemAt } from "./item-at.ts";
import type { Json } from "./json.ts";
import { canonicalJson } from "./json.ts";

/**
 * How strict the order of calls is. `any`: the order does not matter. `in-order`: the expected calls come in their
 * order, and other calls may be in between. `exact`: the expected calls come in their order, without others.
 */
export const CALL_ORDERS = ["any", "in-order", "exact"] as const;
export type CallOrder = (typeof CALL_ORDERS)[number];

/** Which arguments of a call must be equal. `equal`: all. `partial`: only the expected ones. `ignore`: none. */
export const ARGUMENT_MODES = ["equal", "partial", "ignore"] as const;
export type ArgumentMode = (typeof ARGUMENT_MODES)[number];

/** A tool call that is expected. */
export interface WantedCall {
  readonly name: string;
  /** Absent: any arguments are accepted. */
  readonly arguments?: Json | undefined;
}

export interface MadeCall {
  readonly name: string;
  readonly arguments: Json;
}

/** The pairs of expected and actual calls that match, as many pairs as possible. */
export interface CallAlignment {
  /** For each expected call the index of its actual call, or -1 when it has none. */
  readonly madeOf: readonly number[];
  readonly matched: number;
  /** Indices of expected calls that were not made. */
  readonly missing: readonly number[];
  /** Indices of actual calls that were not expected. */
  readonly extra: readonly number[];
}

/**
 * Creates a function that says whether an expected and an actual call match, by the argument mode of the tool. The
 * arguments of each call are converted to canonical JSON only once.
 */
function matcher(
  wanted: readonly WantedCall[],
  made: readonly MadeCall[],
  modeOf: (tool: string) => ArgumentMode,
): (want: number, got: number) => boolean {
  const wantedText = wanted.map((one) =>
    one.arguments === undefined ? undefined : canonicalJson(one.arguments),
  );
  const madeText = made.map((one) => canonicalJson(one.arguments));
  return (want, got) => {
    const one = wanted[want];
    const other = made[got];
    if (one === undefined || other === undefined || one.name !== other.name) return false;
    const mode = modeOf(one.name);
    if (mode === "ignore" || one.arguments === undefined) return true;
    return (
      wantedText[want] === madeText[got] || (mode === "partial" && holdsPart(one.arguments, other.arguments))
    );
  };
}

/** Whether `given` has each expected argument with the expected value. */
function holdsPart(expected: Json, given: Json): boolean {
  if (expected === null || typeof expected !== "object" || Array.isArray(expected)) return false;
  const wanted = Object.entries(expected as Readonly<Record<string, Json>>);
  if (wanted.length === 0) return true;
  if (given === null || typeof given !== "object" || Array.isArray(given)) return false;
  return wanted.every(
    ([name, value]) =>
      Object.hasOwn(given, name) &&
      canonicalJson(value) === canonicalJson((given as Readonly<Record<string, Json>>)[name] as Json),
  );
}

type Fits = (want: number, got: number) => boolean;

/**
 * Finds as many pairs as possible, in any order. It uses augmenting paths, because a greedy choice could take the only
 * actual call that another expected call fits.
 */
function assigned(wants: number, gots: number, fits: Fits): number[] {
  const ownerOf = new Int32Array(gots).fill(-1);
  const take = (want: number, tried: Uint8Array): boolean => {
    for (let got = 0; got < gots; got++) {
      if (tried[got] === 1 || !fits(want, got)) continue;
      tried[got] = 1;
      const owner = ownerOf[got] ?? -1;
      if (owner === -1 || take(owner, tried)) {
        ownerOf[got] = want;
        return true;
      }
    }
    return false;
  };
  for (let want = 0; want < wants; want++) take(want, new Uint8Array(gots));
  const madeOf = new Array<number>(wants).fill(-1);
  for (const [got, want] of ownerOf.entries()) if (want !== -1) madeOf[want] = got;
  return madeOf;
}

/**
 * The longest alignment of expected and actual calls in their order: A B C A and A D C A have three pairs (A, C, A).
 */
function monotone(wants: number, gots: number, fits: Fits): number[] {
  // If the first expected and the first actual call match, at least one of the longest alignments pairs these two. Most
  // agents begin as expected, so only a few calls are left for `longestInOrder`, which is slow.
  let same = 0;
  while (same < wants && same < gots && fits(same, same)) same++;
  const madeOf = Array.from({ length: same }, (_, index) => index);
  if (same === wants) return madeOf;
  const rest = longestInOrder(wants - same, gots - same, (want, got) => fits(want + same, got + same));
  return [...madeOf, ...rest.map((got) => (got === -1 ? -1 : got + same))];
}

function longestInOrder(wants: number, gots: number, fits: Fits): number[] {
  const width = gots + 1;
  const best = new Uint32Array((wants + 1) * width);
  for (let want = wants - 1; want >= 0; want--) {
    for (let got = gots - 1; got >= 0; got--) {
      const skip = Math.max(itemAt(best, (want + 1) * width + got), itemAt(best, want * width + got + 1));
      const pair = fits(want, got) ? 1 + itemAt(best, (want + 1) * width + got + 1) : 0;
      best[want * width + got] = Math.max(skip, pair);
    }
  }
  const madeOf = new Array<number>(wants).fill(-1);
  for (let want = 0, got = 0; want < wants && got < gots; ) {
    const here = itemAt(best, want * width + got);
    if (fits(want, got) && here === 1 + itemAt(best, (want + 1) * width + got + 1)) {
      madeOf[want++] = got++;
    } else if (itemAt(best, (want + 1) * width + got) === here) want++;
    else got++;
  }
  return madeOf;
}

/** Pairs each expected call with at most one actual call, as many as possible. */
export function alignCalls(
  wanted: readonly WantedCall[],
  made: readonly MadeCall[],
  { order, modeOf }: { readonly order: CallOrder; readonly modeOf: (tool: string) => ArgumentMode },
): CallAlignment {
  const fits = matcher(wanted, made, modeOf);
  const madeOf =
    order === "any"
      ? assigned(wanted.length, made.length, fits)
      : order === "in-order"
        ? monotone(wanted.length, made.length, fits)
        : wanted.map((_, index) => (index < made.length && fits(index, index) ? index : -1));
  const taken = new Set(madeOf);
  return {
    madeOf,
    matched: madeOf.filter((index) => index !== -1).length,
    missing: madeOf.flatMap((index, want) => (index === -1 ? [want] : [])),
    extra: made.flatMap((_, index) => (taken.has(index) ? [] : [index])),
  };
}
