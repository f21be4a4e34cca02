import type { Case } from "../domain/case.ts";
import type { Json } from "../domain/json.ts";

/** All that a template can see of a case. The expected answer is not here: it would leak into the question. */
export interface PromptScope {
  readonly input: Json;
  /** The moment that the project or the suite fixes; absent where none does. */
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
