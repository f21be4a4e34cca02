import { EvalsError, type Problem } from "../domain/problem.ts";
import { EXIT } from "./exit-code.ts";
import type { Io } from "./io.ts";
import { processIo } from "./process-io.ts";

/**
 * The command line, from arguments to exit code. Nothing below it prints a mistake or sets an exit code.
 * @param args without `node` and the program's name
 */
export async function main(args: readonly string[], io: Io = processIo()): Promise<number> {
  try {
    const { runProgram } = await import("./program.ts");
    return await runProgram(args, io);
  } catch (error) {
    if (error instanceof EvalsError) return await reportMistakes(args, io, error.problems);
    io.stderr(`${bugText(error)}\n`);
    return EXIT.bug;
  }
}

async function reportMistakes(
  args: readonly string[],
  io: Io,
  problems: readonly Problem[],
): Promise<number> {
  if (args.includes("--json")) {
    const { mistakesDocument } = await import("../reports/json/documents.ts");
    io.stdout(mistakesDocument(args.find((arg) => !arg.startsWith("-")) ?? "", EXIT.mistake, problems));
  } else {
    const { formatProblems } = await import("../project/format-problems.ts");
    io.stderr(formatProblems(problems));
  }
  return EXIT.mistake;
}

function bugText(error: unknown): string {
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `This is a bug in evals, not a mistake of yours.\n\n${trace}\n\nPlease report it with the lines above. Answers that had arrived are in .evals/history.db.`;
}
