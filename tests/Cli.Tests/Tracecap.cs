using System.Diagnostics;
using System.Text;

namespace TraceCap.Cli.Tests;

/// <summary>The command as a process: the published executable if TRACECAP names it, else the one just built.</summary>
internal static class Tracecap
{
    private static readonly string? Published = Environment.GetEnvironmentVariable("TRACECAP");

    internal static bool IsPublished => !string.IsNullOrEmpty(Published);

    internal static string Path { get; } = IsPublished
        ? System.IO.Path.GetFullPath(Published!, Repository.Root)
        : System.IO.Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "tracecap.exe" : "tracecap");

    /// <summary>Runs it to its end.</summary>
    internal static Result Run(params string[] arguments) => Run([], arguments);

    /// <summary>Runs it to its end with these bytes on its standard input.</summary>
    internal static Result Run(byte[] input, params string[] arguments)
    {
        using var process = Start(arguments);
        var error = process.StandardError.ReadToEndAsync();
        var feeding = Task.Run(() =>
        {
            try
            {
                process.StandardInput.BaseStream.Write(input);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It did not want to read all.
            }
        });
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        feeding.Wait();
        return new Result(process.ExitCode, output.ToArray(), error.Result);
    }

    /// <summary>Runs it to its end with a variable in its environment.</summary>
    internal static Result RunWith((string Name, string Value) variable, params string[] arguments)
    {
        var start = StartInfo(arguments);
        start.Environment[variable.Name] = variable.Value;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        return new Result(process.ExitCode, output.ToArray(), error.Result);
    }

    /// <summary>Runs it to its end with a heap that cannot grow beyond so many bytes.</summary>
    internal static Result RunWithin(long heap, params string[] arguments)
    {
        var start = StartInfo(arguments);
        start.Environment["DOTNET_GCHeapHardLimit"] = heap.ToString("x", System.Globalization.CultureInfo.InvariantCulture);
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        return new Result(process.ExitCode, output.ToArray(), error.Result);
    }

    /// <summary>Starts it, with all its streams redirected.</summary>
    internal static Process Start(params string[] arguments) => Process.Start(StartInfo(arguments))!;

    private static ProcessStartInfo StartInfo(string[] arguments) => new(Path, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        WorkingDirectory = Repository.File("samples/captures"),
    };

    /// <summary>What a run left behind.</summary>
    internal sealed record Result(int Code, byte[] Output, string Error)
    {
        internal string Text => Encoding.UTF8.GetString(Output);
    }
}
