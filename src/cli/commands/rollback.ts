import { EXIT } from "../../domain/exit-code.ts";
import { type RollbackInput, rollback } from "../../operations/rollback.ts";
import { documentText } from "../../reports/json/documents.ts";
import { rollbackDocument } from "../../reports/json/rollback.ts";
import { rollbackText } from "../../reports/terminal/rollback.ts";
import type { Io } from "../io.ts";

/** Options of `evals rollback`, as typed. */
export interface RollbackOptions extends Omit<RollbackInput, "tag"> {
  readonly json?: boolean | undefined;
}

/** `evals rollback <tag>`: all that a promotion covered comes back together, in one commit, and is proved by fingerprint. */
export async function rollbackCommand(options: RollbackOptions, tag: string, io: Io): Promise<number> {
  const done = await rollback(io, { ...options, tag });
  const exit = done.proofs.every((one) => one.equal) ? EXIT.ok : EXIT.failed;
  io.stdout(options.json === true ? documentText(rollbackDocument(exit, done)) : rollbackText(done));
  return exit;
}
