import type { AttachedKind } from "./attachment.ts";
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
      /** Files that are sent with it; absent where none are. */
      readonly attach?: readonly AttachLine[] | undefined;
    }
  | { readonly kind: "messages"; readonly path: string; readonly line: number };

/** `images: input.photos`: where in the case the paths of files stand. */
export interface AttachLine {
  readonly kind: AttachedKind;
  /** `input.photos`, `case.metadata.scan`. */
  readonly path: string;
  readonly line: number;
}

/** What stands for name and version of a prompt that is written in a suite: it can never be a published version. */
export const INLINE_PROMPT = { name: "", version: "inline" } as const;

/** Whether a prompt is written in a suite, so that it has no version to name, to compare or to publish. */
export function isInline({ name }: Pick<PromptVersion, "name">): boolean {
  return name === INLINE_PROMPT.name;
}

/** The version of a suite's prompt that can be named; null for a suite without a prompt and for one that holds its own. */
export function namedVersion(prompt: { readonly version: PromptVersion } | null): PromptVersion | null {
  return prompt === null || isInline(prompt.version) ? null : prompt.version;
}

/** One version of a prompt, as its file says; or the prompt that a suite's file holds itself. */
export interface PromptVersion {
  /** Empty where the prompt is written in a suite. */
  readonly name: string;
  /** Exact semver, from the file's name; `inline` where the prompt is written in a suite. */
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
