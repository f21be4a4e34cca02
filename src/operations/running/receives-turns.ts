import type { CaseSource } from "../../domain/case.ts";
import { canonicalJson } from "../../domain/json.ts";
import type { Message } from "../../domain/message.ts";
import type { LoadedSuite } from "../../domain/project.ts";
import type { Client } from "../../domain/provider.ts";
import { questionOf } from "../../run/case-requests.ts";

/**
 * Whether the messages of a conversation reach the target: whether another message, with others before it, changes the
 * request.
 */
export function receivesTurns(suite: LoadedSuite, cases: CaseSource, client: Client): boolean {
  if (cases.count === 0) return true;
  const question = questionOf(suite, cases.read(0));
  const asked = (before: readonly Message[], say: string): string => {
    const messages = [...before, { role: "user", content: say } as const];
    const pressure = { after: { messages: before, tool_calls: [] }, say };
    const prepared = client.prepare({ ...question, messages, pressure });
    // The prepared value also holds the settings of the conversation, which are not sent.
    return canonicalJson({ ...(prepared as object), conversation: null });
  };
  const first: Message = { role: "user", content: "Hello" };
  return asked([], "Hello") !== asked([first, { role: "assistant", content: "Hello" }], "Are you sure?");
}
