import type { Command } from "commander";

/** The text below the list of commands: where to start, what scripts can use, and where the documentation is. */
export const START_HERE = `
Start here:
  evals init       a project that runs at once, without a key
  evals run        ask, score, compare with the baseline; exit 1 when worse
  evals promote    make the newest run the baseline, in one commit

Exit codes: 0 passed · 1 the gate failed · 2 a mistake, nothing was run
            3 undecided or incomplete
Documentation: docs/ in the package git-evals, of it tutorial.md first`;

/** `evals prompt new`: a command with its parent commands. */
export const nameOf = (command: Command): string =>
  command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;

const EXAMPLES = new WeakMap<Command, readonly string[]>();

/** A complete example of this command, shown after an incomplete one; undefined when there is none. */
export const exampleOf = (command: Command): string | undefined => EXAMPLES.get(command)?.[0];

/** Shows a command's examples below its options. */
export function withExamples(command: Command, examples: readonly string[]): Command {
  EXAMPLES.set(command, examples);
  const lines = examples.map((one) => `  ${one}`).join("\n");
  return command.addHelpText("after", examples.length === 0 ? "" : `\nExamples:\n${lines}`);
}
