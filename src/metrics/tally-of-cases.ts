import { makeTally, type Tally } from "./tally.ts";

/**
 * The running totals of some cases of a large plan, indexed by the order of `caseNos`: its arrays are as long as that,
 * not as long as the plan.
 */
export function tallyOfCases(caseNos: Iterable<number>, scorers: number): Tally {
  const places = new Map([...new Set(caseNos)].map((caseNo, place) => [caseNo, place]));
  const tally = makeTally(places.size, scorers);
  const { add } = tally;
  tally.add = (row) => {
    const place = places.get(row.case_no);
    if (place === undefined) throw new Error(`case ${row.case_no} is not among those counted`);
    add({ ...row, case_no: place });
  };
  return tally;
}
