import type { RunCounts } from "../domain/run.ts";

/** What a report says of answers that are not what their model would have said. */
export function answerNotes({ answered, cut = 0 }: RunCounts): readonly string[] {
  if (cut === 0) return [];
  const cutOff = `${cut} of ${answered} ${answered === 1 ? "answer" : "answers"} ${cut === 1 ? "was" : "were"} cut off`;
  return [
    `${cutOff} by the limit on tokens (finish reason length, max_tokens or the like): raise max_tokens, or ask for less.`,
  ];
}
