import type { Command } from "commander";
import type { TypedCommand, WordValues } from "../reports/completion/typed-command.ts";
import { completedBy } from "./declarations/declare-command.ts";

/** The program and all its commands except hidden ones, as completion scripts need them. */
export function typedCommands(program: Command): TypedCommand[] {
  const commands = described(program, "");
  const names = commands[0]?.commands.map(({ name }) => name) ?? [];
  return [...commands, { words: "help", commands: [], options: [], args: [names], variadic: false }];
}

function described(command: Command, words: string): TypedCommand[] {
  const visible = command.createHelp().visibleCommands(command);
  const own: TypedCommand = {
    words,
    commands: visible.map((one) => ({ name: one.name(), about: one.description() })),
    options: command
      .createHelp()
      .visibleOptions(command)
      .map((option) => ({
        long: option.long ?? null,
        short: option.short ?? null,
        about: option.description,
        values:
          option.isBoolean() || !(option.required || option.optional)
            ? null
            : valuesOf(command, option.long ?? "", option.flags),
      })),
    args: command.registeredArguments.map((one) => valuesOf(command, one.name(), `<${one.name()}>`)),
    variadic: command.registeredArguments.at(-1)?.variadic === true,
  };
  const named = visible.filter((one) => one.name() !== "help");
  return [own, ...named.flatMap((one) => described(one, `${words} ${one.name()}`.trim()))];
}

function valuesOf(command: Command, name: string, flags: string): WordValues {
  const declared = completedBy(command, name);
  if (declared !== undefined) return declared;
  if (/[<[]file/.test(flags)) return "files";
  return /[<[]dir/.test(flags) ? "folders" : "anything";
}
