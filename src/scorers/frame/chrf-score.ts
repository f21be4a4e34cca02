const LONGEST = 6;
/** Recall weighs twice as much as precision. */
const BETA = 2;

/** How often each n-gram occurs in a text. */
function counts(text: Letters, n: number): Map<string, number> {
  const found = new Map<string, number>();
  for (let i = 0; i + n <= text.length; i++) {
    const gram = text.gram(i, n);
    found.set(gram, (found.get(gram) ?? 0) + 1);
  }
  return found;
}

/** A text without whitespace, as code points. */
interface Letters {
  readonly length: number;
  gram(from: number, n: number): string;
}

function lettersOf(text: string): Letters {
  const bare = text.replace(/\s+/g, "");
  if (!/[\ud800-\udfff]/.test(bare)) {
    return { length: bare.length, gram: (from, n) => bare.slice(from, from + n) };
  }
  const letters = Array.from(bare);
  return { length: letters.length, gram: (from, n) => letters.slice(from, from + n).join("") };
}

/**
 * chrF2 of an answer against a reference (Popović 2015): F-score of character n-grams of length 1 to 6 without
 * whitespace; precision and recall are averaged over the lengths that both texts have.
 *
 * @returns in [0, 1]; 0 when either text is blank
 */
export function chrf(answer: string, reference: string): number {
  const got = lettersOf(answer);
  const expected = lettersOf(reference);
  let precision = 0;
  let recall = 0;
  let orders = 0;
  for (let n = 1; n <= Math.min(LONGEST, got.length, expected.length); n++) {
    const overlap = overlapOf(got, counts(expected, n), n);
    precision += overlap / (got.length - n + 1);
    recall += overlap / (expected.length - n + 1);
    orders++;
  }
  if (precision + recall === 0) return 0;
  const weight = BETA * BETA;
  return Math.min(1, ((1 + weight) * precision * recall) / ((weight * precision + recall) * orders));
}

/**
 * Number of n-grams in common, each counted as often as both texts have it. Only the reference's n-grams are stored,
 * however long the answer is.
 */
function overlapOf(got: Letters, left: Map<string, number>, n: number): number {
  let overlap = 0;
  for (let i = 0; i + n <= got.length; i++) {
    const gram = got.gram(i, n);
    const count = left.get(gram) ?? 0;
    if (count === 0) continue;
    overlap++;
    left.set(gram, count - 1);
  }
  return overlap;
}
