import * as z from "zod";
import { EvalsError, type Problem } from "../domain/problem.ts";
import { EXIT } from "./exit-code.ts";
import { guardProcess, moveConsole } from "./guard-process.ts";
import type { Io } from "./io.ts";
import { outliveReaders, processIo } from "./process-io.ts";

// A schema reads a few files of a project: compiling it first would take longer than it saves.
z.config({ jitless: true });

/**
 * The command line, from arguments to exit code. Nothing below it prints a mistake or sets an exit code.
 * @param args without `node` and the program's name
 */
export async function main(args: readonly string[], io?: Io): Promise<number> {
  if (io !== undefined) return runMain(args, io);
  outliveReaders();
  moveConsole(process.stderr);
  const own = processIo();
  const over = guardProcess(process, (what) => reportMistakes(args, own, threwOutside(what)).then(() => {}));
  const code = await runMain(args, own);
  over();
  return code;
}

function threwOutside(what: string): EvalsError {
  return new EvalsError(
    {
      code: "EVALS_THROWN_OUTSIDE",
      what,
      why: "Nobody can say which answer it belongs to, and what runs on after it cannot be trusted.",
      fix: "Await or catch what the module started, then: evals run --resume",
    },
    { midway: true },
  );
}

async function runMain(args: readonly string[], io: Io): Promise<number> {
  try {
    const { runProgram } = await import("./program.ts");
    return await runProgram(args, io);
  } catch (error) {
    if (error instanceof EvalsError) return await reportMistakes(args, io, error);
    io.stderr(`${bugText(error)}\n`);
    if (args.includes("--json")) await printDocument(args, io, EXIT.bug, [bugProblem(error)]);
    return EXIT.bug;
  }
}

async function reportMistakes(
  args: readonly string[],
  io: Io,
  { problems, midway }: EvalsError,
): Promise<number> {
  const exit = midway ? EXIT.undecided : EXIT.mistake;
  if (args.includes("--json")) await printDocument(args, io, exit, problems);
  else {
    const { formatProblems } = await import("../project/format-problems.ts");
    io.stderr(
      formatProblems(
        problems,
        midway ? "the run is incomplete, what had arrived is kept" : "nothing was run",
      ),
    );
  }
  return exit;
}

/** Whoever reads stdout as JSON gets one document, whatever happened. */
async function printDocument(
  args: readonly string[],
  io: Io,
  exit: number,
  problems: readonly Problem[],
): Promise<void> {
  const { mistakesDocument } = await import("../reports/json/documents.ts");
  io.stdout(mistakesDocument(commandOf(args), exit, problems));
}

function bugProblem(error: unknown): Problem {
  return {
    code: "EVALS_BUG",
    what: `${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`,
    why: "This is a bug in evals, not a mistake of yours.",
    fix: "Please report it with what stands on stderr.",
  };
}

/** The command that was typed: the first word that is neither an option nor the directory after `-C`. */
function commandOf(args: readonly string[]): string {
  const word = args.find((arg, at) => !arg.startsWith("-") && args[at - 1] !== "-C") ?? "";
  return /^[a-z]+$/.test(word) ? word : "";
}

function bugText(error: unknown): string {
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `This is a bug in evals, not a mistake of yours.\n\n${trace}\n\nPlease report it with the lines above. Answers that had arrived are in .evals/history.db.`;
}
