import { promote } from "../../operations/promote.ts";
import { documentText } from "../../reports/json/documents.ts";
import { promotionDocument } from "../../reports/json/promotion.ts";
import { promotionText } from "../../reports/terminal/promotion.ts";
import { EXIT } from "../exit-code.ts";
import type { Io } from "../io.ts";

/** `evals promote [run]`: a complete run of committed inputs becomes the baseline, in one commit. */
export async function promoteCommand(
  raw: Record<string, unknown>,
  run: string | undefined,
  io: Io,
): Promise<number> {
  const promotion = await promote(io, { ...raw, run });
  io.stdout(raw.json === true ? documentText(promotionDocument(promotion)) : promotionText(promotion));
  return EXIT.ok;
}
