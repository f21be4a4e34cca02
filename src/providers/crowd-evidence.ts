import type { Departure, ModelPace } from "./model-pace.ts";

/** How many calls must fail before a server counts as crowded: fewer may be chance. */
const LEAST_FAILED = 3;
/** After this many calls what is known of them counts half, so that a server may become crowded later. */
const REMEMBERED = 32;

/** The number of calls by how many were in flight when they were sent, themselves included. */
class Levels {
  readonly #calls = new Map<number, number>();

  add(level: number): void {
    this.#calls.set(level, (this.#calls.get(level) ?? 0) + 1);
  }

  /** The number of calls that were sent as one of at least this many. */
  from(least: number): number {
    let sum = 0;
    for (const [level, calls] of this.#calls) if (level >= least) sum += calls;
    return sum;
  }

  halve(): void {
    for (const [level, calls] of this.#calls) this.#calls.set(level, calls / 2);
  }

  clear(): void {
    this.#calls.clear();
  }
}

/**
 * Holds the calls that failed against those that were answered while as many others were in flight. Where most fail, the
 * server has too many; one that fails some calls at any time, or always the same ones, does so for another reason.
 */
export class CrowdEvidence {
  readonly #pace: ModelPace;
  readonly #answered = new Levels();
  readonly #failed = new Levels();
  #recorded = 0;

  constructor(pace: ModelPace) {
    this.#pace = pace;
  }

  answered({ level }: Departure): void {
    this.#record(this.#answered, level);
  }

  failed({ level }: Departure): void {
    this.#record(this.#failed, level);
  }

  #record(levels: Levels, level: number): void {
    levels.add(level);
    if (++this.#recorded % REMEMBERED !== 0) return;
    this.#answered.halve();
    this.#failed.halve();
  }

  /** Whether most calls fail that are sent while as many others are in flight as with this failed one. */
  isCrowd(failed: Departure, now: number): boolean {
    const { level } = failed;
    const all = this.#failed.from(level);
    const passed = this.#answered.from(level) + this.#pace.outlasting(failed, now, level);
    return level > 1 && all >= LEAST_FAILED && all > passed;
  }

  /** Forgets all calls, because their server will get fewer at once. */
  clear(): void {
    this.#answered.clear();
    this.#failed.clear();
  }
}
