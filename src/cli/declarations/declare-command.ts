import type { OptionValues, Command as TypedCommand } from "@commander-js/extra-typings";
import type { Command } from "commander";
import type { WordKind } from "../../domain/word-kind.ts";
import type { Io } from "../io.ts";

/** Headings of the list of commands, in the order of a person's first weeks. */
export const GROUP = {
  start: "Run and compare:",
  look: "Look closer:",
  baseline: "Baselines and prompts in git:",
  judges: "Judges and people:",
  production: "Production:",
} as const;

/** What a command is called with. */
interface Called<Options, Args> {
  readonly io: Io;
  /** `-C` is `directory`, whether it was before the command or behind it. */
  readonly options: Options & { readonly directory: string | undefined };
  /** In the order of their declaration. */
  readonly args: Args;
  /** Prints the command's help. */
  readonly showHelp: () => void;
  /** All commands, as they are typed. */
  readonly wholeProgram: () => Command;
}

/** The words that something can be, or whose names. */
export type Completed = readonly string[] | WordKind;

/** How a command is typed and what it does; `Args` and `Options` follow from what `type` declares. */
interface Declaration<Args extends unknown[], Options extends OptionValues> {
  /** What is typed after `evals`: `prompt new`. The command before the last word is declared before. */
  readonly words: string;
  readonly group: keyof typeof GROUP;
  /** Whole commands that can be typed as they stand, the most usual first. They name the suite of the documentation. */
  readonly examples: readonly string[];
  /** What an option, by its long name, or an argument can be, for completion; a file or folder says so by its name. */
  readonly values?: Readonly<Record<string, Completed>>;
  /** Options whose value is only what follows `=`: a word after a blank is an argument. */
  readonly equals?: readonly string[];
  /** It is for programs: it is in no list, and puts nothing right before it does its act. */
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

const VALUES = new WeakMap<Command, DeclaredCommand["values"]>();

/** What an option or argument of a command can be; undefined where nobody knows. */
export const completedBy = (command: Command, name: string): Completed | undefined =>
  VALUES.get(command)?.[name];

/** Adds to a command what was declared of it. */
export function typeDeclared(command: Command, { type, values }: DeclaredCommand): void {
  type(command);
  VALUES.set(command, values);
}
