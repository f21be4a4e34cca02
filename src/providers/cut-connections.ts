import type { Departure, ModelPace } from "./model-pace.ts";

/** How many calls must be cut before a server counts as crowded: fewer may be chance. */
const LEAST_CUT = 3;
/** After this many calls what is known of them counts half, so that a server may become crowded later. */
const REMEMBERED = 32;
/** How often one call may be cut by a crowded server without that counting as a failed attempt. */
const MOST_UNCOUNTED = 4;

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
 * Recognizes a server that cuts connections because too many are open: of the calls that are sent while as many others
 * are in flight, most are cut. A server that cuts some calls at any time, or always the same ones, does so for another
 * reason, and slows nobody down.
 */
export class CutConnections {
  readonly #pace: ModelPace;
  /** Calls that were answered and cut since the concurrency was last reduced. */
  readonly #answered = new Levels();
  readonly #cut = new Levels();
  #recorded = 0;
  /** How often each call was cut without that counting as an attempt. */
  readonly #uncounted = new Map<string, number>();

  constructor(pace: ModelPace) {
    this.#pace = pace;
  }

  answered({ level }: Departure, call: string): void {
    this.#record(this.#answered, level);
    this.#uncounted.delete(call);
  }

  #record(levels: Levels, level: number): void {
    levels.add(level);
    if (++this.#recorded % REMEMBERED !== 0) return;
    this.#answered.halve();
    this.#cut.halve();
  }

  /**
   * Records a call whose connection was cut before its reply began, and reduces the concurrency if the server is
   * crowded.
   *
   * @returns whether the call may be sent again without counting as an attempt: the server is crowded and cut it at
   *   once, while it works on earlier calls, so it cannot have worked on this one for long
   */
  cut(departure: Departure, call: string, now: number): boolean {
    const { level } = departure;
    this.#record(this.#cut, level);
    if (!this.#pace.isBeyond(level)) {
      const cut = this.#cut.from(level);
      const passed = this.#answered.from(level) + this.#pace.outlasting(departure, now, level);
      if (level === 1 || cut < LEAST_CUT || cut <= passed) return false;
      this.#pace.crowded(level);
      this.#answered.clear();
      this.#cut.clear();
    }
    const times = (this.#uncounted.get(call) ?? 0) + 1;
    if (times > MOST_UNCOUNTED || !this.#pace.hasAccepted(departure, now)) return false;
    this.#uncounted.set(call, times);
    return true;
  }
}
