import type { Case } from "../domain/case.ts";
import type { Json } from "../domain/json.ts";

/** The data of a case that a template can use. It does not include the expected answer, which would leak into the question. */
export interface PromptScope {
  readonly input: Json;
  /** The time set by the project or suite; absent when neither sets one. */
  readonly clock?: string;
  readonly case: {
    readonly id: string;
    readonly tags: readonly string[];
    readonly metadata: Case["metadata"];
  };
}

export function promptScope({ id, input, tags, metadata }: Case, clock?: string): PromptScope {
  return { input, case: { id, tags, metadata }, ...(clock === undefined ? {} : { clock }) };
}
