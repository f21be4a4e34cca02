import { LONGEST_REPLY, LONGEST_REPLY_WORDS } from "../domain/longest-reply.ts";
import type { FailedReply, Reply } from "../domain/provider.ts";
import type { OpenedFiles } from "../modules/opened-files.ts";
import { ProcessTree } from "../processes/process-tree.ts";
import { abortedReply, malformedReply, oneLine } from "./failed-reply.ts";
import { readWrittenAnswer } from "./given-answer.ts";
import { isMachineFull, machineFullText } from "./network-failure.ts";
import { saidIn } from "./said-in-body.ts";
import { Utf8Stream } from "./utf8-stream.ts";

const KEPT_STDERR = 8 * 1024;

/** A command line with where and how it runs. */
export interface CommandLine {
  readonly command: readonly string[];
  /** Absolute. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly redact: (text: string) => string;
  /** What the program is made of. */
  readonly files: OpenedFiles;
}

/** The program could not be started at all: so it will be for every trial, unless this machine was merely full. */
export function notStarted(error: NodeJS.ErrnoException, program: string): FailedReply {
  if (isMachineFull(error.code)) {
    const message = oneLine(machineFullText(`${program} was not started`, error.code ?? ""));
    return { kind: "failed", error: "provider", message, transient: true, busy: true };
  }
  const why = error.code === "ENOENT" ? "command not found" : (error.code ?? error.message);
  return {
    kind: "failed",
    error: "provider",
    message: oneLine(`${program}: ${why}`),
    transient: false,
    fatal: true,
  };
}

/** Whether the program is another one by now: then it is not started, or two programs would answer as one. */
export function changedMeanwhile({ files }: CommandLine): FailedReply | undefined {
  const changed = files.changed();
  return changed === undefined
    ? undefined
    : { kind: "failed", error: "provider", message: oneLine(changed), transient: false, unsent: true };
}

/** The program was ended because it did not stop talking. */
export function wroteTooMuch(program: string): FailedReply {
  return malformedReply(`${program} wrote more than ${LONGEST_REPLY_WORDS} for one answer`);
}

/** Keeps the end of what a process writes to stderr and gives its last line that says anything. */
export function lastLineOf(tree: ProcessTree): () => string {
  let kept = "";
  tree.child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    kept = (kept + text).slice(-KEPT_STDERR);
  });
  return () => kept.trimEnd().split("\n").at(-1)?.trim() ?? "";
}

/** What a program that failed said on stdout, as some do that write their errors as JSON. */
function lastWords(output: string): string {
  return oneLine(saidIn(output.slice(-KEPT_STDERR).trim()).message);
}

export function wroteNoText(program: string): FailedReply {
  return malformedReply(`${program} wrote bytes that are not UTF-8`);
}

/** How a process that did not succeed went, as a failure. */
export function wentWrong(
  program: string,
  code: number | null,
  signal: string | null,
  said: string,
): FailedReply {
  const how = signal === null ? `exit code ${code}` : `ended by ${signal}`;
  return {
    kind: "failed",
    error: "provider",
    message: oneLine(`${program}: ${how}${said && `: ${said}`}`),
    transient: false,
  };
}

/** Ends the tree at once when the signal aborts; returns how to stop listening. */
function onAbort(signal: AbortSignal, listener: () => void): () => void {
  signal.addEventListener("abort", listener, { once: true });
  return () => signal.removeEventListener("abort", listener);
}

/**
 * Runs a command once: `input` on its stdin, the answer on its stdout.
 *
 * @param trees the tree is a member while it lives, so that closing can wait for it
 */
export function runOnce(
  line: CommandLine,
  input: string,
  signal: AbortSignal,
  trees: Set<ProcessTree>,
): Promise<Reply> {
  const program = line.command[0] ?? "";
  if (signal.aborted) return Promise.resolve(abortedReply(signal));
  const other = changedMeanwhile(line);
  if (other !== undefined) return Promise.resolve(other);
  const tree = new ProcessTree(line.command, line);
  trees.add(tree);
  void tree.gone.then(() => trees.delete(tree));
  const lastLine = lastLineOf(tree);
  let output = "";

  return new Promise<Reply>((resolve) => {
    const settle = (reply: Reply): void => {
      stopListening();
      resolve(reply);
    };
    const stopListening = onAbort(signal, () => {
      void tree.end();
      settle(abortedReply(signal));
    });
    tree.child.once("error", (error) => settle(notStarted(error, program)));
    const giveUp = (reply: Reply): void => {
      output = "";
      void tree.end();
      settle(reply);
    };
    const stdout = new Utf8Stream();
    tree.child.stdout?.on("data", (bytes: Buffer) => {
      const text = stdout.read(bytes);
      if (text === undefined) return giveUp(wroteNoText(program));
      output += text;
      if (output.length > LONGEST_REPLY) giveUp(wroteTooMuch(program));
    });
    tree.child.once("close", (code, killedBy) => {
      if (code === 0) settle(stdout.endsWhole() ? readWrittenAnswer(output, program) : wroteNoText(program));
      else settle(wentWrong(program, code, killedBy, line.redact(lastLine() || lastWords(output))));
    });
    tree.child.stdin?.end(input);
  });
}
