import type * as z from "zod";
import type { Json } from "../../domain/json.ts";
import { unseenDifference } from "../../domain/look-alikes.ts";
import { type DocumentedScorer, defineScorer, hit, miss } from "../define-scorer.ts";
import { show } from "./brief.ts";
import type { ScorerExample } from "./scorer-example.ts";
import { OperandMistake } from "./scorer-mistakes.ts";
import {
  asText,
  type TextOptions,
  textListOperand,
  textNormalizer,
  textOperand,
  textOptions,
} from "./text-options.ts";

interface Search {
  readonly type: string;
  readonly about: string;
  /** Whether the answer contains the wanted text, or starts or ends with it; both texts are normalized. */
  found(answer: string, wanted: string): boolean;
  /** Whether the scorer passes when the text is found or when the text is absent. */
  readonly wants: "found" | "absent";
  /** `contain`, `start with`: the verb for messages. */
  readonly verb: string;
  readonly examples: readonly ScorerExample[];
}

/** Defines a scorer that searches for one text. */
export function defineTextSearch({ type, about, found, wants, verb, examples }: Search): DocumentedScorer {
  return defineScorer({
    type,
    about,
    options: textOptions as z.core.util.Writeable<typeof textOptions>,
    operand: "required",
    grades: "binary",
    readOperand: (value, settings) => soughtText(value, settings),
    compile(settings) {
      const normal = textNormalizer(settings);
      const has = verb.replace(/^\w+/, "$&s");
      return {
        score(actual, wanted) {
          const is = found(normal(asText(actual)), normal(wanted));
          const lacks = `does not ${verb} ${show(wanted)}`;
          if (is === (wants === "found")) return hit(is ? `${has} ${show(wanted)}` : lacks);
          if (is) return miss(`must not ${verb} ${show(wanted)}`);
          return miss(`${lacks}: ${show(actual)}${unseenIn(wanted, asText(actual), found)}`);
        },
      };
    },
    examples,
  });
}

interface ListSearch {
  readonly type: string;
  readonly about: string;
  /** Whether the list counts as found when the answer contains all its texts, or any of them. */
  readonly quantity: "all" | "any";
  readonly wants: "found" | "absent";
  readonly examples: readonly ScorerExample[];
}

/** Defines a scorer that searches for several texts. */
export function defineListSearch({ type, about, quantity, wants, examples }: ListSearch): DocumentedScorer {
  return defineScorer({
    type,
    about,
    options: textOptions as z.core.util.Writeable<typeof textOptions>,
    operand: "required",
    grades: "binary",
    readOperand: (value, settings) => textListOperand(value).map((one) => soughtText(one, settings)),
    compile(settings) {
      const normal = textNormalizer(settings);
      return {
        score(actual, wanted) {
          const answer = normal(asText(actual));
          const there = wanted.filter((one) => answer.includes(normal(one)));
          const holds = quantity === "all" ? there.length === wanted.length : there.length > 0;
          const missing = wanted.filter((one) => !there.includes(one));
          const has = there.length === 0 ? `contains none of ${list(wanted)}` : `contains ${list(there)}`;
          if (holds === (wants === "found")) return hit(has);
          if (holds) return miss(`must not contain ${list(there)}`);
          const unseen = missing.map((one) =>
            unseenIn(one, asText(actual), (text, sought) => text.includes(sought)),
          );
          return miss(`does not contain ${list(missing)}${unseen.find((words) => words !== "") ?? ""}`);
        },
      };
    },
    examples,
  });
}

/** A text to search for that is not empty after normalization. */
function soughtText(value: Json, settings: TextOptions): string {
  const text = textOperand(value);
  if (textNormalizer(settings)(text) === "")
    throw new OperandMistake("it contains only blanks", "Give a text that is not blank.");
  return text;
}

/** An answer with more characters is not searched for invisible differences. */
const LONGEST_COMPARED = 100_000;

/**
 * Describes the invisible characters that prevent a match between texts that look the same to a reader; empty when
 * there are none.
 */
function unseenIn(wanted: string, answer: string, found: Search["found"]): string {
  return answer.length > LONGEST_COMPARED ? "" : unseenDifference(wanted, answer, found);
}

function list(texts: readonly string[]): string {
  return texts.map(show).join(", ");
}
