import type { Command } from "commander";

/**
 * The end of the program's help: the first commands to try, the exit codes for scripts, and the place of the
 * documentation.
 */
export const START_HERE = `
Start here:
  evals init       create a project that runs at once, without a key
  evals run        ask, score, compare with the baseline; exit 1 when worse
  evals promote    use the newest run as the baseline, and commit it

Exit codes of evals run:
  0    passed, or nothing to gate; also without enough evidence, unless the
       suite says undecided: fail
  1    the gate failed
  2    a mistake; nothing was run
  3    undecided: trials without an answer, or without enough evidence where
       the suite says undecided: fail
  70   a bug of evals
  130, 143   stopped by a second Ctrl-C, or by SIGTERM; one Ctrl-C lets
       what is in flight finish, and ends with 3
Documentation: docs/ in the package git-evals; start with tutorial.md`;

/** The name of a command with its parent commands: `evals prompt new`. */
export const nameOf = (command: Command): string =>
  command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;

const EXAMPLES = new WeakMap<Command, readonly string[]>();

/** An example of a command, shown to a user who typed the command incompletely; undefined when it has no example. */
export const exampleOf = (command: Command): string | undefined => EXAMPLES.get(command)?.[0];

/** Shows a command's examples below its options. */
export function withExamples(command: Command, examples: readonly string[]): Command {
  EXAMPLES.set(command, examples);
  const lines = examples.map((one) => `  ${one}`).join("\n");
  return command.addHelpText("after", examples.length === 0 ? "" : `\nExamples:\n${lines}`);
}
