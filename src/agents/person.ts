import type { Case } from "../domain/case.ts";
import type { Message } from "../domain/message.ts";

/** Ways in which a played person ends a conversation: done, handed to somebody else, nothing more is known. */
const END = /#{2,}\s*(?:STOP|TRANSFER|OUT-OF-SCOPE)\s*#{2,}/gi;

/** What a played person said, without the sign that it has ended. */
export function readPersonWords(text: string): { readonly message: string; readonly ends: boolean } {
  const message = text.replaceAll(END, "").trim();
  return { message, ends: new RegExp(END).test(text) };
}

/** Chat APIs want to be asked something; a person begins by itself. */
const BEGIN: Message = {
  role: "user",
  content: "(The conversation begins. Write the first message of the person that you play.)",
};

/**
 * The conversation as the model sees it that plays the person: the agent's messages are addressed to it, and results of tools are left out.
 * @param guide its prompt, rendered for the case
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

/** The instructions with which a model plays the person of a case. */
export interface PlayedPerson {
  /** Where it is played: rendered once a trial. */
  guide(golden: Case): readonly Message[];
  readonly max_turns: number;
}
