import { CrowdEvidence } from "./crowd-evidence.ts";
import type { Departure, ModelPace } from "./model-pace.ts";

/** How often one call may be cut by a crowded server without that counting as a failed attempt. */
const MOST_UNCOUNTED = 4;

/** Recognizes a server that cuts connections because too many are open, and has fewer calls sent at once. */
export class CutConnections {
  readonly #pace: ModelPace;
  readonly #evidence: CrowdEvidence;
  /** How often each call was cut without that counting as an attempt. */
  readonly #uncounted = new Map<string, number>();

  constructor(pace: ModelPace) {
    this.#pace = pace;
    this.#evidence = new CrowdEvidence(pace);
  }

  answered(departure: Departure, call: string): void {
    this.#evidence.answered(departure);
    this.#uncounted.delete(call);
  }

  /**
   * Records a call whose connection was cut before its reply began, and reduces the concurrency if the server is
   * crowded.
   *
   * @returns whether the call may be sent again without counting as an attempt: the server is crowded and cut it at
   *   once, while it works on earlier calls, so it cannot have worked on this one for long
   */
  cut(departure: Departure, call: string, now: number): boolean {
    this.#evidence.failed(departure);
    if (!this.#pace.isBeyond(departure.level)) {
      if (!this.#evidence.isCrowd(departure, now)) return false;
      this.#pace.crowded(departure.level);
      this.#evidence.clear();
    }
    const times = (this.#uncounted.get(call) ?? 0) + 1;
    if (times > MOST_UNCOUNTED || !this.#pace.hasAccepted(departure, now)) return false;
    this.#uncounted.set(call, times);
    return true;
  }
}
