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
  /** The parsed options; `directory` is the value of `-C`, from before or after the command. */
  readonly options: Options & OutputOptions & { readonly directory: string | undefined };
  /** The arguments in the order of their declaration. */
  readonly args: Args;
  /** Prints the command's help. */
  readonly showHelp: () => void;
  /** Builds a program with all commands. The running program may have only the called command. */
  readonly wholeProgram: () => Promise<Command>;
}

/** Options for a command's output. The `output` of a declaration lists the ones that its command has. */
const OUTPUT = {
  json: { flag: "--json", about: "one JSON document on stdout" },
  color: { flag: "--no-color", about: "no colour" },
} as const;

/** The values of the options about output, as the user typed them. */
export interface OutputOptions {
  readonly json?: boolean | undefined;
  readonly color?: boolean | undefined;
}

/**
 * Possible values for completion: fixed words, or the names of one kind of thing in the project, such as its
 * suites.
 */
export type Completed = readonly string[] | WordKind;

/** Arguments, options and action of a command; `Args` and `Options` are inferred from `type`. */
interface Declaration<Args extends unknown[], Options extends OptionValues> {
  /** The words after `evals`, for instance `prompt new`. The parent command must be declared earlier. */
  readonly words: string;
  readonly group: keyof typeof GROUP;
  /** Complete commands that work as written in the example project of the documentation, the most common first. */
  readonly examples: readonly string[];
  /**
   * Possible values for completion, by the long name of an option or the name of an argument. A file or a folder
   * needs no entry: the option's own name shows that it takes one.
   */
  readonly values?: Readonly<Record<string, Completed>>;
  /** Options whose value can only follow after `=`. A separate word after them is an argument. */
  readonly equals?: readonly string[];
  /**
   * Whether the command is only for programs. Such a command is not listed in the help, and it does not first
   * repair an interrupted promotion.
   */
  readonly hidden?: boolean;
  /** The options about output that the command has; they are added after the options of `type`. */
  readonly output?: readonly (keyof typeof OUTPUT)[];
  /**
   * Adds description, arguments and options to a command. TypeScript infers `Args` and `Options` from the type that
   * this function returns.
   */
  readonly type: (command: TypedCommand) => TypedCommand<Args, Options>;
  /**
   * Carries out the command. It imports the command's module when it is called, so that help loads no such module.
   *
   * @returns the exit code
   */
  readonly act: (call: Call<Options, Args>) => Promise<number>;
}

/**
 * A declared command, without the types of its arguments and options. A command whose action is null only has
 * subcommands.
 */
export interface DeclaredCommand extends Omit<Declaration<unknown[], OptionValues>, "type" | "act"> {
  readonly type: (command: Command) => void;
  readonly act: ((call: Call<OptionValues, unknown[]>) => Promise<number>) | null;
}

/** A declared command together with the types of its arguments and options. */
type Declared<Args extends unknown[], Options extends OptionValues> = DeclaredCommand &
  Pick<Declaration<Args, Options>, "type">;

/** The parameter of a declared command's action: `CallOf<typeof diff>`. */
export type CallOf<Of> = Of extends Declared<infer Args, infer Options> ? Call<Options, Args> : never;

/** Declares a command; the action's types must match the declared options. */
export function declareCommand<Args extends unknown[], Options extends OptionValues>(
  declaration: Declaration<Args, Options>,
): Declared<Args, Options> {
  // The package of `TypedCommand` contains only types; at run time the value is commander's own `Command`.
  return declaration as unknown as Declared<Args, Options>;
}

/** Declares a command that only has subcommands. */
export function declareGroup(
  group: Omit<DeclaredCommand, "type" | "act"> & { readonly about: string },
): DeclaredCommand {
  return { ...group, type: (command) => void command.description(group.about), act: null };
}

/** A command such as `prompt`, whose subcommands are declared as separate commands. */
interface Overview extends Omit<DeclaredCommand, "type" | "act"> {
  readonly about: string;
  /** The names of the subcommands. */
  readonly commands: readonly string[];
}

/** Declares a command that shows its help when called alone, and rejects unknown subcommands. */
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
        why: "A command is never guessed, because a wrong guess could call a model that costs money, or delete stored data.",
        fix: `evals ${group} --help        (${inWords(commands)})`,
      });
    },
  });
}

/** Joins names for a sentence: `new, diff or list`. */
const inWords = (names: readonly string[]): string =>
  `${names.slice(0, -1).join(", ")} or ${names.at(-1) ?? ""}`;

/** Collects the values of a repeatable option. */
export const list = (value: string, before: readonly string[] = []): string[] => [...before, value];

const VALUES = new WeakMap<Command, DeclaredCommand["values"]>();

/** The possible values of a command's option or argument; undefined when unknown. */
export const completedBy = (command: Command, name: string): Completed | undefined =>
  VALUES.get(command)?.[name];

/** Adds the arguments, options and possible values of a declaration to a command. */
export function typeDeclared(command: Command, { type, output = [], values }: DeclaredCommand): void {
  type(command);
  for (const one of output) command.option(OUTPUT[one].flag, OUTPUT[one].about);
  VALUES.set(command, values);
}
