import { seededRandom } from "../statistics/seeded-random.ts";

/** An item that can be drawn. */
export interface Unit {
  /** Unique. Random selection depends only on the id and the seed, not on the unit's position. */
  readonly id: string;
  readonly stratum: string;
  readonly failed: boolean;
  /** Quality rank, lower is worse; null when unknown. */
  readonly standing: number | null;
  /** How little the golden cases cover the unit; higher is less covered; null when not measured. */
  readonly uncovered: number | null;
}

/** The sampling designs to use. A unit may be selected by several of them. */
export interface Designs {
  /** Share of each stratum to draw, in (0, 1]. */
  readonly random?: number | undefined;
  /** Number of units to draw, beginning with the worst quality. */
  readonly worst?: number | undefined;
  /** Whether to draw all units that failed. */
  readonly errors?: boolean | undefined;
  /** Number of units to draw, beginning with those that the golden cases cover least. */
  readonly uncovered?: number | undefined;
}

export const DESIGNS = ["random", "worst", "errors", "uncovered"] as const;
export type Design = (typeof DESIGNS)[number];

export interface Drawn {
  readonly unit: Unit;
  /** Probability of being selected by at least one design, in (0, 1]. */
  readonly probability: number;
  /** The designs that selected the unit, in the order of `DESIGNS`. */
  readonly by: readonly Design[];
}

export interface Sample {
  readonly drawn: readonly Drawn[];
  /** Number of selected units that were left out because `isDuplicate` rejected them. */
  readonly duplicates: number;
}

/**
 * Each unit's selection probability by design; absent when a design cannot select the unit. `random` is not included,
 * because its probability is the same for all units.
 */
type Chances = Map<string, Map<Design, number>>;

/**
 * Draws units by all designs. For each drawn unit it gives the probability that at least one design selects the
 * unit.
 *
 * Duplicates are removed after the draw, so that the probabilities of the other units stay the same. In `worst` and
 * `uncovered`, the next unit replaces a duplicate, because these two designs select by rank and not at random.
 *
 * @param isDuplicate whether the unit is a duplicate, for instance of a golden case; called for selected units only
 * @param isRepeated whether a unit is similar to an earlier unit for which this function returned false; called for
 * `uncovered` only, beginning with the least covered unit
 */
export async function drawSample(
  units: readonly Unit[],
  designs: Designs,
  {
    seed,
    isDuplicate,
    isRepeated,
  }: {
    readonly seed: string;
    readonly isDuplicate: (unit: Unit) => Promise<boolean>;
    readonly isRepeated: (unit: Unit) => Promise<boolean>;
  },
): Promise<Sample> {
  const duplicates = new Set<string>();
  const known = new Map<string, boolean>();
  const isOut = async (unit: Unit): Promise<boolean> => {
    let out = known.get(unit.id);
    if (out === undefined) {
      out = await isDuplicate(unit);
      known.set(unit.id, out);
      if (out) duplicates.add(unit.id);
    }
    return out;
  };
  const came = new Map<string, Set<Design>>();
  const chances: Chances = new Map();
  const chance = (unit: Unit, design: Design, probability: number): void => {
    const one = chances.get(unit.id) ?? new Map<Design, number>();
    chances.set(unit.id, one.set(design, probability));
  };
  const take = (unit: Unit, design: Design): void => {
    const one = came.get(unit.id) ?? new Set<Design>();
    came.set(unit.id, one.add(design));
  };

  if (designs.random !== undefined)
    for (const unit of randomOnes(units, designs.random, seed)) take(unit, "random");
  if (designs.errors === true)
    for (const unit of units.filter(({ failed }) => failed)) {
      chance(unit, "errors", 1);
      take(unit, "errors");
    }
  if (designs.worst !== undefined)
    for await (const { unit, probability, isDrawn } of worstOnes(units, designs.worst, seed, isOut)) {
      chance(unit, "worst", probability);
      if (isDrawn) take(unit, "worst");
    }
  if (designs.uncovered !== undefined) {
    const leavesOut = async (unit: Unit) => (await isOut(unit)) || (await isRepeated(unit));
    for (const unit of await uncoveredOnes(units, designs.uncovered, leavesOut)) {
      chance(unit, "uncovered", 1);
      take(unit, "uncovered");
    }
  }
  const drawn: Drawn[] = [];
  for (const unit of units) {
    const by = came.get(unit.id);
    if (by === undefined || (await isOut(unit))) continue;
    const own = chances.get(unit.id) ?? new Map<Design, number>();
    const not = [designs.random ?? 0, ...own.values()].reduce((product, one) => product * (1 - one), 1);
    drawn.push({ unit, probability: 1 - not, by: DESIGNS.filter((one) => by.has(one)) });
  }
  return { drawn, duplicates: duplicates.size };
}

