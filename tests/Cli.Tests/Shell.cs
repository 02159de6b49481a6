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

    private static string Quote(string text) => "'" + text.Replace("'", "\\'", StringComparison.Ordinal) + "'";

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
