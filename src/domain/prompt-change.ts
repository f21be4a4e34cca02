import type { Json } from "./json.ts";
import type { Role } from "./message.ts";

/** What a prompt's version declares about its change: the larger, the more may move. */
export const BUMPS = ["patch", "minor", "major"] as const;
export type Bump = (typeof BUMPS)[number];

/** A change of one prompt from one version to a later one. */
export interface VersionChange {
  readonly prompt: string;
  readonly from: string;
  readonly to: string;
  readonly declared: Bump;
}

/** What may change in a major version only. */
export const MAJOR_CHANGES = ["variables", "output schema", "tool contract", "model"] as const;
export interface MajorChange {
  readonly what: (typeof MAJOR_CHANGES)[number];
  /** `input.history is new`. */
  readonly said: string;
}

/** A version change, with what of it only a major version may change. */
export interface DeclaredChange {
  readonly change: VersionChange;
  readonly changes: readonly MajorChange[];
}

/** A declared change held against what was measured and against what changed beside the text. */
export interface ContractFinding extends VersionChange {
  readonly outcome: "kept" | "broken" | "undecided";
  /** The smallest bump that would allow what was found; null while that is not known. */
  readonly needed: Bump | null;
  readonly changes: readonly MajorChange[];
  /** Two sentences: what was declared, and what follows. */
  readonly said: string;
}

/** Words of one line, some of which only one version has. */
export type WordChange = { readonly kind: "same" | "removed" | "added"; readonly text: string };

/** A message of a prompt in both versions, line by line. */
export interface MessageChange {
  /** `system`, or `user → developer` when the role changed; `messages` for a line that puts a conversation there. */
  readonly role: { readonly from: Role | "messages" | null; readonly to: Role | "messages" | null };
  readonly lines: readonly (readonly WordChange[])[];
}

/** A value of the front matter that both versions do not share. */
export interface FieldChange {
  readonly field: string;
  readonly from: Json;
  readonly to: Json;
}

/** Two versions of a prompt, side by side. */
export interface PromptComparison {
  readonly from: { readonly name: string; readonly version: string; readonly path: string };
  readonly to: { readonly name: string; readonly version: string; readonly path: string };
  /** Null for two names, for a step back, and for pre-releases, which promise nothing. */
  readonly declared: Bump | null;
  readonly messages: readonly MessageChange[];
  readonly variables: { readonly added: readonly string[]; readonly removed: readonly string[] };
  /** The execution context that the versions were released with: model, params and retrieval, each member on its own. */
  readonly pins: readonly FieldChange[];
  readonly about: readonly FieldChange[];
  /** What of this alone makes it a major version. */
  readonly major: readonly MajorChange[];
}
