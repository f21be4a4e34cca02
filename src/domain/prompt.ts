import type { Json } from "./json.ts";
import type { Role } from "./message.ts";

/** One role line of a prompt file with the template below it, or a line that puts an array of messages there. */
export type PromptPart =
  | {
      readonly kind: "message";
      readonly role: Role;
      /** Liquid source, blank edges trimmed, `\user:` already literal. */
      readonly template: string;
      /** From 1: the line of the template's first character, for error places. */
      readonly line: number;
    }
  | { readonly kind: "messages"; readonly path: string; readonly line: number };

/** One version of a prompt, as its file says. */
export interface PromptVersion {
  readonly name: string;
  /** Exact semver, from the file's name. */
  readonly version: string;
  /** Relative to the project root. */
  readonly path: string;
  readonly description: string | null;
  readonly author: string | null;
  readonly rationale: string | null;
  /** The execution context it was released with; null where the front matter does not pin it. */
  readonly pinned: { readonly model: string | null; readonly params: Json; readonly retrieval: Json };
  readonly parts: readonly PromptPart[];
}
