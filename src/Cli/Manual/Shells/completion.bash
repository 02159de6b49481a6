# bash completion for tracecap: what may stand at the cursor is asked of tracecap itself.

_tracecap() {
	local line=${COMP_LINE:0:COMP_POINT} words=() word i
	# bash cuts words at = and : too; here they are as they were typed, the last one up to the cursor.
	for ((i = 0; i <= COMP_CWORD; i++)); do
		if ((i == 0)) || [[ $line == [[:space:]]* ]]; then
			words+=('')
			line=${line#"${line%%[![:space:]]*}"}
		fi
		word=${COMP_WORDS[i]}
		((i == COMP_CWORD)) && word=$line
		line=${line#"$word"}
		words[-1]+=$word
	done

	local answer how
	mapfile -t answer < <("${words[0]/#\~/$HOME}" complete -- "${words[@]:1}" 2>/dev/null)
	how=${answer[0]-}

	# readline replaces what is behind the quote that is open, or behind the last break: so much of the word stays.
	local typed=${words[-1]} quote='' kept=0 length=0 letter
	for ((i = 0; i < ${#typed}; i++)); do
		letter=${typed:i:1}
		if [[ $quote ]]; then
			if [[ $letter == "$quote" ]]; then quote=''; else ((++length)); fi
		elif [[ $letter == [\"\'] ]]; then
			quote=$letter
			kept=$length
		elif [[ $letter == \\ ]]; then
			((++i, ++length))
		else
			((++length))
			[[ $COMP_WORDBREAKS == *"$letter"* ]] && kept=$length
		fi
	done

	local text widest=0 texts=() meanings=() apostrophe="'\\''"
	for line in "${answer[@]:1}"; do
		text=${line%%$'\t'*}
		text=${text:kept}
		# Names are of captures and of other users: none may end the quotes that it stands in.
		if [[ $quote == '"' ]]; then
			text=${text//\\/\\\\} text=${text//\"/\\\"} text=${text//\$/\\$} text=${text//\`/\\\`}
		elif [[ $quote ]]; then
			text=${text//\'/$apostrophe}
		elif [[ $text == *[!A-Za-z0-9_./:,@%+=-]* ]]; then
			text="'${text//\'/$apostrophe}"
			[[ $how == open ]] || text+="'"
		fi
		# readline closes the quote that is open, unless it seems to be closed.
		[[ $quote && $how != open && $text == *"$quote" ]] && text+=$quote
		texts+=("$text")
		meanings+=("${line#*$'\t'}")
		((${#text} > widest)) && widest=${#text}
	done
	COMPREPLY=("${texts[@]}")
	[[ $how == open ]] && compopt -o nospace
	# A list that is only looked at says what the words mean.
	if [[ $COMP_TYPE == 63 && ${#texts[@]} -gt 1 ]]; then
		for i in "${!texts[@]}"; do
			printf -v line '%-*s  %s' "$widest" "${texts[i]}" "${meanings[i]}"
			COMPREPLY[i]=${line:0:${COLUMNS:-80}-2}
		done
	fi

	case $how in
		files*)
			compopt -o filenames -o default
			for line in ${how#files}; do
				mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -X "!$line" -- "${typed:kept}")
			done
			# Where none looks like it, readline takes all files by itself.
			((${#COMPREPLY[@]})) && mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -d -- "${typed:kept}")
			;;
		folders)
			compopt -o filenames
			mapfile -t COMPREPLY < <(compgen -d -- "${typed:kept}")
			;;
		users) mapfile -t COMPREPLY < <(compgen -u -- "${typed:kept}") ;;
		command*)
			if declare -F _command_offset >/dev/null; then
				for ((i = 1; i <= COMP_CWORD; i++)); do [[ ${COMP_WORDS[i - 1]} == -- ]] && break; done
				_command_offset "$i"
			else
				compopt -o filenames -o default
				((${#words[@]} == ${how#command } + 2)) && mapfile -t COMPREPLY < <(compgen -c -- "$typed")
			fi
			;;
	esac
}

complete -F _tracecap tracecap
