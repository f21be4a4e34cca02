import { EXIT } from "../../domain/exit-code.ts";
import { EvalsError } from "../../domain/problem.ts";
import { measureEscalation } from "../../operations/measure-escalation.ts";
import { documentText } from "../../reports/json/documents.ts";
import { escalationDocument } from "../../reports/json/escalation.ts";
import { escalationText } from "../../reports/terminal/escalation.ts";
import { styleFor } from "../../reports/terminal/style.ts";
import type { Io } from "../io.ts";
import { wantsColor } from "../reporting/wants-color.ts";

/** Options of `evals escalation`, as typed. */
export interface EscalationOptions {
  readonly directory?: string | undefined;
  readonly target?: string | undefined;
  readonly alpha?: string | undefined;
  readonly json?: boolean | undefined;
  readonly color?: boolean | undefined;
}

/** `evals escalation <file|suite>`: confidence against what was right. */
export async function escalationCommand(options: EscalationOptions, source: string, io: Io): Promise<number> {
  const measured = await measureEscalation(io, {
    directory: options.directory,
    source,
    target: share("--target", options.target ?? "0.95", 1),
    alpha: share("--alpha", options.alpha ?? "0.1", 0.999),
  });
  io.stdout(
    options.json === true
      ? documentText(escalationDocument(measured))
      : escalationText(measured, styleFor(wantsColor(io, options.color)), io.width),
  );
  return EXIT.ok;
}

function share(option: string, text: string, limit: number): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (value >= 0.001 && value <= limit) return value;
  throw new EvalsError({
    code: "EVALS_OPTION_INVALID",
    what: `${option} ${JSON.stringify(text)} is not a share from 0.001 to ${limit}.`,
    why: "A threshold for another share than was meant would send the wrong answers to people.",
    fix: option === "--target" ? "--target 0.95" : "--alpha 0.1",
  });
}
