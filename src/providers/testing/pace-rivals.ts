import type { FailedReply, Reply } from "../../domain/provider.ts";
import { retryWait } from "../retrying-client.ts";
import type { Controller, Outside } from "./pace-worlds.ts";

type Send = () => Promise<Reply>;

/** Lets at most `most` calls through at the same time. */
class Gate {
  most: number;
  inside = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(most: number) {
    this.most = most;
  }

  async enter(): Promise<void> {
    while (this.inside >= this.most) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.inside++;
  }

  leave(): void {
    this.inside--;
    this.wake();
  }

  wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

const JITTER = { base_ms: 1000, cap_ms: 30_000 };

/** A fixed number of concurrent calls. A refused call keeps its slot and is retried with full jitter. */
export function fixedConcurrency(callers: number) {
  return (send: Send, { sleep, random }: Outside): Controller => ({
    callers,
    call: async () => {
      for (let attempt = 1; ; attempt++) {
        const reply = await send();
        if (reply.kind === "answered") return;
        await sleep(retryWait(reply, attempt, JITTER, random()));
      }
    },
  });
}

/**
 * Additive increase and multiplicative decrease of the rate: every second the rate grows by one call per
 * second, and a refusal halves it, at most once per second. A refused call is retried with full jitter.
 */
export function aimdRate(callers: number, { start = 4, more = 1, kept = 0.5, pause_ms = 1000 } = {}) {
  return (send: Send, { now, sleep, random }: Outside): Controller => {
    let rate = start;
    let raisedAt = 0;
    let next = 0;
    let cutAt = Number.NEGATIVE_INFINITY;
    const turn = async (): Promise<void> => {
      rate += ((now() - raisedAt) / 1000) * more;
      raisedAt = now();
      const at = Math.max(now(), next);
      next = at + 1000 / rate;
      if (at > now()) await sleep(at - now());
    };
    const refused = (): void => {
      if (now() - cutAt < pause_ms) return;
      cutAt = now();
      rate = Math.max(0.1, rate * kept);
    };
    return {
      callers,
      call: async () => {
        for (let attempt = 1; ; attempt++) {
          await turn();
          const reply = await send();
          if (reply.kind === "answered") return;
          refused();
          await sleep(retryWait(reply, attempt, JITTER, random()));
        }
      },
    };
  };
}

/** Rounds down to a multiple of five, from ten on. */
const niceBelow = (value: number): number => (value < 10 ? Math.max(1, value) : Math.floor(value / 5) * 5);
/** Rounds up to a multiple of five, from ten on. */
const niceAbove = (value: number): number => (value < 10 ? Math.max(1, value) : Math.ceil(value / 5) * 5);

/**
 * The rule of inspect_ai's adaptive connections (`docs/models-concurrency.qmd` and `util/_concurrency.py` of
 * UKGovernmentBEIS/inspect_ai at 499e6152, August 2026), with its defaults. It starts with 20 concurrent calls
 * and stays between 10 and 100. Until the first refusal, the number doubles after each round without a
 * refusal; later it grows by 5 % per round. A refusal reduces it to four fifths, at most once per 15 seconds
 * or per wait that the server asks for. A refused call keeps its slot. The provider's SDK retries it twice,
 * after half a second, doubled, or as the server asks. Then it is retried after 3 seconds, doubled each time,
 * plus up to 3 seconds.
 */
export function inspectRule() {
  return (send: Send, { now, sleep, random }: Outside): Controller => {
    const bounds = { least: 10, start: 20, most: 100 };
    const gate = new Gate(bounds.start);
    let clean = 0;
    let peak = 0;
    let isRefused = false;
    let coolUntil = Number.NEGATIVE_INFINITY;
    const set = (most: number): void => {
      gate.most = most;
      gate.wake();
    };
    const passed = (): void => {
      if (now() < coolUntil || ++clean < Math.max(gate.most, 4)) return;
      const isFull = peak >= 0.8 * gate.most;
      clean = 0;
      peak = 0;
      if (!isFull) return;
      const grown = gate.most + Math.max(1, Math.round(gate.most * 0.05));
      set(Math.min(bounds.most, isRefused ? niceAbove(grown) : gate.most * 2));
    };
    const refused = ({ retry_after_ms: asked = 0 }: FailedReply): void => {
      clean = 0;
      peak = 0;
      isRefused = true;
      if (now() < coolUntil) {
        coolUntil = Math.max(coolUntil, now() + asked);
        return;
      }
      coolUntil = now() + Math.max(asked, 15_000);
      set(Math.max(bounds.least, niceBelow(Math.floor(gate.most * 0.8))));
    };
    const waitOf = (reply: FailedReply, attempt: number): number => {
      const again = (attempt - 1) % 3;
      if (again === 2) return Math.min(1_800_000, 3000 * 2 ** ((attempt - 3) / 3) + 3000 * random());
      const { retry_after_ms: asked = 0 } = reply;
      if (asked > 0 && asked <= 60_000) return asked;
      return Math.min(8000, 500 * 2 ** again) * (1 - 0.25 * random());
    };
    return {
      callers: bounds.most,
      call: async () => {
        await gate.enter();
        peak = Math.max(peak, gate.inside);
        for (let attempt = 1; ; attempt++) {
          const reply = await send();
          if (reply.kind === "answered") {
            if (attempt === 1) passed();
            break;
          }
          refused(reply);
          await sleep(waitOf(reply, attempt));
        }
        gate.leave();
      },
    };
  };
}
