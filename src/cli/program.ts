import { Command, CommanderError } from "commander";
import { didYouMean } from "../domain/did-you-mean.ts";
import { EXIT } from "../domain/exit-code.ts";
import { NO_EXEC } from "../domain/no-exec.ts";
import { EvalsError } from "../domain/problem.ts";
import { requireDirectory } from "../operations/project/working-directory.ts";
import { repairFirst } from "../operations/promoting/repair-first.ts";
import { START_HERE, withExamples } from "./command-help.ts";
import { check } from "./declarations/check.ts";
import { type DeclaredCommand, GROUP, typeDeclared } from "./declarations/declare-command.ts";
import { run } from "./declarations/run.ts";
import type { Io } from "./io.ts";
import { givenTwice, onceEach } from "./options-once.ts";
import { endOf } from "./usage-mistake.ts";

declare const EVALS_VERSION: string;

/** Parses the command line and runs the command. @returns the exit code */
export async function runProgram(args: readonly string[], io: Io): Promise<number> {
  let code: number = EXIT.ok;
  const done = (exit: number): void => {
    code = exit;
  };
  const typed = await asHelpOption(args);
  const commands = await commandsOf(typed);
  const program = buildProgram(commands, { io, done });
  if (args.length === 0) {
    program.outputHelp();
    return EXIT.ok;
  }
  try {
    await program.parseAsync(withOwnValues(typed, commands), { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
    throw error;
  }
  return code;
}

/** The first word that is neither an option nor the directory after `-C`. */
function commandWord(args: readonly string[]): string | undefined {
  return args.find((arg, at) => !arg.startsWith("-") && args[at - 1] !== "-C");
}

/**
 * Rewrites `help prompt diff` to `prompt diff --help`, because commander's own help command ignores every word
 * after the first.
 *
 * @throws {EvalsError} EVALS_COMMAND_UNKNOWN
 */
async function asHelpOption(args: readonly string[]): Promise<readonly string[]> {
  if (commandWord(args) !== "help") return args;
  const commands = await allCommands();
  const at = args.indexOf("help");
  const words = args.slice(at + 1).filter((arg) => !arg.startsWith("-"));
  const asked = words.join(" ");
  const names = commands.map((one) => one.words);
  if (asked !== "" && !names.includes(asked)) {
    const visible = commands.filter(({ hidden }) => hidden !== true).map((one) => one.words);
    throw new EvalsError({
      code: "EVALS_COMMAND_UNKNOWN",
      what: `Unknown command "${asked}".${didYouMean(asked, visible)}`,
      why: "A guess could show the help of a different command than you meant.",
      fix: "evals --help        (lists all commands)",
    });
  }
  return [...args.slice(0, at), ...args.slice(at + 1), "--help"];
}

/** The commands that are called most often. They start faster than others, because only they are loaded. */
const OFTEN: readonly DeclaredCommand[] = [check, run];

async function allCommands(): Promise<readonly DeclaredCommand[]> {
  return (await import("./declarations/registry.ts")).COMMANDS;
}

/**
 * The commands to build: only those with the called command's first word, to start faster. All of them when there is no
 * such command, because help and suggestions need all.
 */
async function commandsOf(args: readonly string[]): Promise<readonly DeclaredCommand[]> {
  const word = commandWord(args);
  const often = OFTEN.find(({ words }) => words === word);
  if (often !== undefined) return [often];
  const all = await allCommands();
  const named = all.filter(({ words }) => words.split(" ")[0] === word);
  return named.length > 0 ? named : all;
}

/**
 * Adds `=` to options that only take a value after `=`, so that commander does not read the next word as their
 * value.
 */
function withOwnValues(args: readonly string[], commands: readonly DeclaredCommand[]): string[] {
  const word = commandWord(args);
  const { equals = [] } = commands.find(({ words }) => words === word) ?? {};
  const end = args.indexOf("--");
  return args.map((arg, at) => (equals.includes(arg) && (end === -1 || at < end) ? `${arg}=` : arg));
}

function buildProgram(commands: readonly DeclaredCommand[], calling: Calling): Command {
  const program = new Command("evals")
    .description(
      "Runs golden datasets through scorers, compares the results with a baseline in git, and says how certain the verdict is.",
    )
    .version(EVALS_VERSION, "-v, --version")
    .option("-C <dir>", "work in this directory")
    .option("--no-exec", NO_EXEC_HELP)
    .addHelpText("after", START_HERE)
    .configureOutput({ writeOut: calling.io.stdout, writeErr: () => {} })
    .showSuggestionAfterError();
  onceEach(program).exitOverride(endOf(program));
  program.enablePositionalOptions(false);
  program.commandsGroup(GROUP.start).helpCommand("help [command]", "display help for command");
  for (const declared of commands) addCommand(program, declared, calling);
  return program;
}

const NO_EXEC_HELP = "refuse to run any code of the project";

interface Calling {
  readonly io: Io;
  readonly done: (exit: number) => void;
}

function addCommand(program: Command, declared: DeclaredCommand, calling: Calling): void {
  const [word = "", ...groups] = declared.words.split(" ").reverse();
  const parent = groups
    .reverse()
    .reduce((at, name) => at.commands.find((one) => one.name() === name) ?? at, program);
  if (parent === program) program.commandsGroup(GROUP[declared.group]);
  const command = parent.command(word, { hidden: declared.hidden === true });
  // Subcommands inherit this setting. An overview such as `prompt` accepts excess words, because it reports an unknown
  // subcommand itself.
  command.allowExcessArguments(false);
  typeDeclared(command, declared);
  withExamples(command, declared.examples).exitOverride(endOf(command));
  if (declared.act === null) command.helpCommand(false);
  else callable(program, command, { ...calling, ...declared, act: declared.act });
}

/** Adds the action and the common options to a command. `-C` may be before or after the command. */
function callable(
  program: Command,
  command: Command,
  {
    io,
    done,
    act,
    hidden,
  }: Calling & DeclaredCommand & { readonly act: NonNullable<DeclaredCommand["act"]> },
): void {
  const common = command.option("-C <dir>", "work in this directory");
  onceEach(hidden === true ? common : common.option("--no-exec", NO_EXEC_HELP))
    .configureOutput({ writeOut: io.stdout, writeErr: () => {} })
    .action(async (...given: unknown[]) => {
      const [before, behind] = [program.opts().C, command.opts().C];
      if (before !== undefined && behind !== undefined) throw givenTwice("-C", before, behind);
      const directory: string | undefined = behind ?? before;
      if (hidden !== true) {
        requireDirectory(io, directory);
        await repairFirst(io, directory);
      }
      const { C: _, exec = true, ...options } = command.opts();
      const isFree = exec === true && program.opts().exec === true;
      const own = isFree ? io : { ...io, env: { ...io.env, [NO_EXEC]: "1" } };
      const showHelp = (): void => command.outputHelp();
      const args = given.slice(0, -2);
      const wholeProgram = async (): Promise<Command> => buildProgram(await allCommands(), { io, done });
      done(await act({ io: own, options: { ...options, directory }, args, showHelp, wholeProgram }));
    });
}
