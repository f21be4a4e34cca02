import type { Case } from "../domain/case.ts";
import type { Json } from "../domain/json.ts";

/** All that a template can see of a case. The expected answer is not here: it would leak into the question. */
export interface PromptScope {
  readonly input: Json;
  readonly case: {
    readonly id: string;
    readonly tags: readonly string[];
    readonly metadata: Case["metadata"];
  };
}

export function promptScope({ id, input, tags, metadata }: Case): PromptScope {
  return { input, case: { id, tags, metadata } };
}

/** A value as `{{ … }}` prints it: text as it is, nothing for null, JSON for lists and objects. */
export function printed(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
