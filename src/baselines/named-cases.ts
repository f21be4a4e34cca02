const MOST = 5;
/** A longer id is known by its beginning. */
const LONGEST = 60;

/** `refund-07, refund-08 and 3 more`: the first few ids, in a sentence. */
export function namedCases(ids: readonly string[]): string {
  const named = ids.slice(0, MOST).map(shortened).join(", ");
  return ids.length > MOST ? `${named} and ${ids.length - MOST} more` : named;
}

function shortened(id: string): string {
  const letters = Array.from(id.slice(0, LONGEST * 2 + 2));
  return letters.length > LONGEST ? `${letters.slice(0, LONGEST - 1).join("")}…` : id;
}
