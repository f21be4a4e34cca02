import type { WordKind } from "../../domain/word-kind.ts";

/** What a word can be: fixed words, names that are asked for, files, folders, or anything at all. */
export type WordValues = readonly string[] | WordKind | "files" | "folders" | "anything";

export interface TypedOption {
  /** `--model`; of `-C`, which has no long name, null. */
  readonly long: string | null;
  readonly short: string | null;
  readonly about: string;
  /** What its value can be; null for a flag. */
  readonly values: WordValues | null;
}

/** A command as it is typed. */
export interface TypedCommand {
  /** What is after `evals`: `prompt new`; empty for the program itself. */
  readonly words: string;
  readonly commands: readonly { readonly name: string; readonly about: string }[];
  readonly options: readonly TypedOption[];
  /** What each argument can be. */
  readonly args: readonly WordValues[];
  /** The last argument may be repeated. */
  readonly variadic: boolean;
}

/** One word to a script: `=a b` are words, `@suites` names to ask for. */
export function valueWord(values: WordValues): string {
  if (typeof values !== "string") return `=${values.join(" ")}`;
  return values === "anything" || values === "files" || values === "folders" ? values : `@${values}`;
}

/** A text in single quotes, as bash and zsh read it. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Which words an option has: `--model`, `-v`. */
export const namesOf = ({ long, short }: TypedOption): string[] =>
  [long, short].filter((name) => name !== null);

/** Functions that bash and zsh both read: which words are commands, and what options and arguments can be. */
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
    "# What the value of an option can be; fails for a flag.",
    `_evals_option() {\n${cases(options)}}`,
    "# What an argument can be, by its place from 0.",
    `_evals_argument() {\n${cases(args)}}`,
  ].join("\n");
}
