import { itemAt } from "../domain/item-at.ts";
import { plainWords } from "./plain-words.ts";

/** A text as TF-IDF weights of its words, normalized to length 1. */
type Weights = ReadonlyMap<string, number>;

/**
 * How fast a text's weight in the mean of the uncovered texts falls with its similarity to the nearest golden case:
 * at the mean similarity the weight is exp(−8).
 */
const FADE = 8;

/**
 * How little the golden cases cover each text, from 0; higher means less covered. It is the distance to the nearest
 * golden case (1 minus the cosine of the TF-IDF weights) times the similarity to other uncovered texts, so a topic that
 * many users ask about comes before a single odd text.
 */
export function uncoveredness(texts: readonly string[], goldens: readonly string[]): Float64Array {
  const words = [...goldens, ...texts].map(plainWords);
  const frequency = new Map<string, number>();
  for (const list of words)
    for (const word of new Set(list)) frequency.set(word, (frequency.get(word) ?? 0) + 1);
  const weigh = (list: readonly string[]): Weights => weightsOf(list, frequency, words.length);
  const near = nearestGolden(words.slice(0, goldens.length).map(weigh));
  const weights = words.slice(goldens.length).map(weigh);
  const likeness = Float64Array.from(weights, near);
  const mean = likeness.reduce((sum, one) => sum + one, 0) / Math.max(1, likeness.length);
  const centre = new Map<string, number>();
  for (const [at, one] of weights.entries()) {
    const share = mean === 0 ? 1 : Math.exp((-FADE * itemAt(likeness, at)) / mean);
    for (const [word, weight] of one) centre.set(word, (centre.get(word) ?? 0) + share * weight);
  }
  return Float64Array.from(weights, (one, at) => (1 - itemAt(likeness, at)) * product(one, centre));
}

/** Leaves out words that occur in only one text, because they show no similarity. */
function weightsOf(words: readonly string[], frequency: ReadonlyMap<string, number>, texts: number): Weights {
  const counts = new Map<string, number>();
  for (const word of words) if ((frequency.get(word) ?? 0) > 1) counts.set(word, (counts.get(word) ?? 0) + 1);
  const weights = [...counts].map(([word, count]): [string, number] => {
    const rarity = Math.log((1 + texts) / (1 + (frequency.get(word) ?? 0))) + 1;
    return [word, (1 + Math.log(count)) * rarity];
  });
  const length = Math.sqrt(weights.reduce((sum, [, weight]) => sum + weight * weight, 0)) || 1;
  return new Map(weights.map(([word, weight]) => [word, weight / length]));
}

/** Cosine similarity to the nearest golden case; only cases that share a word are compared. */
function nearestGolden(goldens: readonly Weights[]): (text: Weights) => number {
  const holding = new Map<string, (readonly [golden: number, weight: number])[]>();
  for (const [at, golden] of goldens.entries())
    for (const [word, weight] of golden) {
      const list = holding.get(word);
      if (list === undefined) holding.set(word, [[at, weight]]);
      else list.push([at, weight]);
    }
  return (text) => {
    const sums = new Map<number, number>();
    for (const [word, weight] of text)
      for (const [at, golden] of holding.get(word) ?? []) sums.set(at, (sums.get(at) ?? 0) + weight * golden);
    let largest = 0;
    for (const sum of sums.values()) if (sum > largest) largest = sum;
    return Math.min(1, largest);
  };
}

function product(a: Weights, b: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const [word, weight] of a) sum += weight * (b.get(word) ?? 0);
  return sum;
}
