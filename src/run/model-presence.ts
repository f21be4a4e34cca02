import { NotJudged } from "../domain/judge.ts";
import type { FailedReply } from "../domain/provider.ts";

/** One sitting of a judge: what it found out of a model is forgotten with it. */
interface Sitting {
  readonly hopeless_after: number;
}

/** Whether anybody answers for a model, sitting by sitting. */
export interface ModelPresence {
  heard(sitting: Sitting): void;
  missed(sitting: Sitting, reply: Pick<FailedReply, "unreachable" | "fatal" | "message">): void;
  /** @throws {NotJudged} because it is unreachable, once that is known */
  require(sitting: Sitting): void;
}

/**
 * One refusal that will be the same for every question, or so many calls in a row that nobody took, mean that nobody will
 * answer in this sitting: unless somebody did already.
 */
export function modelPresence(label: string): ModelPresence {
  const sittings = new WeakMap<Sitting, { heard: boolean; missed: number; gone: string | null }>();
  const of = (sitting: Sitting) => {
    const known = sittings.get(sitting) ?? { heard: false, missed: 0, gone: null };
    sittings.set(sitting, known);
    return known;
  };
  return {
    heard: (sitting) => {
      of(sitting).heard = true;
    },
    missed: (sitting, { unreachable, fatal, message }) => {
      const known = of(sitting);
      known.missed = unreachable === true || fatal === true ? known.missed + 1 : 0;
      if (!known.heard && (fatal === true || known.missed >= sitting.hopeless_after)) known.gone = message;
    },
    require: (sitting) => {
      const { gone, heard } = of(sitting);
      if (gone !== null && !heard) throw new NotJudged("unreachable", `${label}: ${gone}`);
    },
  };
}
