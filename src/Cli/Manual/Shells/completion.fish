# fish completion for tracecap: what may stand at the cursor is asked of tracecap itself.

function __tracecap_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    set -l answer (command $words[1] complete -- $words[2..-1] "$typed" 2>/dev/null)
    set -l how (string split ' ' -- $answer[1])
    switch "$how[1]"
        case files
            # Those that look like it come first.
            if set -q how[2]
                __fish_complete_suffix (string replace '*' '' -- $how[2])
            else
                __fish_complete_path "$typed"
            end
        case folders
            __fish_complete_directories "$typed" ''
        case users
            __fish_complete_users
        case command
            __fish_complete_subcommand --commandline $words[(math $how[2] + 2)..-1] "$typed"
        case '*'
            printf '%s\n' $answer[2..-1]
    end
end

complete -c tracecap -k -f -a '(__tracecap_complete)'
