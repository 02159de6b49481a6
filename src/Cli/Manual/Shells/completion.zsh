#compdef tracecap
# zsh completion for tracecap: what may stand at the cursor is asked of tracecap itself.

_tracecap() {
	local how line text
	local -a answer texts shown parts
	local -i widest=0
	answer=("${(@f)$(${~words[1]} complete -- "${(@)words[2,CURRENT-1]}" "${compstate[quote]}$PREFIX" 2>/dev/null)}")
	how=${answer[1]}
	parts=(${(s: :)how})
	case ${parts[1]} in
		files)
			if (( $#parts > 1 )); then _files -g "(${(j:|:)parts[2,-1]})(-.)"; else _files; fi
			return ;;
		folders) _files -/; return ;;
		users) _users; return ;;
		command)
			shift ${parts[2]} words
			shift words
			(( CURRENT -= parts[2] + 1 ))
			_normal
			return ;;
	esac
	for line in "${(@)answer[2,-1]}"; do
		[[ -n $line ]] || continue
		text=${line%%$'\t'*}
		texts+=("$text")
		(( $#text > widest )) && widest=$#text
	done
	for line in "${(@)answer[2,-1]}"; do
		[[ -n $line ]] || continue
		text=${line%%$'\t'*}
		line=${line#*$'\t'}
		shown+=("${(r:widest:)text}${line:+  -- $line}")
	done
	(( $#texts )) || return 1
	# They were chosen by what was typed, and need not begin with it.
	if [[ $how == open ]]; then
		compadd -U -S '' -V tracecap -l -d shown -a texts
	else
		compadd -U -V tracecap -l -d shown -a texts
	fi
}

if [[ ${funcstack[1]} == _tracecap ]]; then
	_tracecap "$@"
else
	compdef _tracecap tracecap
fi
