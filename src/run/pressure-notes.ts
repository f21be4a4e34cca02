import { resumeCommand } from "../domain/resume-command.ts";
import type { RunHeader } from "../domain/run.ts";
import type { PressureTotals } from "./read-flips.ts";

/** Maximum number of flipped variants named per kind. */
const MAX_FLIPPED = 3;

/**
 * Notes about variants that flipped, and about variants without a result. Variants without a result are not in a
 * flip rate; a requirement on the rate is checked with all of them flipped and with none of them flipped.
 */
export function pressureNotes(
  header: Pick<RunHeader, "id" | "suite" | "repeated_options">,
  pressure: PressureTotals | undefined,
): readonly string[] {
  if (pressure === undefined) return [];
  const { id: run } = header;
  const { variants, errored, skipped } = pressure.counts;
  const of = `of ${variants} ${variants === 1 ? "variant" : "variants"}`;
  return [
    ...[...pressure.flipped].flatMap(([kind, ids]) => {
      const [first] = ids;
      if (first === undefined) return [];
      const named = ids.slice(0, MAX_FLIPPED).join(", ");
      const more = ids.length > MAX_FLIPPED ? ` and ${ids.length - MAX_FLIPPED} more` : "";
      return [`Flipped under ${kind}: ${named}${more}; evals show ${run}/${first}/1`];
    }),
    ...(errored > 0
      ? [`${errored} ${of} errored under pressure, and no flip rate counts them (${pressure.error ?? ""}).`]
      : []),
    ...(skipped > 0
      ? [
          `${skipped} ${of} ${skipped === 1 ? "was" : "were"} not asked. To ask them: ${resumeCommand(header)}`,
        ]
      : []),
  ];
}
