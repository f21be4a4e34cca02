import { NotJudged } from "../domain/judge.ts";
import type { LostBecause } from "../domain/outcome.ts";
import type { FailedReply } from "../domain/provider.ts";

/** So many calls in a row without an answer mean that none will come. */
export const HOPELESS = 20;

/** Why a model is asked no more. */
export interface LostModel {
  readonly because: LostBecause;
  /** The failure that decided it. */
  readonly message: string;
}

type Failure = Pick<FailedReply, "unreachable" | "fatal" | "transient" | "closed" | "unsent" | "message">;

/** Whether a model still answers, from one session's replies in the order in which they came. */
export interface ModelPresence {
  answered(): void;
  missed(reply: Failure): void;
  /** Null while further calls may be answered. */
  readonly lost: LostModel | null;
}

/**
 * A refusal for money, or until much later, ends it at once. Before the first answer so does one that will be the same for
 * every call. Else it takes many in a row that failed for the model's sake, at any time. A failure that a request has
 * earned itself (400, an unreadable reply) shows that somebody is there, unless nobody has answered yet and all replies are the same;
 * one that was never sent (a recording without the case) shows nothing.
 *
 * @param calls that will be made at most: when none of so few was taken, nobody is there either
 */
export function modelPresence(calls: number): ModelPresence {
  let hasAnswered = false;
  let inARow = 0;
  let first: string | undefined;
  let lost: LostModel | null = null;

  const whyLost = ({ closed, fatal, unreachable }: Failure): LostBecause | null => {
    if (closed === "only-refusals" || closed === "silent") return hasAnswered ? "no-more" : "none-answered";
    if (closed !== undefined) return closed;
    if (!hasAnswered && fatal === true) return "none-answered";
    const limit = !hasAnswered && unreachable === true ? Math.min(HOPELESS, calls) : HOPELESS;
    if (inARow < limit) return null;
    return hasAnswered ? "no-more" : "none-answered";
  };

  return {
    answered: () => {
      hasAnswered = true;
      inARow = 0;
      if (lost?.because === "none-answered") lost = null;
    },
    missed: (reply) => {
      if (reply.unsent === true && reply.fatal !== true && reply.closed === undefined) return;
      first ??= reply.message;
      const ofTheModel = reply.transient || reply.fatal === true || reply.unreachable === true;
      inARow = ofTheModel || (!hasAnswered && reply.message === first) ? inARow + 1 : 0;
      const because = whyLost(reply);
      if (because !== null) lost ??= { because, message: reply.message };
    },
    get lost() {
      return lost;
    },
  };
}

/** One session of a judge: what it found out of a model is forgotten with it. */
interface Session {
  readonly hopeless_after: number;
}

/** The presence of a judge's model, session by session. */
export interface JudgePresence {
  answered(session: Session): void;
  missed(session: Session, reply: Failure): void;
  /** @throws {NotJudged} because it is unreachable, once that is known */
  require(session: Session): void;
}

/** @param label the model's name, for messages */
export function judgePresence(label: string): JudgePresence {
  const sessions = new WeakMap<Session, ModelPresence>();
  const of = (session: Session): ModelPresence => {
    const known = sessions.get(session) ?? modelPresence(session.hopeless_after);
    sessions.set(session, known);
    return known;
  };
  return {
    answered: (session) => of(session).answered(),
    missed: (session, reply) => of(session).missed(reply),
    require: (session) => {
      const { lost } = of(session);
      if (lost !== null) throw new NotJudged("unreachable", `${label}: ${lost.message}`, lost.because);
    },
  };
}
