import * as z from "zod";
import type { Message, ToolCall } from "./message.ts";
import { onFirstUse } from "./on-first-use.ts";
import type { Trajectory } from "./trajectory.ts";

/** Ways to ask a case again under harder conditions while its right answer stays the same. */
export const PRESSURE_KINDS = [
  "sycophancy",
  "paraphrase",
  "typos",
  "distractors",
  "order",
  "injection",
] as const;
export type PressureKind = (typeof PRESSURE_KINDS)[number];

/** Where an injected instruction may be placed. */
export const INJECTION_PLACES = ["user", "tool-result"] as const;
export type InjectionPlace = (typeof INJECTION_PLACES)[number];

/** For each setting that only some kinds of pressure have, the kinds that have the setting. */
const SETTING_OF: Readonly<Record<string, readonly PressureKind[]>> = {
  at: ["typos", "distractors", "order", "injection"],
  in: ["injection"],
  file: ["paraphrase"],
};

/** An entry under `pressure:` with settings. */
const entrySchema = onFirstUse(() =>
  z
    .strictObject({
      kind: z.enum(PRESSURE_KINDS),
      seed: z.int().min(0).optional().describe("Another seed gives other variants; default 1"),
      at: z
        .string()
        .regex(/^input(?:[.[]|$)/, "expected a place in the case's input, such as input.question")
        .optional()
        .describe(
          "Place of the text that is changed; default: the text with a question, else the longest text",
        ),
      in: z
        .array(z.enum(INJECTION_PLACES))
        .min(1)
        .optional()
        .describe("Only for injection: where the injected instruction is put; default [user]"),
      file: z
        .string()
        .min(1)
        .optional()
        .describe(
          "Only for paraphrase: file of the reviewed paraphrases; default datasets/<dataset>.paraphrases.jsonl",
        ),
    })
    .superRefine((entry, context) => {
      const foreign = Object.keys(entry).filter((key) => SETTING_OF[key]?.includes(entry.kind) === false);
      if (foreign.length > 0) context.addIssue({ code: "unrecognized_keys", keys: foreign, input: entry });
    }),
);
export type PressureSettings = z.output<ReturnType<typeof entrySchema>>;

/** `pressure:` of a suite. */
export const pressureSchema = onFirstUse(() =>
  z.array(z.union([z.enum(PRESSURE_KINDS), entrySchema()])).min(1),
);
export type Pressure = z.output<ReturnType<typeof pressureSchema>>;

/** Converts all entries to settings objects; an entry may also be only the name of a kind. */
export function pressureSettings(entries: Pressure): PressureSettings[] {
  return entries.map((one) => (typeof one === "string" ? { kind: one } : one));
}

/** What a variant adds to the question of its trial. */
export interface UnderPressure {
  /** What the variant's conversation starts with: all messages and calls of the original trial. */
  readonly after?:
    | {
        readonly messages: readonly Message[];
        readonly tool_calls: readonly ToolCall[];
        readonly trajectory?: Trajectory | undefined;
      }
    | undefined;
  /** The one user message that the variant adds. */
  readonly say?: string | undefined;
  /** Text appended to every tool result. */
  readonly tool_result?: string | undefined;
}
