import { itemAt } from "../domain/item-at.ts";

/** One number that judges a unit: a feedback or a score, on whatever scale; higher is better. */
export interface Measure {
  readonly name: string;
  readonly value: number;
}

/**
 * How good each unit is beside the others, in (0, 1): the lowest of its ranks among all values of the same name. Null where nothing
 * was said of it. A name under which all are equal shows nothing.
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

/** The middle of the places that a value takes in the order of all, as a share; undefined where there is only one value. */
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
