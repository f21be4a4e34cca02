import type { AroundCalls, CallPayer } from "../domain/around-calls.ts";
import { tokensOfFiles } from "../domain/attachment.ts";
import { hashJson, sha256 } from "../domain/json.ts";
import type { Client, FailedReply, PreparedRequest, Question, Reply } from "../domain/provider.ts";
import type { Redaction } from "../domain/redaction.ts";
import { UNKNOWN_USAGE } from "../domain/transcript.ts";
import type { CallBook } from "../fleet/database.ts";
import type { CallOwner, ClosedCall, EarlierCall, OpenedCall } from "../fleet/fleet.ts";
import { clientWithSend } from "../providers/client-with-send.ts";
import { abortedReply, WITHDRAWN } from "../providers/failed-reply.ts";
import { paidForFailure } from "./call-hooks.ts";
import { estimateTokens } from "./estimate-tokens.ts";
import { maxUsdOf, usdOf } from "./price-usage.ts";
import { redactedReply } from "./redacted-reply.ts";

export interface LedgerOptions {
  readonly owner: CallOwner;
  readonly book: CallBook;
  /** Calls of earlier workers on the same block. */
  readonly before: readonly EarlierCall[];
  /** Whether answers that were lost with a worker are asked for again. */
  readonly asksAgain: boolean;
  readonly redaction: Redaction | null;
  /**
   * Whether the stored reply lacks data that scorers or a conversation need, so that an earlier worker's reply cannot
   * be used.
   */
  readonly keptIsLess: boolean;
  /** Returns a unique id for a call. */
  readonly newId: () => string;
}

/** The calls of one block, each recorded before it is sent and after it returns. */
export interface BlockLedger {
  readonly around: AroundCalls;
  /**
   * Ids of the calls whose answers are in the given trials (`case id/trial`), and of all answered calls of
   * judges.
   */
  used(answered: ReadonlySet<string>): string[];
  /** The id of a trial's only call; null when it made none or several. */
  onlyCall(at: string): string | null;
}

/** An answer that was received, by an earlier worker or by this one. */
interface Had {
  readonly id: string;
  readonly judge: string | null;
  readonly at: string;
}

export function blockLedger(options: LedgerOptions): BlockLedger {
  const { owner, book, asksAgain, newId } = options;
  const answers = new Map<string, { readonly id: string; readonly reply: string }>();
  const lost = new Set<string>();
  for (const { id, key, reply } of options.before) {
    if (reply === null) lost.add(key);
    else if (!options.keptIsLess) answers.set(key, { id, reply });
  }
  const had: Had[] = [];
  /**
   * How often each trial has sent the same request. A conversation may repeat a request, and each repetition is a
   * call of its own.
   */
  const asked = new Map<string, number>();
  const longest = new WeakMap<CallPayer["target"], number>();

  const around: AroundCalls = (client, payer) => {
    const { judge, target } = payer;
    const send = async (
      request: PreparedRequest,
      question: Question,
      trial: number,
      signal: AbortSignal,
    ): Promise<Reply> => {
      const at = `${question.case_id}/${trial}`;
      const whose = judge ?? `${question.case_id}\n${target.label}`;
      const base = sha256(`${whose}\n${hashJson(request)}\n${trial}`);
      const nth = judge === null ? (asked.get(base) ?? 0) : 0;
      const key = `${base}.${nth}`;
      const take = (id: string): void => {
        had.push({ id, judge, at });
        asked.set(base, nth + 1);
      };
      const kept = answers.get(key);
      if (kept !== undefined) {
        take(kept.id);
        return JSON.parse(kept.reply) as Reply;
      }
      const known = judge === null ? undefined : await book.answered(owner.plan, key);
      // The judge of another block was asked the same question, and the other block pays for the reply.
      if (known !== undefined) return { ...(JSON.parse(known.reply) as Reply), recorded: true } as Reply;
      if (lost.has(key) && !asksAgain) return LOST;
      const id = newId();
      const leave = await book.opened({
        ...owner,
        id,
        key,
        judge,
        case_id: question.case_id,
        ...bounds(payer, request),
      });
      if (leave === "lost") return WITHDRAWN;
      if (leave === "budget") return UNAFFORDABLE;
      if (signal.aborted) {
        await book.closed(unsent(owner.plan, id));
        return { ...abortedReply(signal), unsent: true };
      }
      const reply = await sent(client, [request, question, trial, signal], () =>
        book.closed(unknown(owner.plan, id)),
      );
      await book.closed(closedCall({ plan: owner.plan, id }, reply, payer, options.redaction));
      if (reply.kind === "answered") {
        take(id);
        const output = reply.usage?.output_tokens ?? null;
        if (output !== null) longest.set(target, Math.max(longest.get(target) ?? 0, output));
      }
      return reply;
    };
    return clientWithSend(client, send);
  };

  const bounds = (
    { target }: CallPayer,
    request: PreparedRequest,
  ): Pick<OpenedCall, "most_usd" | "most_tokens"> => {
    const input = estimateTokens(JSON.stringify(request)) + tokensOfFiles(request);
    const output = target.most_output ?? longest.get(target) ?? null;
    const { price } = target;
    return {
      most_usd:
        price === null || (output === null && price.output > 0) ? null : maxUsdOf(price, input, output ?? 0),
      most_tokens: output === null ? null : input + output,
    };
  };

  return {
    around,
    onlyCall: (at) => {
      const calls = had.filter((one) => one.judge === null && one.at === at);
      return calls.length === 1 ? (calls[0]?.id ?? null) : null;
    },
    used: (answered) => had.filter(({ judge, at }) => judge !== null || answered.has(at)).map(({ id }) => id),
  };
}

/** Sends a call. @param fail records that the call was sent with unknown result */
async function sent(
  client: Client,
  call: Parameters<Client["send"]>,
  fail: () => Promise<void>,
): Promise<Reply> {
  try {
    return await client.send(...call);
  } catch (error) {
    await fail();
    throw error;
  }
}

function closedCall(
  at: Pick<ClosedCall, "plan" | "id">,
  given: Reply,
  { target: { price } }: CallPayer,
  redaction: Redaction | null,
): ClosedCall {
  const reply = redaction === null ? given : redactedReply(given, redaction);
  if (reply.kind === "failed") {
    const paid = reply.unsent === true ? null : paidForFailure(reply, price);
    return {
      ...at,
      state: "failed",
      billed: paid !== null,
      usage: paid?.usage ?? null,
      usd: paid?.usd ?? null,
      reply: null,
    };
  }
  const { unredacted, limits, ...kept } = reply;
  const usage = reply.usage ?? UNKNOWN_USAGE;
  return {
    ...at,
    state: "answered",
    billed: true,
    usage,
    usd: reply.cost_usd ?? usdOf(price, usage),
    reply: JSON.stringify(kept),
  };
}

const unsent = (plan: string, id: string): ClosedCall => ({
  ...{ plan, id, state: "failed", billed: false, usage: null, usd: 0, reply: null },
});

const unknown = (plan: string, id: string): ClosedCall => ({
  ...{ plan, id, state: "failed", billed: true, usage: null, usd: null, reply: null },
});

const LOST: FailedReply = {
  kind: "failed",
  error: "provider",
  message: "the answer was lost with the worker that asked for it, and lost answers are not asked for again",
  transient: false,
  unsent: true,
};

const UNAFFORDABLE: FailedReply = {
  kind: "failed",
  error: "provider",
  message: "the budget has no room for this call",
  transient: false,
  unsent: true,
  unaffordable: true,
};
