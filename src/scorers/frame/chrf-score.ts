const LONGEST = 6;
/** Recall counts twice as much as precision. */
const BETA = 2;

function counts(text: string, n: number): Map<string, number> {
  const found = new Map<string, number>();
  for (let i = 0; i + n <= text.length; i++) {
    const gram = text.slice(i, i + n);
    found.set(gram, (found.get(gram) ?? 0) + 1);
  }
  return found;
}

/**
 * chrF2 of one answer against one reference (Popović 2015): F-score of character n-grams of 1 to 6 characters without
 * blanks, precision and recall averaged over the lengths that both texts have.
 *
 * @returns in [0, 1]
 */
export function chrf(answer: string, reference: string): number {
  const got = answer.replace(/\s+/g, "");
  const expected = reference.replace(/\s+/g, "");
  let precision = 0;
  let recall = 0;
  let orders = 0;
  for (let n = 1; n <= Math.min(LONGEST, got.length, expected.length); n++) {
    const wanted = counts(expected, n);
    let overlap = 0;
    for (const [gram, count] of counts(got, n)) overlap += Math.min(count, wanted.get(gram) ?? 0);
    precision += overlap / (got.length - n + 1);
    recall += overlap / (expected.length - n + 1);
    orders++;
  }
  if (orders === 0) return got === expected ? 1 : 0;
  if (precision + recall === 0) return 0;
  const weight = BETA * BETA;
  return Math.min(1, ((1 + weight) * precision * recall) / ((weight * precision + recall) * orders));
}
