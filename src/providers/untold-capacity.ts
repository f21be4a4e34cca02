import { CrowdEvidence } from "./crowd-evidence.ts";
import type { Departure, ModelPace } from "./model-pace.ts";

/** A failure is only a lack of capacity if another call was answered at most this long before, or still runs. */
const ANSWERED_WITHIN_MS = 10_000;
/** How often one call may fail in this way before the call itself counts as the problem. */
const MOST = 8;
/** The least that `MOST` is lowered to. */
const LEAST = 2;

/** A call that failed in a way that may be a lack of capacity. */
export interface DoubtfulFailure {
  readonly departure: Departure;
  readonly call: string;
  /** When the model last answered any call; null before the first answer. */
  readonly answeredAt: number | null;
  readonly now: number;
}

/**
 * Recognizes a lack of capacity that the server does not state, for instance by a plain 503: the model answers other
 * calls meanwhile, and this call later. A call that goes on failing was refused for another reason. The concurrency and
 * the rate that were learned from such a call are forgotten, and later calls may fail half as often, because every
 * refusal for capacity slows all calls down. Where more calls failed for good than were answered later, one is believed
 * only while most calls fail that are sent while as many others are in flight.
 */
export class UntoldCapacity {
  readonly #pace: ModelPace;
  readonly #evidence: CrowdEvidence;
  /** How often each call failed in this way; infinity for a call that is itself the problem. */
  readonly #failed = new Map<string, number>();
  /** Calls that have failed in this way, believed or not. */
  readonly #seen = new Set<string>();
  #most = MOST;
  /** The numbers of calls that were answered after they had failed in this way, and that were themselves the problem. */
  #recovered = 0;
  #problems = 0;
  /** Whether the server has stated a lack of capacity. What was learned from that is kept. */
  #wasStated = false;

  constructor(pace: ModelPace) {
    this.#pace = pace;
    this.#evidence = new CrowdEvidence(pace);
  }

  /** Records that the server stated a lack of capacity. */
  stated(): void {
    this.#wasStated = true;
  }

  /** Records that a call was answered: if it had failed in this way before, that was for capacity. */
  answered(departure: Departure, call: string): void {
    this.#evidence.answered(departure);
    if (!this.#failed.delete(call)) return;
    this.#most = MOST;
    this.#recovered++;
  }

  /** Whether a failure counts as a lack of capacity. */
  explains({ departure, call, answeredAt, now }: DoubtfulFailure): boolean {
    // A call that always fails would otherwise count more than the calls that are answered at once.
    if (!this.#seen.has(call)) this.#evidence.failed(departure);
    this.#seen.add(call);
    const times = (this.#failed.get(call) ?? 0) + 1;
    const isAlone = departure.level === 1;
    if ((isAlone && times > 1) || times > this.#most) {
      if (times !== Number.POSITIVE_INFINITY) this.#problems++;
      this.#failed.set(call, Number.POSITIVE_INFINITY);
      this.#most = Math.max(LEAST, Math.floor(this.#most / 2));
      if (!this.#wasStated) this.#pace.forgetRefusals();
      return false;
    }
    const answersOthers =
      (answeredAt !== null && now - answeredAt < ANSWERED_WITHIN_MS) ||
      this.#pace.hasAccepted(departure, now);
    if (isAlone || !answersOthers) return false;
    if (this.#problems > this.#recovered && !this.#evidence.isCrowd(departure, now)) return false;
    this.#failed.set(call, times);
    return true;
  }
}
