import { makeTally, type Tally } from "./tally.ts";

/**
 * The running totals of some cases of a large plan. The arrays are indexed by position in `caseNos`, not by case
 * number, so they are only as long as `caseNos`.
 */
export function tallyOfCases(caseNos: Iterable<number>, scorers: number): Tally {
  const places = new Map([...new Set(caseNos)].map((caseNo, place) => [caseNo, place]));
  const tally = makeTally(places.size, scorers);
  const { add } = tally;
  tally.add = (row) => {
    const place = places.get(row.case_no);
    if (place === undefined) throw new Error(`case ${row.case_no} is not among the cases of this tally`);
    add({ ...row, case_no: place });
  };
  return tally;
}
