using System.Text.Json;

namespace TraceCap.Cli.Tests;

/// <summary>Real shells, at a terminal, that complete what is typed.</summary>
internal static class Completing
{
    /// <summary>Types lines into bash, each with a tab behind it.</summary>
    /// <param name="setUp">What is run first.</param>
    /// <param name="lines">The lines.</param>
    /// <returns>What then stood on each.</returns>
    internal static string[] InBash(string setUp, params string[] lines) => Type(
        ["bash", "--norc", "--noprofile", "-i"],
        $$"""
        PS1=; PS2=; {{setUp}}
        bind 'set enable-bracketed-paste off'; bind 'set bell-style none'; bind 'set completion-query-items 0'; bind 'set page-completions off'
        show() { printf '\036%s\036' "$READLINE_LINE"; READLINE_LINE=; }
        bind -x '"\C-g": show'
        """,
        lines);

    /// <summary>The same in zsh.</summary>
    internal static string[] InZsh(string setUp, params string[] lines) => Type(
        ["zsh", "-f", "-i"],
        $$"""
        PS1=; PS2=; unsetopt beep prompt_sp; {{setUp}}
        show() { print -nr -- $'\036'"$BUFFER"$'\036'; BUFFER= }
        zle -N show; bindkey '^G' show
        """,
        lines);

    /// <summary>What fish would offer behind a line, with the meanings.</summary>
    internal static string[] InFish(string folder, string line)
    {
        var result = Shell.Run($"fish --no-config -c 'set -p fish_complete_path {folder}; complete -C $argv[1]' {Quote(line)}");
        return result.Code == 0 ? result.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries) : throw new InvalidOperationException(result.Error);
    }

    /// <summary>One word of a shell, whatever is in it.</summary>
    internal static string Quote(string text) => "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    private static string[] Type(string[] shell, string setUp, string[] lines)
    {
        // The shell shows what stands on the line between two signs that nobody types; one that says nothing for a minute has failed.
        var result = Shell.Python($$"""
            import fcntl, json, os, pty, select, struct, sys, termios
            shell, set_up, lines = json.loads(r'''{{JsonSerializer.Serialize(shell)}}'''), json.loads(r'''{{JsonSerializer.Serialize(setUp)}}'''), json.loads(r'''{{JsonSerializer.Serialize(lines)}}''')
            child, terminal = pty.fork()
            if child == 0:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 50, 200, 0, 0))
                os.environ.update(TERM='xterm', LC_ALL='C.UTF-8', PATH=os.path.dirname(tracecap) + ':' + os.environ['PATH'])
                os.execvp(shell[0], shell)
            seen = b''
            def shown():
                global seen
                while seen.count(b'\x1e') < 2:
                    if not select.select([terminal], [], [], 60)[0]: sys.exit(f'nothing more came behind {seen!r}')
                    seen += os.read(terminal, 65536)
                before, text, seen = seen.split(b'\x1e', 2)
                return text.decode()
            # Settings first, a line each; what is shown then says that they are made.
            os.write(terminal, (set_up + "\nprintf '\\036%s\\036' ready\n").encode())
            while shown() != 'ready': pass
            for line in lines:
                os.write(terminal, line.encode() + b'\t\x07')
                print(json.dumps(shown()))
            os.close(terminal)
            """);
        return result.Code == 0
            ? [.. result.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<string>(line)!)]
            : throw new InvalidOperationException(result.Error);
    }
}
