import { EXIT } from "../../domain/exit-code.ts";
import { type PromoteInput, promote } from "../../operations/promote.ts";
import { promotionDocument } from "../../reports/json/promotion.ts";
import { promotionText } from "../../reports/terminal/promotion.ts";
import type { Io } from "../io.ts";
import { type CommandOptions, printResult } from "../print-result.ts";

/** Options of `evals promote`, as typed. */
export type PromoteOptions = CommandOptions & Omit<PromoteInput, "run">;

/** `evals promote [run]`: makes a complete run of committed inputs the baseline, in one commit. */
export async function promoteCommand(
  options: PromoteOptions,
  run: string | undefined,
  io: Io,
): Promise<number> {
  const promotion = await promote(io, { ...options, run });
  printResult(io, options, {
    document: () => promotionDocument(promotion),
    text: () => promotionText(promotion),
  });
  return EXIT.ok;
}
