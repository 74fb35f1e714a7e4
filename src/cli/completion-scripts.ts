/**
 * What a shell runs to complete `update-server`. It has the command answer what may stand at the cursor, a line each with
 * a tab before what it means; a line `:files` says that paths may, too.
 */
export const COMPLETION_SCRIPTS = {
  /**
   * For bash(1) 4.4 or later. Readline breaks words at colons, which hardware addresses have and `tag:`: the words are put
   * together again, and what is before the last colon is left out of what replaces the last part.
   */
  bash: String.raw`# bash completion for update-server: update-server completion bash
_update_server() {
  local rest=\${COMP_LINE:0:COMP_POINT} word trimmed i words=()
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    trimmed=\${rest#"\${rest%%[![:space:]]*}"}
    [[ $trimmed == "$word"* ]] || word=$trimmed
    if ((i > 0)) && [[ $trimmed == "$rest" ]]; then
      words[-1]+=$word
    else
      words+=("$word")
    fi
    rest=\${trimmed#"$word"}
  done
  local begun=\${words[-1]} quote= answer value
  [[ $begun == [\"\']* ]] && quote=\${begun:0:1}
  local plain=("\${words[@]//[\\\"\']/}") cut=
  [[ -z $quote && $COMP_WORDBREAKS == *:* && $begun == *:* ]] && cut=\${plain[-1]%"\${plain[-1]##*:}"}
  COMPREPLY=()
  while IFS= read -r answer; do
    if [[ $answer == :files ]]; then
      compopt -o default
      continue
    fi
    value=\${answer%%$'\t'*}
    value=\${value#"$cut"}
    [[ -z $quote ]] && printf -v value %q "$value"
    COMPREPLY+=("$value")
  done < <("\${plain[0]}" completion words -- "\${plain[@]:1}" 2>/dev/null)
}
complete -F _update_server update-server
`.replaceAll('\\$', '$'),
  /** For zsh(1): a file `_update-server` in a folder of $fpath, or read by a start-up file behind `compinit`. */
  zsh: String.raw`#compdef update-server
# zsh completion for update-server: update-server completion zsh
_update-server() {
  local -a answers values
  local answer files
  answers=("\${(@f)$(_call_program values "\${(q)words[1]}" completion words -- "\${(@q)\${(@Q)words[2,CURRENT-1]}}" "\${(q)\${(Q)PREFIX}}" 2>/dev/null)}")
  for answer in $answers; do
    if [[ $answer == :files ]]; then
      files=1
    elif [[ -n $answer ]]; then
      values+=("\${\${answer%%$'\t'*}//:/\\:}:\${answer#*$'\t'}")
    fi
  done
  (($#values)) && _describe -V -t values 'update-server' values
  [[ -n $files ]] && _files
}
if [[ $funcstack[1] == _update-server ]]; then
  _update-server "$@"
else
  compdef _update-server update-server
fi
`.replaceAll('\\$', '$'),
} as const;
