import { itemAt } from "./item-at.ts";
import type { Json } from "./json.ts";
import { canonicalJson } from "./json.ts";

/** In which order calls are wanted: any; in this order, with others between; exactly these. */
export const CALL_ORDERS = ["any", "in-order", "exact"] as const;
export type CallOrder = (typeof CALL_ORDERS)[number];

/** How arguments are compared: all of them; those that are expected; not at all. */
export const ARGUMENT_MODES = ["equal", "partial", "ignore"] as const;
export type ArgumentMode = (typeof ARGUMENT_MODES)[number];

/** A call that is wanted. */
export interface WantedCall {
  readonly name: string;
  /** Absent: any will do. */
  readonly arguments?: Json | undefined;
}

export interface MadeCall {
  readonly name: string;
  readonly arguments: Json;
}

/** Which wanted call is which made one, so that as many as can be are paired. */
export interface CallAlignment {
  /** For each wanted call the place of the made one, or -1. */
  readonly madeOf: readonly number[];
  readonly matched: number;
  /** Places of wanted calls without a made one. */
  readonly missing: readonly number[];
  /** Places of made calls that nobody wanted. */
  readonly extra: readonly number[];
}

/** Makes "is this the call that was wanted" of a mode for each tool; each call is put in order once. */
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

/** Whether each expected argument is among those that were given, and equal. */
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

/** The largest assignment, by augmenting paths: the first fit of a call may be the only fit of another. */
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

/** The longest alignment that keeps the order: A B C A against A D C A pairs three. */
function monotone(wants: number, gots: number, fits: Fits): number[] {
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

/** Pairs each wanted call with at most one made call, and as many as possible. */
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
