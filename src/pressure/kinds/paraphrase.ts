import { canonicalJson } from "../../domain/json.ts";
import type { PressureKindDefinition } from "../pressure-kind.ts";

/**
 * Tests whether the target understands other wordings of the question. The wordings come from a file that a person
 * reviewed; no model writes them during a run.
 */
export const paraphrase: PressureKindDefinition = {
  kind: "paraphrase",
  version: 1,
  make: ({ golden, paraphrases, turn }) => {
    const other = paraphrases.filter((one) => canonicalJson(one) !== canonicalJson(golden.input));
    const input = other[turn % other.length];
    return input === undefined ? null : { input };
  },
};
