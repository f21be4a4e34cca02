import { canonicalJson } from "../../domain/json.ts";
import type { PressureKindDefinition } from "../pressure-kind.ts";

/**
 * Tests whether the target understands other wordings of the question. They come from a reviewed file; no model
 * writes them here.
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
