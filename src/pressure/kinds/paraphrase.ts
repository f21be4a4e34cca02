import { canonicalJson } from "../../domain/json.ts";
import type { PressureKindDefinition } from "../pressure-kind.ts";

/** Does it know the question in other words? The words are reviewed ones, of a file: no model writes them here. */
export const paraphrase: PressureKindDefinition = {
  kind: "paraphrase",
  version: 1,
  make: ({ golden, paraphrases, turn }) => {
    const other = paraphrases.filter((one) => canonicalJson(one) !== canonicalJson(golden.input));
    const input = other[turn % other.length];
    return input === undefined ? null : { input };
  },
};
