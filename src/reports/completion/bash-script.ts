import { lookUps, namesOf, quoted, type TypedCommand } from "./typed-command.ts";

/** The completion script for bash 3.2 and later. It does not need the package bash-completion. */
export function bashScript(commands: readonly TypedCommand[]): string {
  const lists = commands.map(({ words, commands, options }) => {
    const names = commands.map(({ name }) => name).join(" ");
    return `    ${quoted(words)}) _evals_commands=${quoted(names)} _evals_options=${quoted(options.flatMap(namesOf).join(" "))} ;;`;
  });
  return `# Completion of evals for bash. For this shell: eval "$(evals completion bash)"
${lookUps(commands)}
# The words and options that can follow a command.
_evals_lists() {
  _evals_commands="" _evals_options=""
  case "$1" in
${lists.join("\n")}
  esac
}
# Prints the possible values that begin with the typed text, one per line.
_evals_candidates() {
  case "$1" in
    '='*) compgen -W "\${1#=}" -- "$2" ;;
    @*) local names
      names=$("$_evals_program" \${_evals_directory:+-C "$_evals_directory"} completion-words "\${1#@}" 2>/dev/null)
      compgen -W "$names" -- "$2" ;;
    files) compopt -o filenames 2>/dev/null; compgen -f -- "$2" ;;
    folders) compopt -o filenames 2>/dev/null; compgen -d -- "$2" ;;
  esac
}
_evals() {
  local line=\${COMP_LINE:0:COMP_POINT} command="" option="" count=0 word i words _evals_directory=""
  read -r -a words <<<"$line"
  case "$line" in *[[:space:]]) words+=("") ;; esac
  local last=$((\${#words[@]} - 1)) _evals_program=\${words[0]} _evals_commands _evals_options
  for ((i = 1; i < last; i++)); do
    word=\${words[i]}
    if [[ -n $option ]]; then
      [[ $option == -C ]] && _evals_directory=$word
      option=""
    elif [[ $word == -* ]]; then
      [[ $word != *=* ]] && _evals_option "$command $word" >/dev/null && option=$word
    elif ((count == 0)) && _evals_is_command "\${command:+$command }$word"; then
      command="\${command:+$command }$word"
    else
      count=$((count + 1))
    fi
  done
  local value=\${words[last]} found=""
  _evals_lists "$command"
  if [[ -n $option ]]; then
    found=$(_evals_candidates "$(_evals_option "$command $option")" "$value")
  elif [[ $value == --*=* ]]; then
    option=\${value%%=*} value=\${value#*=}
    found=$(_evals_candidates "$(_evals_option "$command $option")" "$value")
  elif [[ $value == -* ]]; then
    found=$(compgen -W "$_evals_options" -- "$value")
  else
    ((count == 0)) && found=$(compgen -W "$_evals_commands" -- "$value")
    found="$found"$'\\n'"$(_evals_candidates "$(_evals_argument "$command $count")" "$value")"
  fi
  # Bash replaces only the text after the last word-break character, so the text before it is cut from each suggestion.
  local head="" tail mark
  for mark in : = @; do
    [[ $COMP_WORDBREAKS == *"$mark"* && $value == *"$mark"* ]] || continue
    tail=\${value##*"$mark"}
    ((\${#value} - \${#tail} > \${#head})) && head=\${value%"$tail"}
  done
  COMPREPLY=()
  while IFS= read -r word; do
    [[ -n $word ]] && COMPREPLY+=("\${word#"$head"}")
  done <<<"$found"
}
complete -F _evals evals git-evals
`;
}
