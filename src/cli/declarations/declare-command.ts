import type { OptionValues, Command as TypedCommand } from "@commander-js/extra-typings";
import type { Command } from "commander";
import { didYouMean } from "../../domain/did-you-mean.ts";
import { EXIT } from "../../domain/exit-code.ts";
import { EvalsError } from "../../domain/problem.ts";
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
interface Call<Options, Args> {
  readonly io: Io;
  /** `-C` as `directory`, whether it was before or after the command. */
  readonly options: Options & OutputOptions & { readonly directory: string | undefined };
  /** In the order of their declaration. */
  readonly args: Args;
  /** Prints the command's help. */
  readonly showHelp: () => void;
  /** The complete program with all commands. */
  readonly wholeProgram: () => Command;
}

/** What a person can say of a command's output; `output` of a declaration names those that it takes. */
const OUTPUT = {
  json: { flag: "--json", about: "one JSON document on stdout" },
  color: { flag: "--no-color", about: "no colour" },
} as const;

/** The same as they were typed. */
export interface OutputOptions {
  readonly json?: boolean | undefined;
  readonly color?: boolean | undefined;
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
  /** Options of its output, after those that `type` adds. */
  readonly output?: readonly (keyof typeof OUTPUT)[];
  /** Adds description, arguments and options. */
  readonly type: (command: TypedCommand) => TypedCommand<Args, Options>;
  /** Its action, loaded when it is called. @returns the exit code */
  readonly act: (call: Call<Options, Args>) => Promise<number>;
}

/** A command with any arguments and options; one without an action is only the parent of others. */
export interface DeclaredCommand extends Omit<Declaration<unknown[], OptionValues>, "type" | "act"> {
  readonly type: (command: Command) => void;
  readonly act: ((call: Call<OptionValues, unknown[]>) => Promise<number>) | null;
}

/** A declared command that still knows the types of its arguments and options. */
type Declared<Args extends unknown[], Options extends OptionValues> = DeclaredCommand &
  Pick<Declaration<Args, Options>, "type">;

/** What a command is called with, by its declaration: `CallOf<typeof diff>`. */
export type CallOf<Of> = Of extends Declared<infer Args, infer Options> ? Call<Options, Args> : never;

/** Declares a command; the action's types must match the declared options. */
export function declareCommand<Args extends unknown[], Options extends OptionValues>(
  declaration: Declaration<Args, Options>,
): Declared<Args, Options> {
  // The package only has types: at run time it is commander's Command.
  return declaration as unknown as Declared<Args, Options>;
}

/** Declares a parent command. */
export function declareGroup(
  group: Omit<DeclaredCommand, "type" | "act"> & { readonly about: string },
): DeclaredCommand {
  return { ...group, type: (command) => void command.description(group.about), act: null };
}

/** The first word of other commands, as a command that shows their help. */
interface Overview extends Omit<DeclaredCommand, "type" | "act"> {
  readonly about: string;
  /** Their second words. */
  readonly commands: readonly string[];
}

/** Declares the first word of other commands; alone it shows their help. */
export function declareOverview({ about, commands, ...command }: Overview): DeclaredCommand {
  const { words: group } = command;
  return declareCommand({
    ...command,
    type: (typed) =>
      typed
        .description(about)
        .usage("<command> [options]")
        .allowUnknownOption()
        .allowExcessArguments()
        .argument("[command]", inWords(commands)),
    act: async ({ args: [word], showHelp }) => {
      if (word === undefined) {
        showHelp();
        return EXIT.ok;
      }
      throw new EvalsError({
        code: "EVALS_COMMAND_UNKNOWN",
        what: `Unknown command "${group} ${word}".${didYouMean(word, commands)}`,
        why: "Nothing is guessed: a misread command could ask a model for money, or take out what is kept.",
        fix: `evals ${group} --help        (${inWords(commands)})`,
      });
    },
  });
}

/** `new, diff or list`. */
const inWords = (names: readonly string[]): string =>
  `${names.slice(0, -1).join(", ")} or ${names.at(-1) ?? ""}`;

/** Collects the values of a repeatable option. */
export const list = (value: string, before: readonly string[] = []): string[] => [...before, value];

const VALUES = new WeakMap<Command, DeclaredCommand["values"]>();

/** The possible values of a command's option or argument; undefined when unknown. */
export const completedBy = (command: Command, name: string): Completed | undefined =>
  VALUES.get(command)?.[name];

/** Adds the declared values to a command. */
export function typeDeclared(command: Command, { type, output = [], values }: DeclaredCommand): void {
  type(command);
  for (const one of output) command.option(OUTPUT[one].flag, OUTPUT[one].about);
  VALUES.set(command, values);
}
