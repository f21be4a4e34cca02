import { contentText } from "./content-text.ts";
import { membersIn } from "./found-documents.ts";
import type { Message } from "./message.ts";
import type { ScoreInput } from "./score-input.ts";

/** What a simulated person can do wrong, so that its trial says nothing of the target. */
export const PERSON_FAULTS = ["role", "invented", "early", "repeats", "leak"] as const;
export type PersonFaultKind = (typeof PERSON_FAULTS)[number];

/** The first thing that a simulated person did wrong. */
export interface PersonFault {
  readonly kind: PersonFaultKind;
  /** Its message, from 1: the one that shows it. */
  readonly turn: number;
  /** For a person: what was said. Holds a model's text, so it is escaped wherever shown. */
  readonly reason: string;
}

/** What an errored trial says of a fault. */
export function faultWords({ turn, reason }: Pick<PersonFault, "turn" | "reason">): string {
  return `turn ${turn}: the simulated person ${reason}`;
}

/** The turn that such words name; undefined where they name none. */
export function turnOfFault(words: string): number | undefined {
  const [, turn] = /^turn (\d+): the simulated person /.exec(words) ?? [];
  return turn === undefined ? undefined : Number(turn);
}

/** Who speaks for the person of a conversation. */
export type Speaker =
  /** Nobody of ours: what was recorded elsewhere, by whatever means. */
  | { readonly kind: "unknown" }
  /** The case writes its words down. */
  | { readonly kind: "written" }
  /** A model plays it, by what its prompt says for a case. */
  | { readonly kind: "played"; readonly brief: string };

/** @param guide the prompt of the model that plays the person, rendered for a case */
export function playedBy(guide: readonly Message[]): Speaker {
  return { kind: "played", brief: guide.map(({ content }) => contentText(content)).join("\n") };
}

/** Whether a simulated person speaks: a model plays it, or the case gives one its goal. */
export function isSimulated({ golden, transcript }: ScoreInput, { kind }: Speaker): boolean {
  if (kind === "written") return false;
  const isPlayed = kind === "played" || typeof membersIn(membersIn(golden.input).user).goal === "string";
  // The conversation comes last: of an answer that was kept as its text alone nothing more may be read.
  return isPlayed && transcript.messages.length > 0;
}
