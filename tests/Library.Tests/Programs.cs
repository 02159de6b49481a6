using System.Diagnostics;

namespace TraceCap.Library.Tests;

/// <summary>Programs that tests run to their end.</summary>
internal static class Programs
{
    /// <summary>Runs one.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="program">It, and its arguments.</param>
    /// <param name="environment">What its environment has beside that of the tests.</param>
    /// <returns>Its exit code, and what it printed: standard output, then standard error.</returns>
    internal static (int Code, string Output) Run(string folder, string[] program, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program[0], program[1..]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        // A build server that stays would hold the pipe open.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }
}
