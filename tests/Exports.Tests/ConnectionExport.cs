using System.Diagnostics;
using System.Text.Json;
using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Exporters;
using TraceCap.Analyzer.Output.Json;

namespace TraceCap.Exports.Tests;

/// <summary>Captures exported, and what <c>lifetimes --json</c> has of the same.</summary>
internal static class ConnectionExport
{
    /// <summary>Exports the connections of captures as one.</summary>
    internal static IReadOnlyList<RecordedSpan> To(IExporter exporter, ConnectionFilter? filter, params byte[][] captures)
    {
        using var pipeline = new ConnectionPipeline(exporter, tool: "tracecap test");
        var recordings = ConnectionFeed.ReadAll(new MemoryStream([.. captures.SelectMany(one => one)]), pipeline, filter);
        pipeline.End();
        return recordings;
    }

    /// <summary>The lines of JSON of the same connections.</summary>
    internal static IReadOnlyList<JsonElement> Json(ConnectionFilter? filter, params byte[][] captures)
    {
        var text = new MemoryStream();
        To(new ConnectionRowExporter(new ConnectionJson(), text), filter, captures);
        var lines = System.Text.Encoding.UTF8.GetString(text.ToArray()).Split('\n')[..^1];
        return [.. lines.Select(line => JsonDocument.Parse(line).RootElement)];
    }

    internal static byte[] Sample(string name) => File.ReadAllBytes(SampleCaptures.Path(name));

    /// <summary>Runs a program of Debian's, or skips the test where it is not installed.</summary>
    /// <returns>What it printed; its exit code is 0.</returns>
    internal static string Run(string program, byte[] input, params string[] arguments)
    {
        var path = $"/usr/bin/{program}";
        Assert.SkipUnless(File.Exists(path), $"{program} is not installed");
        var start = new ProcessStartInfo(path, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        process.StandardInput.BaseStream.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {errors.Result}");
        return output.Result;
    }
}
