import type { Command } from "commander";

/** What is below the list of commands: where to begin, what a script reads, where the rest is written. */
export const START_HERE = `
Start here:
  evals init       a project that runs at once, without a key
  evals run        ask, score, compare with the baseline; exit 1 when worse
  evals promote    make the newest run the baseline, in one commit

Exit codes: 0 passed · 1 the gate failed · 2 a mistake, nothing was run
            3 undecided or incomplete
Documentation: docs/ in the package git-evals, of it tutorial.md first`;

/** `evals prompt new`: a command with those it belongs to. */
export const nameOf = (command: Command): string =>
  command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;

const EXAMPLES = new WeakMap<Command, readonly string[]>();

/** A whole command of this kind, for a person who typed half of one; undefined where there is none. */
export const exampleOf = (command: Command): string | undefined => EXAMPLES.get(command)?.[0];

/** Shows a command's examples below its options. */
export function withExamples(command: Command, examples: readonly string[]): Command {
  EXAMPLES.set(command, examples);
  const lines = examples.map((one) => `  ${one}`).join("\n");
  return command.addHelpText("after", examples.length === 0 ? "" : `\nExamples:\n${lines}`);
}
