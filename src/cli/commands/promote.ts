import { promote } from "../../operations/promote.ts";
import { promotionDocument } from "../../reports/json/promotion.ts";
import { promotionText } from "../../reports/terminal/promotion.ts";
import type { PromoteCall } from "../declarations/promote.ts";
import { printResult } from "../print-result.ts";

/** `evals promote [run]`: uses a complete run of committed files as the new baseline, and commits it. */
export async function promoteCommand({ io, options, args: [run] }: PromoteCall): Promise<number> {
  const promotion = await promote(io, { ...options, run });
  return printResult(io, options, {
    document: () => promotionDocument(promotion),
    text: () => promotionText(promotion),
  });
}
