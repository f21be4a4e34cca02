import { contentText } from "./content-text.ts";
import { membersIn } from "./found-documents.ts";
import type { Message } from "./message.ts";
import type { ScoreInput } from "./score-input.ts";

/** Mistakes of a simulated user that make a trial useless for judging the target. */
export const PERSON_FAULTS = ["role", "invented", "early", "repeats", "leak"] as const;
export type PersonFaultKind = (typeof PERSON_FAULTS)[number];

/** The first mistake of a simulated user. */
export interface PersonFault {
  readonly kind: PersonFaultKind;
  /** Number of the user message with the mistake, from 1. */
  readonly turn: number;
  /** Quotes what the simulated user said. Contains a model's text, so it must be escaped when shown. */
  readonly reason: string;
}

/** The error message of a trial with this mistake. */
export function faultWords({ turn, reason }: Pick<PersonFault, "turn" | "reason">): string {
  return `turn ${turn}: the simulated person ${reason}`;
}

/** The turn that a message of `faultWords` names; undefined for other messages. */
export function turnOfFault(words: string): number | undefined {
  const [, turn] = /^turn (\d+): the simulated person /.exec(words) ?? [];
  return turn === undefined ? undefined : Number(turn);
}

/** The source of the user's messages in a conversation. */
export type Speaker =
  /** Unknown: the conversation was recorded elsewhere. */
  | { readonly kind: "unknown" }
  /** The case contains the messages. */
  | { readonly kind: "written" }
  /** A model simulates the user, with a prompt rendered for the case. */
  | { readonly kind: "played"; readonly brief: string };

/** The speaker for a simulated user. @param guide the prompt of the model that plays the user, rendered for a case */
export function playedBy(guide: readonly Message[]): Speaker {
  return { kind: "played", brief: guide.map(({ content }) => contentText(content)).join("\n") };
}

/** Whether the user is simulated: a model plays the user, or the case has a goal for a simulated user. */
export function isSimulated({ golden, transcript }: ScoreInput, { kind }: Speaker): boolean {
  if (kind === "written") return false;
  const isPlayed = kind === "played" || typeof membersIn(membersIn(golden.input).user).goal === "string";
  // Checked last: an answer of which only the text is stored (`textAlone`) throws when its messages are read.
  return isPlayed && transcript.messages.length > 0;
}
