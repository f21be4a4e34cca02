import { itemAt } from "../domain/item-at.ts";

/** A number that rates a unit, for instance feedback or a score, on any scale; higher is better. */
export interface Measure {
  readonly name: string;
  readonly value: number;
}

/**
 * The quality of each unit compared with the others, in (0, 1): its lowest rank among all values of the same name.
 * Null for a unit without a value. A name whose values are all equal is ignored.
 */
export function standing(units: readonly (readonly Measure[])[]): (number | null)[] {
  const values = new Map<string, number[]>();
  for (const measures of units)
    for (const { name, value } of measures) {
      const list = values.get(name);
      if (list === undefined) values.set(name, [value]);
      else list.push(value);
    }
  const ranks = new Map([...values].map(([name, list]) => [name, middleRanks(list)]));
  return units.map((measures) => {
    const known = measures.flatMap(({ name, value }) => ranks.get(name)?.get(value) ?? []);
    return known.length === 0 ? null : Math.min(...known);
  });
}

/**
 * The rank of each value as a share of the number of values, in (0, 1); equal values have the middle of their ranks.
 * Undefined when there is only one distinct value.
 */
function middleRanks(values: readonly number[]): ReadonlyMap<number, number> | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  if (sorted[0] === sorted.at(-1)) return undefined;
  const ranks = new Map<number, number>();
  for (let from = 0; from < sorted.length; ) {
    const value = itemAt(sorted, from);
    let to = from;
    while (to < sorted.length && sorted[to] === value) to++;
    ranks.set(value, (from + to) / 2 / sorted.length);
    from = to;
  }
  return ranks;
}
