import { LONGEST_REPLY_WORDS } from "../domain/longest-reply.ts";
import type { FailedReply } from "../domain/provider.ts";
import type { ProgramFailure } from "../processes/user-program.ts";
import { errorWordsIn } from "./error-words.ts";
import { abortedReply, malformedReply, oneLine } from "./failed-reply.ts";
import { isMachineFull, machineFullText } from "./network-failure.ts";

/** The command that a failure message is about. */
export interface FailedCommand {
  readonly program: string;
  /** Removes secrets from the program's output. */
  readonly redact: (text: string) => string;
  readonly signal: AbortSignal;
}

/** Turns a program's failure into a failed reply. */
export function failedCommand(
  failure: ProgramFailure,
  { program, redact, signal }: FailedCommand,
): FailedReply {
  switch (failure.kind) {
    case "changed":
      return { ...refused(failure.what), unsent: true };
    case "not-started":
      return notStarted(failure.error, program);
    case "ended": {
      const how = failure.signal === null ? `exit code ${failure.code}` : `ended by ${failure.signal}`;
      const words = redact(failure.last_line || lastWords(failure.output));
      return refused(`${program}: ${how}${words && `: ${words}`}`);
    }
    case "too-long":
      return malformedReply(`${program} wrote more than ${LONGEST_REPLY_WORDS} for one answer`);
    case "not-text":
      return malformedReply(`${program} wrote bytes that are not UTF-8`);
    case "given-up":
      return abortedReply(signal);
    case "closed":
      return refused(`${program} was closed`);
    default:
      return failure satisfies never;
  }
}

function refused(message: string): FailedReply {
  return { kind: "failed", error: "provider", message: oneLine(message), transient: false };
}

/**
 * The failure of a program that could not be started. It will be the same for every trial, unless the machine
 * only lacked resources.
 */
function notStarted(error: NodeJS.ErrnoException, program: string): FailedReply {
  if (isMachineFull(error.code)) {
    const message = machineFullText(`${program} was not started`, error.code ?? "");
    return { ...refused(message), transient: true, busy: true };
  }
  const why = error.code === "ENOENT" ? "command not found" : (error.code ?? error.message);
  return { ...refused(`${program}: ${why}`), fatal: true };
}

/** The error text that a failed program wrote to stdout, possibly as JSON. */
function lastWords(output: string): string {
  return oneLine(errorWordsIn(output.trim()).message);
}
