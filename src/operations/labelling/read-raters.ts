/**
 * Reads `--rater`. `--rater NAME` names the rater of labels without a rater; `--rater 10=NAME` gives the name of the
 * user 10 of the other tool.
 */
export function readRaters(given: readonly string[]): {
  rater: string | undefined;
  raters: ReadonlyMap<string, string>;
} {
  const raters = new Map<string, string>();
  let rater: string | undefined;
  for (const word of given) {
    const [, id, name] = /^([^=]+)=(.+)$/.exec(word) ?? [];
    if (id !== undefined && name !== undefined) raters.set(id.trim(), name.trim());
    else rater = word.trim() || undefined;
  }
  return { raters, rater };
}
