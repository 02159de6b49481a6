using System.Diagnostics;

namespace TraceCap.Packaging.Tests;

/// <summary>Programs of the host, run to their end.</summary>
internal static class Shell
{
    /// <summary>What it printed; it must end well.</summary>
    internal static string Run(string command, params string[] arguments)
    {
        var (code, output, error) = Try(command, arguments);
        Assert.True(code == 0, $"{command} {string.Join(' ', arguments)} ended with {code}:\n{output}\n{error}");
        return output;
    }

    /// <summary>The lines that it printed.</summary>
    internal static string[] Lines(string command, params string[] arguments) =>
        Run(command, arguments).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    internal static (int Code, string Output, string Error) Try(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
            Environment = { ["LC_ALL"] = "C.UTF-8" },
        })!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    /// <summary>Whether the host has the program.</summary>
    internal static bool Has(string command) =>
        (Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/sbin").Split(':').Any(folder => File.Exists(Path.Combine(folder, command)));

    internal static void SkipWithout(params string[] commands)
    {
        foreach (var command in commands)
        {
            Assert.SkipUnless(Has(command), $"{command} is not installed");
        }
    }
}
