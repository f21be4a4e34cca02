import { NotJudged } from "../domain/judge.ts";
import type { LostBecause } from "../domain/outcome.ts";
import type { FailedReply } from "../domain/provider.ts";

/** Number of consecutive failed calls after which the model counts as unavailable. */
export const HOPELESS = 20;

/** Why a model is not asked any more. */
export interface LostModel {
  readonly because: LostBecause;
  /** Message of the failure because of which the model is not asked any more. */
  readonly message: string;
}

type Failure = Pick<FailedReply, "unreachable" | "fatal" | "transient" | "closed" | "unsent" | "message">;

/** Detects whether a model still answers, from one session's replies in order. */
export interface ModelPresence {
  answered(): void;
  missed(reply: Failure): void;
  /** Null while further calls may be answered. */
  readonly lost: LostModel | null;
}

/**
 * A lost model is not asked any more. A model is lost at once when it refuses calls because money is missing, or when
 * it will refuse them for a long time. Before the first answer, a failure that every call would have also makes it
 * lost at once. Otherwise many consecutive failures of the model are needed. A failure caused by the request (400, an
 * unreadable reply) shows that the model is available, unless nothing was answered yet and all replies are equal. A
 * request that was not sent (a recording without the case) shows nothing.
 *
 * @param calls maximum number of calls. A model that cannot be reached is lost after this many failures, or after
 * `HOPELESS` if that is fewer
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

/** A session in which judges are asked. Which models are unavailable is remembered only within the session. */
interface Session {
  readonly hopeless_after: number;
}

/** The availability of a judge's model, by session. */
export interface JudgePresence {
  answered(session: Session): void;
  missed(session: Session, reply: Failure): void;
  /** @throws {NotJudged} when the model is lost */
  require(session: Session): void;
}

/** @param label the model's name in messages */
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
