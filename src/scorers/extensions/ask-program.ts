import { LONGEST_REPLY_WORDS } from "../../domain/longest-reply.ts";
import { ScorerFailure } from "../../domain/scorer.ts";
import type { ProgramPool } from "../../processes/program-pool.ts";
import type { ProgramFailure } from "../../processes/user-program.ts";

/**
 * Hands one answer to a user's program and returns what the program writes.
 *
 * @param label names the program in error messages
 * @param timeout_ms the pool's time limit, for the message about an answer that is late
 * @throws {ScorerFailure} when the program fails, or writes nothing in time
 */
export async function askProgram(
  pool: ProgramPool,
  request: string,
  { label, timeout_ms }: { readonly label: string; readonly timeout_ms: number },
): Promise<string> {
  const reply = await pool.ask(request);
  if (reply.kind !== "answer") throw new ScorerFailure("tool", `${label} ${wordsOf(reply, timeout_ms)}`);
  if (reply.surplus) throw new ScorerFailure("tool", `${label} wrote a line that nothing asked for`);
  return reply.text;
}

function wordsOf(failure: ProgramFailure, timeout_ms: number): string {
  switch (failure.kind) {
    case "changed":
      return `was not started: ${failure.what}`;
    case "not-started":
      return failure.error.message;
    case "ended": {
      const { code, signal, last_line } = failure;
      const how = code === null ? `was ended by ${signal}` : `exited with code ${code}`;
      return last_line === "" ? how : `${how}: ${last_line}`;
    }
    case "too-long":
      return `wrote more than ${LONGEST_REPLY_WORDS} for one answer`;
    case "not-text":
      return "wrote bytes that are not UTF-8";
    case "given-up":
      return `gave no answer in ${timeout_ms} ms`;
    case "closed":
      return "was closed";
    default:
      return failure satisfies never;
  }
}
