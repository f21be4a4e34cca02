import type { Message } from "../domain/message.ts";
import type { AnsweredReply } from "../domain/provider.ts";

const isSame = (a: Message | undefined, b: Message): boolean =>
  a?.role === b.role && JSON.stringify(a.content) === JSON.stringify(b.content);

/**
 * What a reply adds to a conversation. If a target returns the whole conversation, the messages after those in
 * `given` count as new.
 *
 * @param step number of this step, from 1, if evals runs the tools: a call without an id then gets an id
 *   with this number. Undefined if the target runs its own tools
 */
export function addedMessages(
  { output, messages = [], tool_calls = [] }: AnsweredReply,
  given: readonly Message[],
  step: number | undefined,
): readonly Message[] {
  const goesOn = given.every((one, at) => isSame(messages[at], one));
  const known = (goesOn ? messages.slice(given.length) : messages).filter(({ role }) => role !== "system");
  const own = goesOn ? known : known.filter(({ role }) => role === "assistant" || role === "tool");
  if (own.some((one) => one.role === "assistant")) return own;
  const calls =
    step === undefined
      ? tool_calls
      : tool_calls.map((call, at) => ({ ...call, id: call.id ?? `call_${step}_${at + 1}` }));
  const content = output === "" && calls.length > 0 ? null : output;
  return [{ role: "assistant", content, ...(calls.length > 0 && { tool_calls: calls }) }];
}
