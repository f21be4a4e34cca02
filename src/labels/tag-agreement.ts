import type { Confusion, Estimate } from "../domain/calibration.ts";
import { fisherGreater, fisherLess } from "../statistics/fisher-exact-test.ts";
import { benjaminiHochberg } from "../statistics/multiple-comparisons.ts";
import { confusionOf, type JudgedLabel, measure } from "./measures.ts";

/** How far the judge agrees with people on the cases with one tag. */
export interface TagAgreement {
  readonly tag: string;
  readonly n: number;
  readonly confusion: Confusion;
  readonly agreement: Estimate;
  /**
   * P-value of the hypothesis that the agreement on the answers without the tag is the same. Two-sided, and not
   * corrected for the number of tags. Null when all answers have the tag.
   */
  readonly p: number | null;
  /**
   * Whether the agreement on the answers with the tag differs from the agreement on the other answers:
   * Benjamini–Hochberg at q = 0.10 over all tags.
   */
  readonly differs: boolean;
}

const Q = 0.1;

/** Agreement by tag, in alphabetical order. */
export function tagAgreements(
  pairs: readonly (JudgedLabel & { readonly labelled: { readonly case: string } })[],
  tagsOf: (caseId: string) => readonly string[],
): TagAgreement[] {
  const byTag = new Map<string, JudgedLabel[]>();
  for (const pair of pairs) {
    for (const tag of new Set(tagsOf(pair.labelled.case))) {
      const group = byTag.get(tag);
      if (group === undefined) byTag.set(tag, [pair]);
      else group.push(pair);
    }
  }
  const agrees = (some: readonly JudgedLabel[]): number =>
    some.filter((one) => one.truth === one.verdict).length;
  const total = { n: pairs.length, agree: agrees(pairs) };
  const rows = [...byTag]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([tag, group]) => {
      const inside = { k: group.length, x: agrees(group) };
      const outside = { m: total.n - inside.k, b: total.agree - inside.x };
      const p =
        outside.m === 0
          ? null
          : Math.min(
              1,
              2 * Math.min(fisherLess({ ...inside, ...outside }), fisherGreater({ ...inside, ...outside })),
            );
      return {
        tag,
        n: inside.k,
        confusion: confusionOf(group),
        agreement: measure(group, false).agreement,
        p,
      };
    });
  const tested = rows.flatMap(({ p }) => (p === null ? [] : [p]));
  const adjusted = benjaminiHochberg(tested);
  let next = 0;
  return rows.map((row) => ({ ...row, differs: row.p !== null && (adjusted[next++] ?? 1) <= Q }));
}
