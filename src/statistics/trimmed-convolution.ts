import type { ProbabilityTable } from "./hypergeometric-distribution.ts";
import { numberAt } from "./number-at.ts";

/**
 * Distribution of an integer sum, with its tails cut off. `lostBelow` and `lostAbove` bound the probability that was
 * cut, so that a tail probability can be reported conservatively.
 */
export type SumLaw = ProbabilityTable & { readonly lostBelow: number; readonly lostAbove: number };

/** Probability cut at each end of each intermediate distribution. */
export const TRIMMED_TAIL = 1e-18;

/** Distribution of a sum that is always 0. */
export const ALWAYS_ZERO: SumLaw = {
  lowest: 0,
  probabilities: Float64Array.of(1),
  lostBelow: 0,
  lostAbove: 0,
};

/**
 * Distribution of the sum of two independent sums, cut at each end where its probability is less than `trim`.
 *
 * @param trim probability that may be cut at each end; 0 keeps everything
 */
export function convolve(one: SumLaw, other: SumLaw, trim = TRIMMED_TAIL): SumLaw {
  const [long, short] =
    one.probabilities.length >= other.probabilities.length
      ? [one.probabilities, other.probabilities]
      : [other.probabilities, one.probabilities];
  const sums = new Float64Array(long.length + short.length - 1);
  for (let j = 0; j < short.length; j++) {
    const weight = short[j] as number;
    if (weight === 0) continue;
    // The innermost loop of the exact test: indices are within bounds by construction.
    for (let i = 0; i < long.length; i++) {
      sums[i + j] = (sums[i + j] as number) + weight * (long[i] as number);
    }
  }
  return trimTails(
    {
      lowest: one.lowest + other.lowest,
      probabilities: sums,
      lostBelow: one.lostBelow + other.lostBelow,
      lostAbove: one.lostAbove + other.lostAbove,
    },
    trim,
  );
}

function trimTails(law: SumLaw, trim: number): SumLaw {
  const { probabilities } = law;
  let from = 0;
  let below = 0;
  while (from < probabilities.length && below + (probabilities[from] as number) < trim) {
    below += probabilities[from] as number;
    from += 1;
  }
  let to = probabilities.length;
  let above = 0;
  while (to > from && above + (probabilities[to - 1] as number) < trim) {
    above += probabilities[to - 1] as number;
    to -= 1;
  }
  return {
    lowest: law.lowest + from,
    probabilities: probabilities.subarray(from, to),
    lostBelow: law.lostBelow + below,
    lostAbove: law.lostAbove + above,
  };
}

/**
 * Distribution of the sum of `count` independent copies, by repeated squaring.
 *
 * @param count an integer of at least 1
 */
export function convolveCopies(law: SumLaw, count: number, trim = TRIMMED_TAIL): SumLaw {
  let power = law;
  let product: SumLaw | null = null;
  for (let left = count; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) product = product === null ? power : convolve(product, power, trim);
    if (left > 1) power = convolve(power, power, trim);
  }
  return product ?? ALWAYS_ZERO;
}

/**
 * Convolves distributions until two are left, always joining distributions of similar width, so that wide
 * distributions meet only at the end. The last and most expensive convolution is left out, because {@link sumTails}
 * does not need it.
 *
 * @param laws in any order; not modified
 */
export function foldIntoTwo(laws: readonly SumLaw[], trim = TRIMMED_TAIL): [SumLaw, SumLaw] {
  let level = [...laws];
  while (level.length > 2) {
    level.sort((one, other) => one.probabilities.length - other.probabilities.length);
    const joined: SumLaw[] = [];
    // Keep two: joining the last pair would do the convolution that sumTails avoids.
    const pairs = Math.min(Math.floor(level.length / 2), level.length - 2);
    for (let i = 0; i < pairs; i++) {
      joined.push(convolve(level[2 * i] ?? ALWAYS_ZERO, level[2 * i + 1] ?? ALWAYS_ZERO, trim));
    }
    level = joined.concat(level.slice(2 * pairs));
  }
  return [level[0] ?? ALWAYS_ZERO, level[1] ?? ALWAYS_ZERO];
}

/** Three probabilities that add up to 1: below, at and above a value. */
export type Tails = { readonly below: number; readonly at: number; readonly above: number };

/**
 * How the sum of two independent sums is distributed around a value. The cut probability is added to the tail on its
 * side, so a small tail is never understated.
 */
export function sumTails(one: SumLaw, other: SumLaw, value: number): Tails {
  let below = one.lostBelow + other.lostBelow;
  let at = 0;
  let above = one.lostAbove + other.lostAbove;
  const under = runningSums(other.probabilities);
  const all = numberAt(under, other.probabilities.length);
  const over = runningSums(Float64Array.from(other.probabilities).reverse());
  const width = other.probabilities.length;
  for (let i = 0; i < one.probabilities.length; i++) {
    const weight = numberAt(one.probabilities, i);
    const rest = value - one.lowest - i - other.lowest;
    if (rest < 0) {
      above += weight * all;
    } else if (rest >= width) {
      below += weight * all;
    } else {
      below += weight * numberAt(under, rest);
      at += weight * numberAt(other.probabilities, rest);
      above += weight * numberAt(over, width - 1 - rest);
    }
  }
  return { below, at, above };
}

/** Entry i is the sum of the first i values. */
function runningSums(values: Float64Array): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i++) sums[i + 1] = numberAt(sums, i) + numberAt(values, i);
  return sums;
}
