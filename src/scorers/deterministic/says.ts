import type { Fault } from "../../domain/failure.ts";
import type { Transcript } from "../../domain/transcript.ts";
import { defineScorer, hit, miss } from "../define-scorer.ts";
import { show } from "../frame/brief.ts";
import { textListOperand, textNormalizer } from "../frame/text-options.ts";
import { assistantTexts } from "../frame/text-place.ts";
import { wholeTranscript } from "../frame/whole-transcript.ts";

const fold = textNormalizer({ ignore_case: true, trim: false, normalize: "NFC", whitespace: "collapse" });

/**
 * The failure class: `grounding` if one of the missing texts is in a retrieved document or a tool's result;
 * `retrieval` if documents were retrieved without such a text; `knowledge` if nothing was retrieved.
 */
function faultOf(transcript: Transcript, missing: readonly string[]): Fault {
  const { tool_calls, retrievals } = wholeTranscript(transcript);
  const fetched = fold(JSON.stringify([retrievals, (tool_calls ?? []).map(({ result }) => result)]));
  if (missing.some((text) => fetched.includes(fold(JSON.stringify(text).slice(1, -1)))))
    return { class: "grounding" };
  return { class: retrievals.length > 0 ? "retrieval" : "knowledge" };
}

export const says = defineScorer({
  type: "says",
  about: "Each text of the list is in a message of the assistant, in any letter case.",
  reads: "whole",
  scope: "turn",
  options: {},
  operand: "required",
  at: "expected.says",
  grades: "binary",
  readOperand: textListOperand,
  compile: () => ({
    score(_, wanted, { transcript }) {
      const texts = assistantTexts(transcript).map(fold);
      const missing = wanted.filter((text) => !texts.some((one) => one.includes(fold(text))));
      if (missing.length === 0) return hit(`says ${wanted.map(show).join(", ")}`);
      return miss(`does not say ${missing.map(show).join(", ")}`, faultOf(transcript, missing));
    },
  }),
  examples: [
    {
      title: "passes a text in any message of the assistant",
      settings: {},
      output: "Anything else?",
      case: { expected: { says: ["five days"] } },
      transcript: {
        messages: [
          { role: "user", content: "When?" },
          { role: "assistant", content: "In Five days." },
          { role: "user", content: "Thanks." },
          { role: "assistant", content: "Anything else?" },
        ],
      },
      expected: { pass: true, reason: 'says "five days"' },
    },
    {
      title: "does not count a text in a message of the person",
      settings: {},
      output: "Anything else?",
      case: { expected: { says: ["five days"] } },
      transcript: {
        messages: [
          { role: "user", content: "Is it five days?" },
          { role: "assistant", content: "Anything else?" },
        ],
      },
      expected: { pass: false, score: 0, reason: 'does not say "five days"' },
    },
  ],
});