/** A random number in [0, 1) by which a design orders its units. The same seed and id always give the same number. */
const placeOf = (seed: string, design: string, id: string): number =>
  seededRandom(`${seed}\n${design}\n${id}`)();

/**
 * Draws from each stratum so that the probability of each unit is exactly the share: a fractional number of units is
 * rounded at random.
 */
function randomOnes(units: readonly Unit[], share: number, seed: string): readonly Unit[] {
  const strata = new Map<string, Unit[]>();
  for (const unit of units) {
    const stratum = strata.get(unit.stratum);
    if (stratum === undefined) strata.set(unit.stratum, [unit]);
    else stratum.push(unit);
  }
  return [...strata].flatMap(([stratum, all]) => {
    const wanted = share * all.length;
    const whole = Math.floor(wanted + 1e-9);
    const more = placeOf(seed, "stratum", stratum) < wanted - whole ? 1 : 0;
    return inRandomOrder(all, seed, "random").slice(0, whole + more);
  });
}

function inRandomOrder(units: readonly Unit[], seed: string, design: string): readonly Unit[] {
  const places = units.map((unit) => ({ unit, place: placeOf(seed, design, unit.id) }));
  return places.sort((a, b) => a.place - b.place || (a.unit.id < b.unit.id ? -1 : 1)).map(({ unit }) => unit);
}

interface Ranked {
  readonly unit: Unit;
  readonly probability: number;
  readonly isDrawn: boolean;
}

/**
 * Takes the worst units. If more units are equally bad than can still be drawn, each of them has the same
 * probability. A duplicate among these units is not replaced, because that would change the probabilities of the
 * others.
 */
async function* worstOnes(
  units: readonly Unit[],
  count: number,
  seed: string,
  isOut: (unit: Unit) => Promise<boolean>,
): AsyncGenerator<Ranked> {
  const groups = new Map<number, Unit[]>();
  for (const unit of units) {
    if (unit.standing === null) continue;
    const group = groups.get(unit.standing);
    if (group === undefined) groups.set(unit.standing, [unit]);
    else group.push(unit);
  }
  let remaining = count;
  for (const standing of [...groups.keys()].sort((a, b) => a - b)) {
    const group = inRandomOrder(groups.get(standing) ?? [], seed, "worst");
    const isLast = group.length > remaining;
    const drawn = isLast ? remaining : group.length;
    for (const [at, unit] of group.entries()) {
      const isDrawn = at < drawn && !(await isOut(unit));
      if (isDrawn) remaining--;
      yield { unit, probability: drawn / group.length, isDrawn };
    }
    if (isLast || remaining === 0) return;
  }
}

/** The least covered units, without those that `leavesOut` rejects. The result is the same with every seed. */
async function uncoveredOnes(
  units: readonly Unit[],
  count: number,
  leavesOut: (unit: Unit) => Promise<boolean>,
): Promise<readonly Unit[]> {
  const ranked = units
    .flatMap((unit) => (unit.uncovered === null ? [] : [{ unit, by: unit.uncovered }]))
    .sort((a, b) => b.by - a.by || (a.unit.id < b.unit.id ? -1 : 1));
  const picked: Unit[] = [];
  for (const { unit } of ranked) {
    if (picked.length === count) break;
    if (!(await leavesOut(unit))) picked.push(unit);
  }
  return picked;
}
