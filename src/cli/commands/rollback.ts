import { rollback } from "../../operations/rollback.ts";
import { documentText } from "../../reports/json/documents.ts";
import { rollbackDocument } from "../../reports/json/rollback.ts";
import { rollbackText } from "../../reports/terminal/rollback.ts";
import { EXIT } from "../exit-code.ts";
import type { Io } from "../io.ts";

/** `evals rollback <tag>`: all that a promotion covered comes back together, in one commit, and is proved by fingerprint. */
export async function rollbackCommand(raw: Record<string, unknown>, tag: string, io: Io): Promise<number> {
  const done = await rollback(io, { ...raw, tag });
  const exit = done.proofs.every((one) => one.equal) ? EXIT.ok : EXIT.failed;
  io.stdout(raw.json === true ? documentText(rollbackDocument(exit, done)) : rollbackText(done));
  return exit;
}
