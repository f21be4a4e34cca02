import type { Json } from "./json.ts";
import type { Role } from "./message.ts";

/** The version bumps; a larger one allows more changes. */
export const BUMPS = ["patch", "minor", "major"] as const;
export type Bump = (typeof BUMPS)[number];

/** A change of a prompt to a later version. */
export interface VersionChange {
  readonly prompt: string;
  readonly from: string;
  readonly to: string;
  readonly declared: Bump;
}

/** Changes that need a major version. */
export const MAJOR_CHANGES = ["variables", "output schema", "tool contract", "model"] as const;
export interface MajorChange {
  readonly what: (typeof MAJOR_CHANGES)[number];
  /** The change in words, such as `input.history is new`. */
  readonly said: string;
}

/** A version change, with its changes that need a major version. */
export interface DeclaredChange {
  readonly change: VersionChange;
  readonly changes: readonly MajorChange[];
}

/**
 * The result of `gate.contract`: whether the measured change, and the changes that need a major version, fit the
 * declared version change.
 */
export interface ContractFinding extends VersionChange {
  readonly outcome: "kept" | "broken" | "undecided";
  /** The smallest version bump that allows everything that was found; null when unknown. */
  readonly needed: Bump | null;
  readonly changes: readonly MajorChange[];
  /** Two sentences: the declared version change, and the conclusion from the comparison. */
  readonly said: string;
}

/** Some words of a line: in both versions (`same`), only in the first (`removed`) or only in the second (`added`). */
export type WordChange = { readonly kind: "same" | "removed" | "added"; readonly text: string };

/** A message of a prompt in both versions, line by line. */
export interface MessageChange {
  /**
   * The role in each version; null in a version without the message. `messages` is a line that inserts a
   * conversation.
   */
  readonly role: { readonly from: Role | "messages" | null; readonly to: Role | "messages" | null };
  readonly lines: readonly (readonly WordChange[])[];
}

/** A value of the front matter that differs between two versions of a prompt. */
export interface FieldChange {
  readonly field: string;
  readonly from: Json;
  readonly to: Json;
}

/** The comparison of two prompt versions. */
export interface PromptComparison {
  readonly from: { readonly name: string; readonly version: string; readonly path: string };
  readonly to: { readonly name: string; readonly version: string; readonly path: string };
  /**
   * The declared version bump. Null for two different prompts, a step to a lower version, or a pre-release, which
   * promise nothing.
   */
  readonly declared: Bump | null;
  readonly messages: readonly MessageChange[];
  readonly variables: { readonly added: readonly string[]; readonly removed: readonly string[] };
  /** The parts of the pinned context (model, params, retrieval) that differ, with each member listed separately. */
  readonly pins: readonly FieldChange[];
  readonly about: readonly FieldChange[];
  /** The changes that need a major version. */
  readonly major: readonly MajorChange[];
}
