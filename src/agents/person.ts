import type { Case } from "../domain/case.ts";
import type { Message } from "../domain/message.ts";

/**
 * The markers with which a simulated user ends a conversation: its goal is reached, it was transferred, or its
 * instructions do not say how to continue.
 */
const END = /#{2,}\s*(?:STOP|TRANSFER|OUT-OF-SCOPE)\s*#{2,}/gi;

/** A simulated user's message without its end marker, and whether it had one. */
export function readPersonWords(text: string): { readonly message: string; readonly ends: boolean } {
  const message = text.replaceAll(END, "").trim();
  return { message, ends: new RegExp(END).test(text) };
}

/** Chat APIs need a user message first, but a simulated user starts the conversation. */
const BEGIN: Message = {
  role: "user",
  content: "(The conversation begins. Write the first message of the person that you play.)",
};

/**
 * The conversation from the view of the model that plays the user: the roles `user` and `assistant` are swapped, and
 * tool results are left out.
 *
 * @param guide the prompt of that model, rendered for the case
 */
export function personView(guide: readonly Message[], conversation: readonly Message[]): readonly Message[] {
  const visible = conversation.flatMap(({ role, content }): Message[] => {
    if (typeof content !== "string" || content === "") return [];
    if (role === "user") return [{ role: "assistant", content }];
    return role === "assistant" ? [{ role: "user", content }] : [];
  });
  const begins = guide.some((one) => one.role === "user") ? [] : [BEGIN];
  return [...guide, ...begins, ...visible];
}

/** The instructions for a model that plays a case's user. */
export interface PlayedPerson {
  /** Renders the prompt of that model for a case. Called once per trial. */
  guide(golden: Case): readonly Message[];
  readonly max_turns: number;
}
