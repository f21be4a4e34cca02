import { lookUps, namesOf, quoted, type TypedCommand } from "./typed-command.ts";

/** The completion script for zsh, with descriptions of commands and options. */
export function zshScript(commands: readonly TypedCommand[]): string {
  const described = (name: string, about: string): string =>
    quoted(`${name.replaceAll(":", "\\:")}:${about}`);
  const lists = commands.map(({ words, commands, options }) => {
    const names = commands.map(({ name, about }) => described(name, about)).join(" ");
    const flags = options.flatMap((option) => namesOf(option).map((name) => described(name, option.about)));
    return `    ${quoted(words)}) _evals_commands=(${names}) _evals_options=(${flags.join(" ")}) ;;`;
  });
  return `#compdef evals git-evals
# Completion of evals for zsh. For this shell, after compinit: source <(evals completion zsh)
${lookUps(commands)}
# The words and options that can follow a command.
_evals_lists() {
  _evals_commands=() _evals_options=()
  case "$1" in
${lists.join("\n")}
  esac
}
# Offers the possible values.
_evals_offer() {
  local -a names
  case "$1" in
    '='*) names=(\${=1#=}); compadd -a names ;;
    @*) names=(\${(f)"$("$_evals_program" \${_evals_directory:+-C} \${_evals_directory:+"$_evals_directory"} completion-words "\${1#@}" 2>/dev/null)"})
      compadd -a names ;;
    files) _files ;;
    folders) _files -/ ;;
    *) return 1 ;;
  esac
}
_evals() {
  local command="" option="" count=0 word i _evals_directory="" _evals_program=$words[1]
  local -a _evals_commands _evals_options
  for ((i = 2; i < CURRENT; i++)); do
    word=$words[i]
    if [[ -n $option ]]; then
      [[ $option == -C ]] && _evals_directory=\${~word}
      option=""
    elif [[ $word == -* ]]; then
      [[ $word != *=* ]] && _evals_option "$command $word" >/dev/null && option=$word
    elif ((count == 0)) && _evals_is_command "\${command:+$command }$word"; then
      command="\${command:+$command }$word"
    else
      count=$((count + 1))
    fi
  done
  _evals_lists "$command"
  if [[ -n $option ]]; then
    _evals_offer "$(_evals_option "$command $option")"
  elif [[ $words[CURRENT] == --*=* ]]; then
    option=\${words[CURRENT]%%=*}
    compset -P '*='
    _evals_offer "$(_evals_option "$command $option")"
  elif [[ $words[CURRENT] == -* ]]; then
    _describe -o option _evals_options
  else
    ((count == 0 && $#_evals_commands > 0)) && _describe command _evals_commands
    _evals_offer "$(_evals_argument "$command $count")"
  fi
}
if [[ $funcstack[1] == _evals ]]; then _evals "$@"; else compdef _evals evals git-evals; fi
`;
}
