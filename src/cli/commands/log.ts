import { EXIT } from "../../domain/exit-code.ts";
import { promotionLog } from "../../operations/promotion-log.ts";
import { documentText } from "../../reports/json/documents.ts";
import { promotionLogText } from "../../reports/terminal/promotion-log.ts";
import type { Io } from "../io.ts";

/** Options of `evals log`, as typed. */
export interface LogOptions {
  readonly directory?: string | undefined;
  readonly json?: boolean | undefined;
}

/** `evals log`: who promoted or rolled back what, when and why, read from git itself. */
export async function logCommand(options: LogOptions, io: Io): Promise<number> {
  const log = await promotionLog(io, options);
  if (log.shallow)
    io.stderr("This clone is shallow: older promotions are not in it. To see them: git fetch --unshallow\n");
  const document = { schema: "evals.log/1", exit: EXIT.ok, entries: log.entries };
  io.stdout(options.json === true ? documentText(document) : promotionLogText(log, io.width));
  return EXIT.ok;
}
