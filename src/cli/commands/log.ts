import { EXIT } from "../../domain/exit-code.ts";
import { promotionLog } from "../../operations/promotion-log.ts";
import { promotionLogText } from "../../reports/terminal/promotion-log.ts";
import type { Io } from "../io.ts";
import { type CommandOptions, printResult } from "../print-result.ts";

/** `evals log`: who promoted or rolled back what, when and why, read from git. */
export async function logCommand(options: CommandOptions, io: Io): Promise<number> {
  const log = await promotionLog(io, options);
  if (log.shallow)
    io.stderr("This clone is shallow: older promotions are not in it. To see them: git fetch --unshallow\n");
  printResult(io, options, {
    document: () => ({ schema: "evals.log/1", exit: EXIT.ok, entries: log.entries }),
    text: ({ width }) => promotionLogText(log, width),
  });
  return EXIT.ok;
}
