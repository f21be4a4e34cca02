import { namesOf, type TypedCommand, type TypedOption, type WordValues } from "./typed-command.ts";

/** The completion script for fish 3 and later, with descriptions of commands and options. */
export function fishScript(commands: readonly TypedCommand[]): string {
  const valued = commands.flatMap(({ words, options }) =>
    options
      .filter(({ values }) => values !== null)
      .flatMap((one) => namesOf(one).map((name) => `${words} ${name}`)),
  );
  const known = commands.slice(1).map(({ words }) => quoted(words));
  const lines = commands.flatMap((command) => [
    ...command.commands.map(({ name, about }) =>
      line(command.words, 0, `-f -a ${quoted(name)} -d ${quoted(about)}`),
    ),
    ...command.args.map((values, at) => {
      const every = command.variadic && at === command.args.length - 1;
      return line(command.words, every ? null : at, offered(values));
    }),
    ...command.options.map((option) => line(command.words, null, optionText(option))),
  ]);
  return `# Completion of evals for fish. For this shell: evals completion fish | source
# Prints names from the current project, such as its suites.
function __evals_words
    set -l tokens (commandline -opc)
    set -l place
    set -l at (contains -i -- -C $tokens)
    and set place -C $tokens[(math $at + 1)]
    $tokens[1] $place completion-words $argv 2>/dev/null
end
# Whether the typed words are the command $argv[1]. With $argv[2], also whether so many arguments follow it.
function __evals_at
    set -l command ""
    set -l count 0
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        set -l longer (string trim -- "$command $word")
        if test $skip = 1
            set skip 0
        else if string match -q -- '-*' $word
            contains -- "$command $word" ${valued.map(quoted).join(" ")}
            and set skip 1
        else if test $count = 0; and contains -- $longer ${known.join(" ")}
            set command $longer
        else
            set count (math $count + 1)
        end
    end
    test "$command" = "$argv[1]"; and test -z "$argv[2]" -o "$argv[2]" = $count
end
for program in evals git-evals
    complete -c $program -f
${lines.join("\n")}
end
`;
}

function line(words: string, count: number | null, rest: string): string {
  const at = `__evals_at ${quoted(words)}${count === null ? "" : ` ${count}`}`;
  return `    complete -c $program -n ${quoted(at)} ${rest}`.trimEnd();
}

function optionText({ long, short, about, values }: TypedOption): string {
  const names = [
    ...(long === null ? [] : [`-l ${long.replace(/^--/, "")}`]),
    ...(short === null ? [] : [`-s ${short.replace(/^-/, "")}`]),
  ];
  const value = values === null ? "-f" : `-r ${offered(values)}`;
  return `${names.join(" ")} ${value} -d ${quoted(about)}`;
}

function offered(values: WordValues): string {
  if (typeof values !== "string") return `-f -a ${quoted(values.join(" "))}`;
  if (values === "files") return "-F";
  if (values === "folders") return `-f -a '(__fish_complete_directories)'`;
  return values === "anything" ? "-f" : `-f -a ${quoted(`(__evals_words ${values})`)}`;
}

/** Quotes a text with single quotes for fish. */
const quoted = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
