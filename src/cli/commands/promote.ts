import { EXIT } from "../../domain/exit-code.ts";
import { type PromoteInput, promote } from "../../operations/promote.ts";
import { documentText } from "../../reports/json/documents.ts";
import { promotionDocument } from "../../reports/json/promotion.ts";
import { promotionText } from "../../reports/terminal/promotion.ts";
import type { Io } from "../io.ts";

/** Options of `evals promote`, as typed. */
export interface PromoteOptions extends Omit<PromoteInput, "run"> {
  readonly json?: boolean | undefined;
}

/** `evals promote [run]`: a complete run of committed inputs becomes the baseline, in one commit. */
export async function promoteCommand(
  options: PromoteOptions,
  run: string | undefined,
  io: Io,
): Promise<number> {
  const promotion = await promote(io, { ...options, run });
  io.stdout(options.json === true ? documentText(promotionDocument(promotion)) : promotionText(promotion));
  return EXIT.ok;
}
