import type { OptionValues, Command as TypedCommand } from "@commander-js/extra-typings";
import type { Command } from "commander";
import type { WordKind } from "../../domain/word-kind.ts";
import type { Io } from "../io.ts";

/** Headings of the list of commands, in the order in which a new user needs them. */
export const GROUP = {
  start: "Run and compare:",
  look: "Look closer:",
  baseline: "Baselines and prompts in git:",
  judges: "Judges and people:",
  production: "Production:",
} as const;

/** The arguments of a command's action. */
interface Called<Options, Args> {
  readonly io: Io;
  /** `-C` as `directory`, whether it was before or after the command. */
  readonly options: Options & { readonly directory: string | undefined };
  /** In the order of their declaration. */
  readonly args: Args;
  /** Prints the command's help. */
  readonly showHelp: () => void;
  /** The complete program with all commands. */
  readonly wholeProgram: () => Command;
}

/** The possible words, or the kind of names. */
export type Completed = readonly string[] | WordKind;

/** How a command is typed and what it does; `Args` and `Options` are inferred from `type`. */
interface Declaration<Args extends unknown[], Options extends OptionValues> {
  /** The words after `evals`: `prompt new`. Its parent command must be declared before. */
  readonly words: string;
  readonly group: keyof typeof GROUP;
  /** Complete commands that work as written, the most common first. They use the documentation's suite. */
  readonly examples: readonly string[];
  /** Possible values of an option (by long name) or argument, for completion; files and folders are recognized by name. */
  readonly values?: Readonly<Record<string, Completed>>;
  /** Options that only take a value after `=`: a separate word is an argument. */
  readonly equals?: readonly string[];
  /** Whether it is for programs: it is in no list, and repairs nothing before it acts. */
  readonly hidden?: boolean;
  /** Adds description, arguments and options. */
  readonly type: (command: TypedCommand) => TypedCommand<Args, Options>;
  /** Its action, loaded when it is called. @returns the exit code */
  readonly act: (called: Called<Options, Args>) => Promise<number>;
}

/** A command with any arguments and options; one without an action is only the parent of others. */
export interface DeclaredCommand extends Omit<Declaration<unknown[], OptionValues>, "type" | "act"> {
  readonly type: (command: Command) => void;
  readonly act: ((called: Called<OptionValues, unknown[]>) => Promise<number>) | null;
}

/** Declares a command; the action's types must match the declared options. */
export function declareCommand<Args extends unknown[], Options extends OptionValues>(
  declaration: Declaration<Args, Options>,
): DeclaredCommand {
  // The package only has types: at run time it is commander's Command.
  return declaration as unknown as DeclaredCommand;
}

/** Declares a parent command. */
export function declareGroup(
  group: Omit<DeclaredCommand, "type" | "act"> & { readonly about: string },
): DeclaredCommand {
  return { ...group, type: (command) => void command.description(group.about), act: null };
}

/** Collects the values of a repeatable option. */
export const list = (value: string, before: readonly string[] = []): string[] => [...before, value];

const VALUES = new WeakMap<Command, DeclaredCommand["values"]>();

/** The possible values of a command's option or argument; undefined when unknown. */
export const completedBy = (command: Command, name: string): Completed | undefined =>
  VALUES.get(command)?.[name];

/** Adds the declared values to a command. */
export function typeDeclared(command: Command, { type, values }: DeclaredCommand): void {
  type(command);
  VALUES.set(command, values);
}
