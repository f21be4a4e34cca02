import * as z from "zod";
import { EXIT } from "../domain/exit-code.ts";
import { EvalsError, type Problem } from "../domain/problem.ts";
import { endedInside, thrownOutside, waitsForNothing } from "../modules/process-faults.ts";
import { formatProblems } from "../project/format-problems.ts";
import { documentText, mistakesDocument } from "../reports/json/documents.ts";
import { guardProcess, keepStdout, type Loss } from "./guard-process.ts";
import type { Io } from "./io.ts";
import { outliveReaders, processIo } from "./process-io.ts";

// Each schema parses only a few files, so compiling the schema would take longer than the compiled schema saves.
z.config({ jitless: true });

/**
 * Runs the command line and returns the exit code. Only this module prints mistakes.
 *
 * @param args without `node` and the program's name
 */
export async function main(args: readonly string[], io?: Io): Promise<number> {
  if (io !== undefined) return runMain(args, io);
  outliveReaders();
  const stdout = keepStdout(process);
  let printed = "";
  const own: Io = { ...processIo(), stdout };
  const watched: Io = {
    ...own,
    stdout: (text) => {
      printed += args.includes("--json") ? text : "";
      own.stdout(text);
    },
  };
  const over = guardProcess(process, (how) => {
    const lost = faultOf(how);
    if (printed === "") return reportMistakes(args, own, lost);
    // The JSON document is already printed. There must be no second one, and the process ends with the exit code in it.
    own.stderr(formatProblems(lost.problems, "the command had already reported its outcome"));
    return exitOfDocument(printed);
  });
  const code = await runMain(args, watched);
  over(code);
  return code;
}

function faultOf(how: Loss): EvalsError {
  switch (how.kind) {
    case "exited":
      return endedInside();
    case "stalled":
      return waitsForNothing();
    case "threw":
      return thrownOutside(how.error);
    default:
      return how satisfies never;
  }
}

function exitOfDocument(text: string): number {
  try {
    return (JSON.parse(text) as { readonly exit: number }).exit;
  } catch {
    return EXIT.undecided;
  }
}

async function runMain(args: readonly string[], io: Io): Promise<number> {
  try {
    const { runProgram } = await import("./program.ts");
    return await runProgram(args, io);
  } catch (error) {
    if (error instanceof EvalsError) return reportMistakes(args, io, error);
    io.stderr(`${bugText(error)}\n`);
    if (args.includes("--json")) printDocument(args, io, EXIT.bug, [bugProblem(error)]);
    return EXIT.bug;
  }
}

function reportMistakes(args: readonly string[], io: Io, { problems, midway, mistake }: EvalsError): number {
  const exit = midway && !mistake ? EXIT.undecided : EXIT.mistake;
  if (args.includes("--json")) printDocument(args, io, exit, problems);
  else {
    io.stderr(
      formatProblems(
        problems,
        midway ? "the run is incomplete; the answers received so far are kept" : "nothing was run",
        io.stderrIsTerminal ? io.width : undefined,
      ),
    );
  }
  return exit;
}

/**
 * Prints the JSON document of a command that ended with mistakes, so that --json always prints exactly one document.
 */
function printDocument(args: readonly string[], io: Io, exit: number, problems: readonly Problem[]): void {
  io.stdout(documentText(mistakesDocument(commandOf(args), exit, problems)));
}

function bugProblem(error: unknown): Problem {
  return {
    code: "EVALS_BUG",
    what: `${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`,
    why: "This is a bug in evals, not a mistake of yours.",
    fix: "Please report it with the text on stderr.",
  };
}

/** The typed command: the first word that is neither an option nor the directory after `-C`. */
function commandOf(args: readonly string[]): string {
  const word = args.find((arg, at) => !arg.startsWith("-") && args[at - 1] !== "-C") ?? "";
  return /^[a-z]+(?:-[a-z]+)*$/.test(word) ? word : "";
}

function bugText(error: unknown): string {
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `This is a bug in evals, not a mistake of yours.\n\n${trace}\n\nPlease report it with the lines above. The answers received so far are in the history in .evals.`;
}
