import type { JudgeModel, JudgeQuestion, JudgeReply } from "../../domain/judge.ts";
import type { Message } from "../../domain/message.ts";
import { ScorerFailure } from "../../domain/scorer.ts";
import { shorten } from "../frame/brief.ts";
import { fenceRules } from "./fence.ts";
import { type AskedForm, readReply, replyRules, replyShape } from "./read-reply.ts";
import { type Reading, UnusableReply } from "./reply-form.ts";

/** One question to one model. */
export interface Asking {
  readonly model: JudgeModel;
  readonly form: AskedForm;
  /** The rendered prompt. */
  readonly messages: readonly Message[];
  /** The fence's tag: the end of the marker lines around each judged text. */
  readonly tag: string;
  /** The texts to be judged. */
  readonly judged: readonly string[];
  /** Whether the provider is asked to enforce the reply's JSON Schema. */
  readonly structured: boolean;
  readonly case_id: string;
  /** Number of the opinion among several of the same model, from 1. */
  readonly draw: number;
  /** Hash of the judge. */
  readonly judge: string;
}

/** A parsed verdict, and the numbers of the replies from which it was read. */
export interface Answer {
  readonly reading: Reading;
  readonly replies: readonly number[];
}

/**
 * Asks the model and parses its reply. After an unusable reply it asks once more, and shows the model that reply and
 * what is wrong with it.
 *
 * @throws {ScorerFailure} of kind "judge" when the second reply cannot be used either, or the model cannot be called
 * @throws {NotJudged} when the model was not asked, for instance because the run ended
 */
export async function askQuestion(asking: Asking): Promise<Answer> {
  const messages = withRules(asking);
  const first = await ask(asking, messages);
  try {
    return { reading: readReply(first, asking.form, asking.judged), replies: [first.id] };
  } catch (error) {
    if (!(error instanceof UnusableReply)) throw error;
    const second = await ask(asking, [...messages, ...repair(first, error, asking.form)]);
    const replies = [first.id, second.id];
    try {
      return { reading: readReply(second, asking.form, asking.judged), replies };
    } catch (again) {
      if (!(again instanceof UnusableReply)) throw again;
      asking.model.discard(replies);
      throw failure(asking, `${again.message}, even when asked again${replyExcerpt(second)}`, again);
    }
  }
}

async function ask(asking: Asking, messages: readonly Message[]): Promise<JudgeReply> {
  const { case_id, draw, judge, model, form, structured } = asking;
  const question: JudgeQuestion = {
    case_id,
    draw,
    judge,
    messages,
    ...(structured ? { reply: replyShape(form) } : {}),
  };
  const reply = await model.ask(question);
  if ("kind" in reply) throw failure(asking, `could not be asked: ${reply.message}`);
  return reply;
}

function failure({ model }: Asking, words: string, cause?: unknown): ScorerFailure {
  return new ScorerFailure("judge", `${model.label} ${words}`, cause === undefined ? undefined : { cause });
}

function replyExcerpt({ output }: JudgeReply): string {
  return output.trim() === "" ? "" : `; it said ${JSON.stringify(shorten(output.trim(), 200))}`;
}

/**
 * The messages with the rules for the reply at the end. The rules name the fence's tag, which differs from question to
 * question. At the end, they leave the beginning of all questions equal, and providers charge less for an equal
 * beginning.
 */
function withRules({ messages, form, tag }: Asking): readonly Message[] {
  const rules = `${fenceRules(tag)}\n\n${replyRules(form)}`;
  const last = messages.at(-1);
  return last?.role === "user"
    ? [...messages.slice(0, -1), { ...last, content: `${String(last.content)}\n\n${rules}` }]
    : [...messages, { role: "user", content: rules }];
}

function repair({ output }: JudgeReply, problem: UnusableReply, form: AskedForm): readonly Message[] {
  const words = `Your reply cannot be used: it ${problem.message}. ${replyRules(form)}`;
  // Providers reject empty messages.
  const before: readonly Message[] = output.trim() === "" ? [] : [{ role: "assistant", content: output }];
  return [...before, { role: "user", content: words }];
}
