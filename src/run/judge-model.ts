import { canonicalJson, hashJson, type Json, sha256 } from "../domain/json.ts";
import { type JudgeModel, type JudgeQuestion, type JudgeReply, NotJudged } from "../domain/judge.ts";
import type { LoadedModel } from "../domain/project.ts";
import type {
  Client,
  FailedReply,
  OpenTarget,
  PreparedRequest,
  Question,
  Reply,
} from "../domain/provider.ts";
import type { Redaction } from "../domain/redaction.ts";
import type { Store, StoredJudgement } from "../store/store.ts";
import type { BudgetGuard, SharedBudget } from "./budget-guard.ts";
import type { CallHooks } from "./call-hooks.ts";
import { estimateTokens } from "./estimate-tokens.ts";
import { type JudgePresence, judgePresence } from "./model-presence.ts";
import { redactedReply } from "./redacted-reply.ts";
import { toTranscript } from "./to-transcript.ts";
import { unpricedReplies } from "./unpriced-budget.ts";

/** What calls to judges share in one session: who pays, the limits, and which stored replies may be used. */
export interface JudgeSession {
  readonly store: Pick<Store, "judgement" | "recordJudgement" | "discardJudgements">;
  /** The run that pays; null outside of a run. */
  readonly run_no: number | null;
  /** Stored replies from before this time (milliseconds since 1970, UTC) are not reused; 0 to reuse all. */
  readonly since: number;
  /**
   * Number of the newest stored reply when this session started. Replies up to this number that have no verdict
   * are asked for again.
   */
  readonly discarded_after: number;
  /**
   * Number of failed calls in a row after which a model that cannot be reached counts as unavailable. It is at most
   * `HOPELESS`, and no larger than the number of the run's trials.
   */
  readonly hopeless_after: number;
  /** Aborts the calls in flight. */
  readonly signal: AbortSignal;
  /** Creates the hooks of a model's client, at the model's first call. */
  readonly hooks: (model: AskedModel) => CallHooks;
  /**
   * Called when the reply to a question is not in the store. If this function returns false, the question is not
   * asked.
   */
  readonly mayAsk: (question: MissingReply) => boolean;
  readonly sharedBudget: SharedBudget | null;
  /** Creates the guard of a model's calls, at the model's first call. */
  readonly guard: ((model: AskedModel) => BudgetGuard) | null;
  /** Judges whose replies come in batches; null when all are called directly. */
  readonly batches?: JudgeBatches | null | undefined;
}

/** How judges are asked in a run with batches. */
export interface JudgeBatches {
  /** Whether this model is asked in batches. */
  has(model: AskedModel): boolean;
  /**
   * The reply from a batch; null when the model must be called directly.
   *
   * @throws {NotJudged} when the reply comes with a later session
   */
  reply(model: AskedModel, call: Call, batched: BatchedCall): Reply | null;
}

/** Callbacks for the result of a call in a batch. */
interface BatchedCall {
  /** Called when the call's reply comes with a later session. */
  park(): void;
  failed(failure: FailedReply): void;
}

/** A question whose reply must be paid for. */
export interface MissingReply {
  readonly model: AskedModel;
  readonly requestCharacters: number;
}

/** A judge's model, with its entry in the config and the opened target behind it. */
export interface AskedModel extends JudgeModel {
  readonly model: LoadedModel;
  readonly target: OpenTarget;
  /** Removes personal data from stored replies; absent without redaction. */
  readonly redaction?: Redaction | undefined;
  /** Whether the stored reply with this hash is this model's answer to a request. */
  answers(asked: string, request: Json): boolean;
  close(): Promise<void>;
}

export interface JudgeModelParts {
  readonly alias: string;
  readonly model: LoadedModel;
  readonly target: OpenTarget;
  readonly identity: { readonly [name: string]: Json };
  /** The client with its wrappers. */
  readonly client: () => Client;
  readonly session: () => JudgeSession | null;
  readonly redaction?: Redaction | undefined;
  readonly close: () => Promise<void>;
}

/**
 * Makes a judge's model that stores its replies. When two trials ask for the same opinion (draw) on the same question
 * at the same time, only one call is paid for.
 */
