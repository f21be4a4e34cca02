import type { WordKind } from "../../domain/word-kind.ts";

/**
 * Possible values of an argument: fixed words, the names of one kind of thing in the project (such as its suites),
 * files, folders, or anything.
 */
export type WordValues = readonly string[] | WordKind | "files" | "folders" | "anything";

export interface TypedOption {
  /** The long name, `--model`; null for `-C`, which has none. */
  readonly long: string | null;
  readonly short: string | null;
  readonly about: string;
  /** The possible values of the option's argument; null for a flag. */
  readonly values: WordValues | null;
}

/** A command with its options and arguments. */
export interface TypedCommand {
  /** The words after `evals`: `prompt new`; empty for the program itself. */
  readonly words: string;
  readonly commands: readonly { readonly name: string; readonly about: string }[];
  readonly options: readonly TypedOption[];
  /** The possible values of each argument. */
  readonly args: readonly WordValues[];
  /** Whether the last argument may be repeated. */
  readonly variadic: boolean;
}

/**
 * Encodes possible values for a completion script: `=a b` for fixed words, `@suites` for the names that
 * `evals completion-words suites` prints; `files`, `folders` and `anything` stay as they are.
 */
export function valueWord(values: WordValues): string {
  if (typeof values !== "string") return `=${values.join(" ")}`;
  return values === "anything" || values === "files" || values === "folders" ? values : `@${values}`;
}

/** Quotes a text with single quotes for bash and zsh. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** The names of an option: its long name `--model`, its short name `-v`, or both. */
export const namesOf = ({ long, short }: TypedOption): string[] =>
  [long, short].filter((name) => name !== null);

/**
 * Source text of three functions for bash and zsh: whether some words are a command, the possible values of an option,
 * and the possible values of an argument.
 */
export function lookUps(commands: readonly TypedCommand[]): string {
  const cases = (lines: readonly string[]): string =>
    `  case "$1" in\n${lines.map((line) => `    ${line}\n`).join("")}    *) return 1 ;;\n  esac\n`;
  const options = commands.flatMap(({ words, options }) =>
    options.flatMap((option) =>
      option.values === null
        ? []
        : [
            `${namesOf(option)
              .map((name) => quoted(`${words} ${name}`))
              .join("|")}) echo ${quoted(valueWord(option.values))} ;;`,
          ],
    ),
  );
  const args = commands.flatMap(({ words, args, variadic }) =>
    args.map((values, at) => {
      const every = variadic && at === args.length - 1;
      return `${quoted(`${words} `)}${every ? "*" : at}) echo ${quoted(valueWord(values))} ;;`;
    }),
  );
  return [
    "# Whether these words are a command.",
    `_evals_is_command() {\n${cases(commands.slice(1).map(({ words }) => `${quoted(words)}) return 0 ;;`))}}`,
    "# Prints the possible values of an option; fails for a flag.",
    `_evals_option() {\n${cases(options)}}`,
    "# Prints the possible values of an argument, by its place from 0.",
    `_evals_argument() {\n${cases(args)}}`,
  ].join("\n");
}
