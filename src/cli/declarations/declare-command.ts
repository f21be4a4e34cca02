import type { OptionValues, Command as TypedCommand } from "@commander-js/extra-typings";
import type { Command } from "commander";
import type { Io } from "../io.ts";

/** Headings of the list of commands, in the order of a person's first weeks. */
export const GROUP = {
  start: "Run and compare:",
  look: "Look closer:",
  baseline: "Baselines and prompts in git:",
  judges: "Judges and people:",
} as const;

/** What a command is called with. */
interface Called<Options, Args> {
  readonly io: Io;
  /** `-C` is `directory`, whether it stood before the command or behind it. */
  readonly options: Options & { readonly directory: string | undefined };
  /** In the order of their declaration. */
  readonly args: Args;
  /** Prints the command's help. */
  readonly showHelp: () => void;
}

/** How a command is typed and what it does; `Args` and `Options` follow from what `type` declares. */
interface Declaration<Args extends unknown[], Options extends OptionValues> {
  /** What is typed after `evals`: `prompt new`. The command before the last word is declared before. */
  readonly words: string;
  readonly group: keyof typeof GROUP;
  /** Whole commands that can be typed as they stand, the most usual first. They name the suite of the documentation. */
  readonly examples: readonly string[];
  /** Values that an option can take, by its long name, where a registry knows them: for completion. */
  readonly values?: Readonly<Record<`--${string}`, readonly string[]>>;
  readonly hidden?: boolean;
  /** Adds description, arguments and options. */
  readonly type: (command: TypedCommand) => TypedCommand<Args, Options>;
  /** What it does, loaded when it is called. @returns the exit code */
  readonly act: (called: Called<Options, Args>) => Promise<number>;
}

/** A command of any arguments and options; null acts are first words of other commands. */
export interface DeclaredCommand extends Omit<Declaration<unknown[], OptionValues>, "type" | "act"> {
  readonly type: (command: Command) => void;
  readonly act: ((called: Called<OptionValues, unknown[]>) => Promise<number>) | null;
}

/** Declares a command: its act is held to the options that it declares. */
export function declareCommand<Args extends unknown[], Options extends OptionValues>(
  declaration: Declaration<Args, Options>,
): DeclaredCommand {
  // The package of types has no code of its own: at run time a typed command is commander's.
  return declaration as unknown as DeclaredCommand;
}

/** Declares the first word of other commands. */
export function declareGroup(
  group: Omit<DeclaredCommand, "type" | "act"> & { readonly about: string },
): DeclaredCommand {
  return { ...group, type: (command) => void command.description(group.about), act: null };
}

/** Gathers the values of an option that may be repeated. */
export const list = (value: string, before: readonly string[] = []): string[] => [...before, value];
