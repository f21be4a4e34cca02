/** How two ratings are compared: as equal or not (`nominal`), or by their squared difference (`interval`). */
export type RatingMetric = "nominal" | "interval";

/**
 * Krippendorff's alpha: 1 - observed / expected disagreement, for any number of raters and missing
 * ratings (Krippendorff 2011).
 *
 * @param units ratings of each unit, missing ones left out; units with fewer than 2 do not count
 * @returns at most 1; null if no unit has two ratings or all ratings are the same
 */
export function krippendorffAlpha(
  units: readonly (readonly number[])[],
  metric: RatingMetric = "nominal",
): number | null {
  const rated = units.filter((ratings) => ratings.length >= 2);
  const all = rated.flat();
  if (all.length === 0) return null;
  const disagreement = metric === "nominal" ? nominalDisagreement : intervalDisagreement;
  let observed = 0;
  for (const ratings of rated) observed += disagreement(ratings) / (ratings.length - 1);
  const expected = disagreement(all) / (all.length - 1);
  return expected === 0 ? null : 1 - observed / expected;
}

/** Number of ordered pairs of ratings that differ. */
function nominalDisagreement(ratings: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const rating of ratings) counts.set(rating, (counts.get(rating) ?? 0) + 1);
  let same = 0;
  for (const count of counts.values()) same += count * count;
  return ratings.length * ratings.length - same;
}

/** Sum of squared differences over ordered pairs: 2n times the sum of squares about the mean. */
function intervalDisagreement(ratings: readonly number[]): number {
  const [first] = ratings;
  if (ratings.every((rating) => rating === first)) return 0;
  const centre = ratings.reduce((sum, rating) => sum + rating, 0) / ratings.length;
  return 2 * ratings.length * ratings.reduce((sum, rating) => sum + (rating - centre) ** 2, 0);
}
