const MAX = 5;
/** Maximum characters of an id in a sentence; of a longer id, only the beginning is shown. */
const LONGEST = 60;

/** The first few ids in a sentence: `refund-07, refund-08 and 3 more`. */
export function namedCases(ids: readonly string[]): string {
  const named = ids.slice(0, MAX).map(shortened).join(", ");
  return ids.length > MAX ? `${named} and ${ids.length - MAX} more` : named;
}

function shortened(id: string): string {
  const letters = Array.from(id.slice(0, LONGEST * 2 + 2));
  return letters.length > LONGEST ? `${letters.slice(0, LONGEST - 1).join("")}…` : id;
}
