import type { AttachedKind } from "./attachment.ts";
import type { Json } from "./json.ts";
import type { Role } from "./message.ts";

/** A role line of a prompt file with its template, or a line that inserts an array of messages. */
export type PromptPart =
  | {
      readonly kind: "message";
      readonly role: Role;
      /** Liquid source without surrounding whitespace; `\user:` is unescaped. */
      readonly template: string;
      /** Line of the template's first character, from 1, for error locations. */
      readonly line: number;
      /** Attached files; absent when there are none. */
      readonly attach?: readonly AttachLine[] | undefined;
    }
  | { readonly kind: "messages"; readonly path: string; readonly line: number };

/** A line such as `images: input.photos`, which says where the case has the paths of the files to attach. */
export interface AttachLine {
  readonly kind: AttachedKind;
  /** `input.photos`, `case.metadata.scan`. */
  readonly path: string;
  readonly line: number;
}

/** Name and version of a prompt that is written in a suite. No published version can have this name and version. */
export const INLINE_PROMPT = { name: "", version: "inline" } as const;

/** Whether a prompt is written in a suite, so that it has no version to name, compare or publish. */
export function isInline({ name }: Pick<PromptVersion, "name">): boolean {
  return name === INLINE_PROMPT.name;
}

/** The named version of a suite's prompt; null for a suite without a prompt or with an inline one. */
export function namedVersion(prompt: { readonly version: PromptVersion } | null): PromptVersion | null {
  return prompt === null || isInline(prompt.version) ? null : prompt.version;
}

/** One version of a prompt from its file, or the inline prompt of a suite. */
export interface PromptVersion {
  /** Empty for an inline prompt. */
  readonly name: string;
  /** Exact semver from the file's name; `inline` for an inline prompt. */
  readonly version: string;
  /** Relative to the project root. */
  readonly path: string;
  readonly description: string | null;
  readonly author: string | null;
  readonly rationale: string | null;
  /** The pinned execution context; null for parts that the front matter does not pin. */
  readonly pinned: { readonly model: string | null; readonly params: Json; readonly retrieval: Json };
  readonly parts: readonly PromptPart[];
}
