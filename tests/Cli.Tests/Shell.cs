using System.Diagnostics;
using System.Text;

namespace TraceCap.Cli.Tests;

/// <summary>The command as a shell, or a person at a terminal, runs it.</summary>
internal static class Shell
{
    /// <summary>Runs a line of bash, in which <c>tracecap</c> is the command under test.</summary>
    internal static Tracecap.Result Run(string line) => End(Start("/bin/bash", "-c", line));

    /// <summary>Runs a Python script that may open a pseudo terminal: <c>tracecap</c> names the command.</summary>
    internal static Tracecap.Result Python(string script) =>
        End(Start("/usr/bin/python3", "-c", $"tracecap = {Quote(Tracecap.Path)}\ntraffic = {Quote(Repository.File("samples/captures/traffic.tcap"))}\n{script}"));

    /// <summary>Runs a line of bash on a terminal of so many columns.</summary>
    /// <returns>What both streams printed there, in its lines.</returns>
    internal static string Terminal(int columns, string line)
    {
        var result = Python($"""
            import fcntl, os, pty, struct, sys, termios
            child, terminal = pty.fork()
            if child == 0:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 50, {columns}, 0, 0))
                os.environ.update(TERM='xterm-256color', LC_ALL='C.UTF-8')
                for name in ('NO_COLOR', 'FORCE_COLOR', 'CLICOLOR_FORCE', 'COLUMNS'): os.environ.pop(name, None)
                os.execv('/bin/bash', ['bash', '-c', {Quote(line)}])
            while True:
                try: some = os.read(terminal, 65536)
                except OSError: break
                if not some: break
                sys.stdout.buffer.write(some)
            os.waitpid(child, 0)
            """);
        return result.Code == 0 ? result.Text.Replace("\r\n", "\n", StringComparison.Ordinal) : throw new InvalidOperationException(result.Error);
    }

    private static string Quote(string text) => "'" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal) + "'";

    private static Process Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.File("samples/captures"),
        };
        start.Environment["PATH"] = Path.GetDirectoryName(Tracecap.Path) + ":" + start.Environment["PATH"];
        return Process.Start(start)!;
    }

    private static Tracecap.Result End(Process process)
    {
        using (process)
        {
            process.StandardInput.Close();
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return new Tracecap.Result(process.ExitCode, Encoding.UTF8.GetBytes(output), error.Result);
        }
    }
}
