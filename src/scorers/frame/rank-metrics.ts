/** A metric of a ranked list. */
export interface RankMetric {
  readonly kind: "recall" | "precision" | "mrr" | "ndcg";
  /** Number of top positions that count; infinite when all positions count. */
  readonly k: number;
}

/** Parses `recall@3` or `mrr`; undefined for any other text. */
export function readRankMetric(text: string): RankMetric | undefined {
  const [, kind, k] = /^(recall|precision|mrr|ndcg)(?:@([1-9]\d{0,5}))?$/.exec(text) ?? [];
  if (kind === undefined) return undefined;
  return { kind: kind as RankMetric["kind"], k: k === undefined ? Number.POSITIVE_INFINITY : Number(k) };
}

const gain = (index: number): number => 1 / Math.log2(index + 2);

/** A metric's value in [0, 1]. @param ranked best first, without duplicates */
export function rankedScore(
  { kind, k }: RankMetric,
  relevant: ReadonlySet<string>,
  ranked: readonly string[],
): number {
  const top = ranked.slice(0, k);
  const hits = top.filter((id) => relevant.has(id)).length;
  if (kind === "recall") return relevant.size === 0 ? 1 : hits / relevant.size;
  if (kind === "precision") {
    const indexes = Number.isFinite(k) ? k : top.length;
    return indexes === 0 ? 0 : hits / indexes;
  }
  if (kind === "mrr") {
    const first = top.findIndex((id) => relevant.has(id));
    return first === -1 ? 0 : 1 / (first + 1);
  }
  let sum = 0;
  for (const [index, id] of top.entries()) if (relevant.has(id)) sum += gain(index);
  let best = 0;
  for (let index = 0; index < Math.min(k, relevant.size); index++) best += gain(index);
  return best === 0 ? 0 : Math.min(1, sum / best);
}
