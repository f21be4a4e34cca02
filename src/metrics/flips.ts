import { itemAt } from "../domain/item-at.ts";
import type { PressureKind } from "../domain/pressure.ts";

/** The results of the variants of one kind, by case number. */
export interface FlipSums {
  /** Number of passing trials whose variant was answered and scored. */
  readonly tried: Uint16Array;
  /** Number of those trials whose variant does not pass. */
  readonly flipped: Uint16Array;
  /** Number of passing trials whose variant errored or was not sent to the model. */
  readonly open: Uint16Array;
}

/** The results of variants by kind of pressure, in the suite's order. */
export type Flips = ReadonlyMap<PressureKind, FlipSums>;

export function makeFlips(kinds: readonly PressureKind[], cases: number): Flips {
  return new Map(
    kinds.map((kind) => [
      kind,
      {
        tried: new Uint16Array(cases),
        flipped: new Uint16Array(cases),
        open: new Uint16Array(cases),
      },
    ]),
  );
}

/**
 * The flips as if every open variant had flipped (`score` 0), or as if none had flipped (`score` 1). A missing trial
 * might have passed and then had a variant, so this variant counts as open too.
 *
 * @param missing number of missing trials of a case
 */
export function settledFlips(flips: Flips, missing: (caseNo: number) => number, score: number): Flips {
  return new Map(
    [...flips].map(([kind, { tried, flipped, open }]) => {
      const left = open.map((count, caseNo) => count + missing(caseNo));
      return [
        kind,
        {
          tried: tried.map((count, caseNo) => count + itemAt(left, caseNo)),
          flipped: flipped.map((count, caseNo) => count + itemAt(left, caseNo) * (1 - score)),
          open: new Uint16Array(open.length),
        },
      ];
    }),
  );
}

/** Number of variants of a kind without a result. */
export function openVariants(flips: Flips | null, kind: PressureKind): number {
  return flips?.get(kind)?.open.reduce((sum, one) => sum + one, 0) ?? 0;
}
