import { promote } from "../../operations/promote.ts";
import { promotionDocument } from "../../reports/json/promotion.ts";
import { promotionText } from "../../reports/terminal/promotion.ts";
import type { PromoteCall } from "../declarations/promote.ts";
import { printResult } from "../print-result.ts";

/** `evals promote [run]`: makes a complete run of committed inputs the baseline, in one commit. */
export async function promoteCommand({ io, options, args: [run] }: PromoteCall): Promise<number> {
  const promotion = await promote(io, { ...options, run });
  return printResult(io, options, {
    document: () => promotionDocument(promotion),
    text: () => promotionText(promotion),
  });
}
