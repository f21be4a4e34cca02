import { promotionLog } from "../../operations/promotion-log.ts";
import { promotionLogText } from "../../reports/terminal/promotion-log.ts";
import type { LogCall } from "../declarations/log.ts";
import { printResult } from "../print-result.ts";

/** `evals log`: lists from git who promoted or rolled back what, when and why. */
export async function logCommand({ io, options }: LogCall): Promise<number> {
  const log = await promotionLog(io, options);
  if (log.shallow)
    io.stderr(
      "This clone is shallow, so older promotions are missing from the list. To see them: git fetch --unshallow\n",
    );
  return printResult(io, options, {
    document: (exit) => ({ schema: "evals.log/1", exit, entries: log.entries }),
    text: ({ width }) => promotionLogText(log, width),
  });
}
