import { EXIT } from "../../domain/exit-code.ts";
import { rollback } from "../../operations/rollback.ts";
import { rollbackDocument } from "../../reports/json/rollback.ts";
import { rollbackText } from "../../reports/terminal/rollback.ts";
import type { RollbackCall } from "../declarations/rollback.ts";
import { printResult } from "../print-result.ts";

/**
 * `evals rollback <tag>`: restores all files of a promotion in one commit. It then verifies that each suite has the
 * promoted fingerprint again.
 */
export async function rollbackCommand({ io, options, args: [tag] }: RollbackCall): Promise<number> {
  const done = await rollback(io, { ...options, tag });
  const exit = done.proofs.every((one) => one.equal) ? EXIT.ok : EXIT.failed;
  return printResult(io, options, {
    exit,
    document: () => rollbackDocument(exit, done),
    text: () => rollbackText(done),
  });
}
