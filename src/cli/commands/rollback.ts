import { EXIT } from "../../domain/exit-code.ts";
import { type RollbackInput, rollback } from "../../operations/rollback.ts";
import { rollbackDocument } from "../../reports/json/rollback.ts";
import { rollbackText } from "../../reports/terminal/rollback.ts";
import type { Io } from "../io.ts";
import { type CommandOptions, printResult } from "../print-result.ts";

/** Options of `evals rollback`, as typed. */
export type RollbackOptions = CommandOptions & Omit<RollbackInput, "tag">;

/** `evals rollback <tag>`: restores everything that a promotion covered, in one commit, and verifies it by fingerprint. */
export async function rollbackCommand(options: RollbackOptions, tag: string, io: Io): Promise<number> {
  const done = await rollback(io, { ...options, tag });
  const exit = done.proofs.every((one) => one.equal) ? EXIT.ok : EXIT.failed;
  printResult(io, options, { document: () => rollbackDocument(exit, done), text: () => rollbackText(done) });
  return exit;
}
