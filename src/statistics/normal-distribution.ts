import { numberAt } from "./number-at.ts";

const SQRT_2_PI = 2.5066282746310007;
const SQRT_PI_INVERSE = 0.5641895835477563;

/** Coefficients of rational approximations: numerators (TOP) and denominators (BOTTOM), highest power first. */
const ERF_TOP = [
  0.18577770618460315, 3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694,
] as const;
const ERF_BOTTOM = [
  1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171,
] as const;
const ERFC_TOP = [
  2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001,
  881.952221241769, 1712.0476126340707, 2051.0783778260716, 1230.3393547979972,
] as const;
const ERFC_BOTTOM = [
  1, 15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597,
  4362.619090143247, 3439.3676741437216, 1230.3393548037495,
] as const;
const TAIL_TOP = [
  0.016315387137302097, 0.30532663496123236, 0.36034489994980445, 0.12578172611122926, 0.016083785148742275,
  0.0006587491615298378,
] as const;
const TAIL_BOTTOM = [
  1, 2.568520192289822, 1.8729528499234673, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918,
] as const;

const QUANTILE_MIDDLE_TOP = [
  2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946,
  1971.5909503065513, 133.14166789178438, 3.3871328727963665,
] as const;
const QUANTILE_MIDDLE_BOTTOM = [
  5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751,
  687.1870074920579, 42.31333070160091, 1,
] as const;
const QUANTILE_NEAR_TOP = [
  0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045,
  5.769497221460691, 4.630337846156546, 1.4234371107496835,
] as const;
const QUANTILE_NEAR_BOTTOM = [
  1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851,
  1.6763848301838038, 2.053191626637759, 1,
] as const;
const QUANTILE_FAR_TOP = [
  2.0103343992922881e-7, 2.7115555687434876e-5, 0.0012426609473880784, 0.026532189526576124,
  0.29656057182850487, 1.7848265399172913, 5.463784911164114, 6.657904643501103,
] as const;
const QUANTILE_FAR_BOTTOM = [
  2.0442631033899397e-15, 1.421511758316446e-7, 1.8463183175100548e-5, 0.0007868691311456133,
  0.014875361290850615, 0.1369298809227358, 0.599832206555888, 1,
] as const;

/**
 * Density of the standard normal distribution.
 *
 * @param x in standard deviations, any real
 */
export function normalDensity(x: number): number {
  return Math.exp(-0.5 * x * x) / SQRT_2_PI;
}

/**
 * Probability that a standard normal value is at most `x`.
 *
 * Keeps full relative precision in the lower tail (down to 1e-300), which `1 - P(X > x)` does not.
 *
 * @param x in standard deviations, any real or an infinity
 * @returns a probability in [0, 1]
 */
export function normalCdf(x: number): number {
  return normalUpperTail(-x);
}

/**
 * Probability that a standard normal value exceeds `x`.
 *
 * Rational approximations of W. J. Cody, "Rational Chebyshev approximations for the error
 * function", Math. Comp. 23 (1969); relative error below 1e-14 wherever the result is a normal
 * double.
 *
 * @param x in standard deviations, any real or an infinity
 * @returns a probability in [0, 1]
 */
export function normalUpperTail(x: number): number {
  const z = Math.abs(x) * Math.SQRT1_2;
  if (z <= 0.46875) {
    const square = z * z;
    const erf = z * (polynomial(ERF_TOP, square) / polynomial(ERF_BOTTOM, square));
    return x > 0 ? 0.5 - 0.5 * erf : 0.5 + 0.5 * erf;
  }
  const tail = 0.5 * erfcAbove(z) * expMinusHalfSquare(Math.abs(x));
  return x > 0 ? tail : 1 - tail;
}

/** erfc(z) · exp(z²) for z > 0.46875. */
function erfcAbove(z: number): number {
  if (z <= 4) return polynomial(ERFC_TOP, z) / polynomial(ERFC_BOTTOM, z);
  const inverse = 1 / (z * z);
  const correction = inverse * (polynomial(TAIL_TOP, inverse) / polynomial(TAIL_BOTTOM, inverse));
  return (SQRT_PI_INVERSE - correction) / z;
}

/** exp(-x²/2) without amplifying the rounding error of x²; 0 for large |x|. */
function expMinusHalfSquare(x: number): number {
  if (x > 39) return 0;
  const head = Math.trunc(x * 16) / 16;
  return Math.exp(-0.5 * head * head) * Math.exp(-0.5 * (x - head) * (x + head));
}

/** Horner's rule, highest power first. */
function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  // Indexed instead of for-of: until the engine has optimized it, an iterator costs more than the arithmetic.
  for (let i = 0; i < coefficients.length; i++) sum = sum * x + numberAt(coefficients, i);
  return sum;
}

/**
 * Quantile of the standard normal distribution: the x with P(X <= x) = p.
 *
 * M. J. Wichura, Algorithm AS 241, Applied Statistics 37 (1988); relative error about 1e-16. A p close to 1 loses
 * digits: if the small upper tail is known exactly, use `-normalQuantile(tail)` instead.
 *
 * @param p a probability in [0, 1]
 * @returns standard deviations; -Infinity at 0 and Infinity at 1
 * @throws {RangeError} if `p` is outside [0, 1]
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`p must be in [0, 1], not ${p}`);
  if (p === 0) return Number.NEGATIVE_INFINITY;
  if (p === 1) return Number.POSITIVE_INFINITY;
  const fromMiddle = p - 0.5;
  if (Math.abs(fromMiddle) <= 0.425) {
    const r = 0.180625 - fromMiddle * fromMiddle;
    return (polynomial(QUANTILE_MIDDLE_TOP, r) * fromMiddle) / polynomial(QUANTILE_MIDDLE_BOTTOM, r);
  }
  const size = tailQuantile(fromMiddle < 0 ? p : 1 - p);
  return fromMiddle < 0 ? -size : size;
}

/** The positive x with P(X > x) = tail, for a tail below 0.075. */
function tailQuantile(tail: number): number {
  const r = Math.sqrt(-Math.log(tail));
  return r <= 5
    ? polynomial(QUANTILE_NEAR_TOP, r - 1.6) / polynomial(QUANTILE_NEAR_BOTTOM, r - 1.6)
    : polynomial(QUANTILE_FAR_TOP, r - 5) / polynomial(QUANTILE_FAR_BOTTOM, r - 5);
}
