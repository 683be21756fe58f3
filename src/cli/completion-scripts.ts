/**
 * What shells read to complete `kubemend`, and what they then ask: `kubemend __complete WORD…` (complete.ts). Nothing of
 * what was typed is evaluated.
 */
export const completionScripts = {
  // Bash breaks words at = and :, and replaces only what stands behind them: its second argument.
  bash: `# Completes kubemend in bash, with or without bash-completion.
_kubemend() {
  local line=\${COMP_LINE:0:COMP_POINT} words answer value kept
  read -ra words <<<"$line"
  [[ $line == *[[:blank:]] ]] && words+=('')
  kept=\${words[\${#words[@]} - 1]%"$2"}
  COMPREPLY=()
  answer=$(kubemend __complete "\${words[@]:1}" 2>/dev/null) || return
  while IFS=$'\\t' read -r value _; do
    if [[ $value == :4 ]]; then compopt +o default; else COMPREPLY+=("\${value#"$kept"}"); fi
  done <<<"\${answer%:0}"
  [[ -n \${COMPREPLY[0]-} ]] || COMPREPLY=()
}
complete -o default -F _kubemend kubemend
`,
  zsh: `#compdef kubemend
# Completes kubemend in zsh: source it after compinit, or put it as _kubemend into a folder of fpath.
_kubemend() {
  local tab=$'\\t'
  local -a answer candidates
  answer=("\${(@f)$(kubemend __complete "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  candidates=("\${(@)\${(@)answer[1,-2]//:/\\\\:}/$tab/:}")
  if (( $#candidates )); then
    _describe -t kubemend kubemend candidates
  elif [[ $answer[-1] == :0 ]]; then
    compset -P '--*='
    _files
  fi
}
if [[ $funcstack[1] == _kubemend ]]; then _kubemend; else compdef _kubemend kubemend; fi
`,
  fish: `# Completes kubemend in fish.
function __kubemend_complete
    set -l words (commandline -opc)
    set -l answer (kubemend __complete $words[2..] (commandline -ct) 2>/dev/null)
    if test "$answer[-1]" = :0
        set -l parts (string match -r -- '^(--[^=]+=)(.*)' (commandline -ct))
        for path in (__fish_complete_path (string replace -r -- '^--[^=]+=' '' (commandline -ct)))
            echo "$parts[2]$path"
        end
    end
    test (count $answer) -gt 1; and string join -- \\n $answer[..-2]
end
complete -c kubemend -e
complete -c kubemend -f -a '(__kubemend_complete)'
`,
} as const;