export function judgeModel(parts: JudgeModelParts): AskedModel {
  const { alias, model, target } = parts;
  const identity = hashJson(parts.identity);
  const pending = new Map<string, Promise<JudgeReply | FailedReply>>();
  const presence = judgePresence(target.label);
  const askedOf = (requestHash: string): string => sha256(`${identity}\n${requestHash}`);

  const self: AskedModel = {
    alias,
    label: target.label,
    identity: parts.identity,
    model,
    target,
    redaction: parts.redaction,
    answers: (asked, request) => askedOf(hashJson(request)) === asked,
    close: parts.close,
    ask: async ({ case_id, messages, input = null, reply, draw, judge }: JudgeQuestion) => {
      const session = parts.session();
      if (session === null) throw new NotJudged("unasked");
      const question: Question = { case_id, input, messages, ...(reply === undefined ? {} : { reply }) };
      const request = target.client.prepare(question);
      const text = canonicalJson(request);
      const requestHash = sha256(text);
      const asked = askedOf(requestHash);
      const { since, discarded_after } = session;
      const known = session.store.judgement(asked, draw, { since, discarded_after });
      if (known !== undefined) return toReply(known);
      const key = `${asked}#${draw}`;
      let asking = pending.get(key);
      if (asking === undefined) {
        const call = { question, request, requestHash, asked, draw, judge, text };
        asking = askNow(self, parts.client, session, presence, call).finally(() => pending.delete(key));
        pending.set(key, asking);
      }
      return asking;
    },
    discard: (replies) => parts.session()?.store.discardJudgements(replies),
  };
  return self;
}

export interface Call {
  readonly question: Question;
  readonly request: PreparedRequest;
  readonly requestHash: string;
  readonly asked: string;
  readonly draw: number;
  readonly judge: string;
  /** The request as JSON. */
  readonly text: string;
}

async function askNow(
  self: AskedModel,
  client: () => Client,
  session: JudgeSession,
  presence: JudgePresence,
  call: Call,
): Promise<JudgeReply | FailedReply> {
  const { question, request, draw } = call;
  const { target } = self;
  const { signal, sharedBudget } = session;
  presence.require(session);
  if (!session.mayAsk({ model: self, requestCharacters: call.text.length })) throw new NotJudged("unasked");
  const guard = session.guard?.(self) ?? null;
  const inputTokens = () => estimateTokens(call.text);
  const batches = session.batches?.has(self) === true ? session.batches : null;
  const permission =
    batches === null
      ? ((guard && (await sharedBudget?.acquire(guard, question, inputTokens))) ?? "go")
      : (guard?.reserve(question, inputTokens) ?? "go");
  // In a run with batches, a call does not wait until budget is free: a later session may have budget left.
  if (permission !== "go") throw new NotJudged(permission === "stop" ? "budget" : "batch");
  if (signal.aborted) {
    guard?.release(question);
    throw new NotJudged("cancelled");
  }
  const batched = batches?.reply(self, call, {
    park: () => guard?.park(question),
    failed: (failure) => void session.hooks(self).onFailed(failure, question, target.price),
  });
  const given = batched ?? (await client().send(request, question, draw, signal));
  const reply = self.redaction === undefined ? given : redactedReply(given, self.redaction);
  if (reply.kind === "failed") {
    guard?.release(question);
    if (signal.aborted || reply.withdrawn === true) throw new NotJudged("cancelled");
    presence.missed(session, reply);
    presence.require(session);
    return reply;
  }
  presence.answered(session);
  const transcript = toTranscript(reply, target.price);
  const { cost_usd: usd, usage } = transcript;
  const kept = reply.recorded === true || (guard?.settle(question, { usd, usage }) ?? true);
  if (reply.recorded === true) guard?.release(question);
  const id = await session.store.recordJudgement({
    asked: call.asked,
    draw,
    judge: call.judge,
    // A recorded reply was paid for when it was recorded.
    run_no: reply.recorded === true ? null : session.run_no,
    case_id: question.case_id,
    request: {
      hash: call.requestHash,
      body: () => JSON.stringify(self.redaction?.value(request) ?? request),
    },
    transcript,
    raw: reply.raw ?? null,
  });
  if (!kept) throw unpricedReplies(self.alias);
  return {
    id,
    output: transcript.output,
    refusal: transcript.refusal,
    finish_reason: transcript.finish_reason,
  };
}

function toReply({ id, output, refusal, finish_reason }: StoredJudgement): JudgeReply {
  return { id, output, refusal, finish_reason };
}
